import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '#kernel';
import { facts, type Message, type Topic } from '#contracts';
import { type Projection, ProjectionHandler, type Transaction } from '#log';
import { Vault } from '#vault';
import { ERASING_LOCK, MARGIN_MS } from './erasing-lock.js';

interface Erasure {
  readonly entry: string;
  readonly recordedAt: number;
  readonly aliases: readonly string[];
  readonly providers: readonly string[];
}

/**
 * Erasures, for what lies beside the log. What is sealed under the learner's key is dead already;
 * here go what says nobody knows about whom, of every provider that knows the learner, and uploads,
 * of which nobody can say whom they name. Each erasure is heard of once, also after a rebuild: what
 * was uploaded later is no business of it.
 */
@Injectable()
@ProjectionHandler()
export class KeptErasure implements Projection {
  readonly name = 'recording-kept';
  readonly topics: readonly Topic[] = ['identity.v1'];
  /** Not to be emptied: it says what was heard of. */
  readonly tables = [];

  constructor(
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async handle(batch: readonly Message[], tx: Transaction): Promise<void> {
    // Nobody waits for the vault with the lock in hand.
    const erasures = await this.#erasuresIn(batch);
    if (erasures.length === 0) return;
    await tx.query('select pg_advisory_xact_lock($1)', [ERASING_LOCK]);
    for (const { entry, recordedAt, aliases, providers } of erasures) {
      const rows = await tx.query<{ client: string }[]>(
        `insert into recording.erasure (client, entry, at)
         select client, $2, $3 from unnest($1::text[]) as client
         on conflict do nothing returning client`,
        [providers, entry, this.clock.now()],
      );
      const clients = rows.map(({ client }) => client);
      const since = new Date(recordedAt - MARGIN_MS);
      await forgetItems(tx, clients, aliases, since);
      await withdrawUploads(tx, clients, new Date(recordedAt + MARGIN_MS));
      await forgetRows(tx, clients, since);
    }
  }

  async #erasuresIn(batch: readonly Message[]): Promise<readonly Erasure[]> {
    const erasures: Erasure[] = [];
    for (const { kind, id: entry, data, recordedAt } of batch) {
      if (kind !== 'learner-erased') continue;
      const { aliases } = facts['learner-erased'].data.parse(data);
      const providers = await this.vault.providersOf(aliases);
      if (providers.length > 0)
        erasures.push({ entry, recordedAt: Date.parse(recordedAt), aliases, providers });
    }
    return erasures;
  }
}

/** What nobody can open any more goes, too: so that it is not counted. */
const forgetItems = (
  tx: Transaction,
  clients: readonly string[],
  aliases: readonly string[],
  since: Date,
): Promise<unknown> =>
  tx.query(
    `delete from recording.refused_item where client = any($1)
       and (people is null or kept_at > $2 or string_to_array(people, ' ') && $3::text[])`,
    [clients, since, aliases],
  );

/**
 * What was begun later is no business of the erasure, which may be old when it is first heard of.
 * One statement after the other: each sees what was being written while the first waited.
 */
const withdrawUploads = async (
  tx: Transaction,
  clients: readonly string[],
  before: Date,
): Promise<void> => {
  const [rows] = await tx.query<[{ id: string }[], number]>(
    `update recording.import set state = 'withdrawn', lease = null, touched_at = now()
     where client = any($1) and state in ('uploading', 'waiting', 'running') and created_at < $2
     returning id`,
    [clients, before],
  );
  const ids = rows.map(({ id }) => id);
  await tx.query('delete from recording.import_chunk where import = any($1)', [ids]);
  // Names of files, and what the preview showed of those that nobody has read yet.
  await tx.query('delete from recording.import_file where import = any($1) and row = 0', [ids]);
};

const forgetRows = async (
  tx: Transaction,
  clients: readonly string[],
  since: Date,
): Promise<void> => {
  const theirs = 'import in (select id from recording.import where client = any($1))';
  await tx.query(
    `delete from recording.import_refusals where ${theirs} and (named is null or kept_at > $2)`,
    [clients, since],
  );
  await tx.query(
    `update recording.import_refusals set sealed = null where ${theirs} and sealed is not null`,
    [clients],
  );
};
