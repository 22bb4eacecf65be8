import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { newAlias } from '#kernel';
import type { DataSource, EntityManager } from 'typeorm';
import { canonical } from './canonical-identity.js';
import { sealBytes } from './sealing.js';
import type { Handover, ScopedIdentity } from './vault.js';

const DATA_KEY_BYTES = 32;

/** From when on an account name leads to an alias. */
interface Period {
  readonly since: number;
  readonly alias: string;
}

/**
 * Account names, which are known by their HMAC only, and the aliases they lead to. Mostly one for
 * ever; a name that is given to another person leads to another alias from then on.
 */
export class Accounts {
  readonly #db: DataSource;
  readonly #accountKey: KeyObject;
  readonly #wrappingKey: KeyObject;

  constructor(db: DataSource, keys: { readonly account: KeyObject; readonly wrapping: KeyObject }) {
    this.#db = db;
    this.#accountKey = keys.account;
    this.#wrappingKey = keys.wrapping;
  }

  /** The alias of each identity (none of them an alias), in order; makes those that are missing. */
  async aliasesFor(identities: readonly ScopedIdentity[]): Promise<readonly string[]> {
    const asked = identities.map((scoped) => this.#named(scoped));
    const found = await this.#find(asked);
    const fresh = new Map<string, { mac: Buffer; provider: string }>();
    asked.forEach(({ mac, provider }, n) => {
      if (found[n] === undefined) fresh.set(mac.toString('hex'), { mac, provider });
    });
    if (fresh.size === 0) return found.map((alias) => alias ?? '');
    await this.#allocate([...fresh.values()]);
    return (await this.#find(asked)).map((alias) => alias ?? '');
  }

  /** The same of those that are known already; makes none. */
  knownAliases(identities: readonly ScopedIdentity[]): Promise<readonly (string | undefined)[]> {
    return this.#find(identities.map((scoped) => this.#named(scoped)));
  }

  newWrappedKey(alias: string): Uint8Array {
    return sealBytes(this.#wrappingKey, `data-key|${alias}`, randomBytes(DATA_KEY_BYTES));
  }

  /** See Vault.handOver. */
  async handOver({ alias, next, from }: Handover): Promise<void> {
    const since = new Date(from);
    await this.#db.transaction(async (tx) => {
      const [account] = await tx.query<{ mac: Buffer; provider: string }[]>(
        `select c.mac, a.provider from vault.account c join vault.alias a using (alias)
         where alias = $1 for update`,
        [alias],
      );
      if (!account) return;
      const [rows] = await tx.query<[unknown[], number]>(
        `update vault.alias set held_until = $2 where alias = $1 and held_until is null
         returning alias`,
        [alias, since],
      );
      if (rows.length === 0) return;
      await this.#begin(tx, { ...account, alias: next, since });
    });
  }

  /**
   * The accounts of erased aliases lead to them no longer: who comes again is somebody new. Where a
   * name had changed hands it must not lead back to the one before.
   */
  async forget(tx: EntityManager, aliases: readonly string[]): Promise<void> {
    const [rows] = await tx.query<[{ mac: Buffer; alias: string; since: Date | number }[], number]>(
      'delete from vault.account where alias = any($1) returning mac, alias, since',
      [aliases],
    );
    for (const { mac, alias, since } of rows)
      if (since instanceof Date) {
        const [known] = await tx.query<{ provider: string; held_until: Date | null }[]>(
          'select provider, held_until from vault.alias where alias = $1',
          [alias],
        );
        const { provider = '', held_until: until = null } = known ?? {};
        await this.#begin(tx, { mac, provider, alias: newAlias(), since, until });
      }
  }

  async #begin(
    tx: EntityManager,
    period: {
      readonly mac: Buffer;
      readonly provider: string;
      readonly alias: string;
      readonly since: Date;
      readonly until?: Date | null;
    },
  ): Promise<void> {
    const { mac, provider, alias, since, until } = period;
    await tx.query(
      `insert into vault.alias (alias, provider, wrapped_key, held_from, held_until)
       values ($1, $2, $3, $4, $5)`,
      [alias, provider, this.newWrappedKey(alias), since, until ?? null],
    );
    await tx.query('insert into vault.account (mac, since, alias) values ($1, $2, $3)', [
      mac,
      since,
      alias,
    ]);
  }

  #named(scoped: ScopedIdentity): ScopedIdentity & { readonly mac: Buffer } {
    const parts = [scoped.provider, ...canonical(scoped.identity)];
    const mac = createHmac('sha256', this.#accountKey).update(JSON.stringify(parts)).digest();
    return { ...scoped, mac };
  }

  async #find(
    asked: readonly { readonly mac: Buffer; readonly at?: number | undefined }[],
  ): Promise<readonly (string | undefined)[]> {
    if (asked.length === 0) return [];
    const rows = await this.#db.query<{ mac: Buffer; alias: string; since: Date | number }[]>(
      'select mac, alias, since from vault.account where mac = any($1) order by since',
      [asked.map(({ mac }) => mac)],
    );
    const periods = new Map<string, Period[]>();
    for (const { mac, alias, since } of rows) {
      const name = mac.toString('hex');
      // "-infinity" arrives as that number.
      const period = { alias, since: Number(since) };
      const known = periods.get(name);
      if (known) known.push(period);
      else periods.set(name, [period]);
    }
    return asked.map(
      ({ mac, at = Infinity }) =>
        (periods.get(mac.toString('hex')) ?? []).findLast(({ since }) => since <= at)?.alias,
    );
  }

  /** Two processes may see a learner first at once: the account's key decides, the loser's alias
   *  is never used. Sorted, so that they cannot wait for each other in a circle. */
  async #allocate(fresh: readonly { mac: Buffer; provider: string }[]): Promise<void> {
    const sorted = fresh.toSorted((a, b) => a.mac.compare(b.mac));
    const aliases = sorted.map(() => newAlias());
    await this.#db.query(
      `with won as (
         insert into vault.account (mac, alias)
         select mac, alias from unnest($1::bytea[], $2::text[]) as new (mac, alias)
         on conflict (mac, since) do nothing returning alias
       )
       insert into vault.alias (alias, provider, wrapped_key, held_until)
       select new.alias, new.provider, new.wrapped_key,
         (select min(since) from vault.account later
          where later.mac = new.mac and later.since > '-infinity')
       from unnest($4::bytea[], $2::text[], $3::text[], $5::bytea[])
         as new (mac, alias, provider, wrapped_key)
       join won using (alias)`,
      [
        sorted.map(({ mac }) => mac),
        aliases,
        sorted.map(({ provider }) => provider),
        sorted.map(({ mac }) => mac),
        aliases.map((alias) => this.newWrappedKey(alias)),
      ],
    );
  }
}
