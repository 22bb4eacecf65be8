import { Inject, Injectable } from '@nestjs/common';
import { type Fact, facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';
import { Vault } from '#vault';
import { Claims } from './claims.js';
import { Merges } from './merges.js';

/**
 * Institutions, claims and merges; the second half of whatever was decided about people, should the
 * first have crashed.
 */
@Injectable()
@ProjectionHandler()
export class IdentityProjection implements Projection {
  readonly name = 'identity';
  readonly topics: readonly Topic[] = ['identity.v1'];
  readonly tables = [
    'identity.institution',
    'identity.claim',
    'identity.merge',
    'identity.corrector',
  ];

  constructor(
    @Inject(Vault) private readonly vault: Vault,
    private readonly claims: Claims,
    private readonly merges: Merges,
  ) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    for (const message of batch)
      switch (message.kind) {
        case 'client-registered':
          await this.#registered(facts['client-registered'].data.parse(message.data), tx);
          break;
        case 'corrector-named': {
          const { provider, corrector, sources } = facts['corrector-named'].data.parse(
            message.data,
          );
          await this.#correcting({ provider, corrector }, sources, message.version ?? 1, tx);
          break;
        }
        case 'corrector-dismissed':
          await this.#correcting(
            facts['corrector-dismissed'].data.parse(message.data),
            [],
            message.version ?? 1,
            tx,
          );
          break;
        case 'alias-claimed':
          await this.claims.claimed(
            facts['alias-claimed'].data.parse(message.data),
            message.version ?? 1,
            message.time,
            tx,
          );
          break;
        case 'alias-released':
          await this.claims.released(
            facts['alias-released'].data.parse(message.data),
            message.version ?? 1,
            message.time,
            tx,
          );
          break;
        case 'account-taken-back':
          await this.claims.takenBack(
            facts['account-taken-back'].data.parse(message.data),
            message.version ?? 1,
            tx,
          );
          break;
        case 'account-handed-over': {
          const { alias, next, from } = facts['account-handed-over'].data.parse(message.data);
          await this.vault.handOver({ alias, next, from: Date.parse(from) });
          break;
        }
        case 'people-merged':
          await this.merges.carryOutMerge(
            facts['people-merged'].data.parse(message.data),
            message.version ?? 1,
            tx,
          );
          break;
        case 'people-split':
          await this.merges.carryOutSplit(
            facts['people-split'].data.parse(message.data),
            message.version ?? 1,
            tx,
          );
          break;
        case 'learner-erased':
          await this.#erased(facts['learner-erased'].data.parse(message.data), tx);
          break;
        default:
      }
  }

  async #registered({ client }: Fact<'client-registered'>['data'], tx: Transaction): Promise<void> {
    await tx.query(
      `insert into identity.institution (id, name, country, recognises) values ($1, $2, $3, $4)
       on conflict (id) do update set name = excluded.name, country = excluded.country,
         recognises = excluded.recognises`,
      [client.id, client.name, client.country, client.recognises],
    );
  }

  async #correcting(
    { provider, corrector }: Fact<'corrector-dismissed'>['data'],
    sources: readonly string[],
    version: number,
    tx: Transaction,
  ): Promise<void> {
    await tx.query(
      `insert into identity.corrector as known (provider, client, sources, version)
       values ($1, $2, $3, $4)
       on conflict (provider, client) do update
         set sources = excluded.sources, version = excluded.version
         where known.version < excluded.version`,
      [provider, corrector, sources, version],
    );
  }

  async #erased({ person }: Fact<'learner-erased'>['data'], tx: Transaction): Promise<void> {
    await this.vault.destroy(person);
    await tx.query('delete from identity.claim where person = $1', [person]);
    await tx.query('delete from identity.merge where merged = $1', [person]);
    await tx.query('delete from identity.merge_code where person = $1', [person]);
    await tx.query('delete from identity.person where id = $1', [person]);
    await tx.query('delete from identity.invitation where person = $1', [person]);
  }
}
