/** An exact piece of built code, and what stands there instead. */
export interface Patch {
  readonly file: string;
  readonly search: string;
  readonly replace: string;
}

/** A bug as somebody could write it. */
export interface Bug {
  readonly name: string;
  readonly scenario: 'writer' | 'dawdlers' | 'readers' | 'kafka';
  readonly patches: readonly Patch[];
}

const patch = (file: string, search: string, replace: string): Patch => ({
  file: `libs/${file}`,
  search,
  replace,
});
const WRITE_GROUP = 'log/src/write-group.js';
const MIGRATIONS = 'log/src/migrations.js';
const CHECKPOINTER = 'transparency/src/checkpointer.js';

/** Small groups take a short cut with checks of its own: here they go the long way too. */
const noShortCut = patch('log/src/writer.js', '!await this.#writeFew(calls)', 'true');
/** One thread, in which a bug can carry something from the writer to a reader; and one writer. */
const inOneThread = patch('platform/src/foundation.js', 'hasThreads ? {', 'false ? {');

/**
 * Ten bugs that lose, double or forge something, each as an exact change of built code. None is a
 * switch in the code that ships; where that code has two nets, the bug takes both away.
 */
export const bugs: readonly Bug[] = [
  {
    name: 'ack before commit',
    scenario: 'writer',
    patches: [
      patch(
        WRITE_GROUP,
        `await failpoint('log.before-commit');
    await client.query('commit');`,
        `void (async () => {
      await failpoint('log.before-commit');
      await client.query('commit');
    })().catch(() => undefined);`,
      ),
    ],
  },
  {
    name: 'Kafka commit before PostgreSQL commit: the place is written before the effect',
    scenario: 'readers',
    patches: [
      patch(
        'messaging/src/driver.js',
        `await this.parts.db.transaction(async (transaction)=>{
            await projection.handle(`,
        `await this.parts.db.transaction((transaction) =>
          this.parts.places.move(transaction, projection.name, lane, places, chunk));
        await this.parts.failpoint('projection.before-handle');
        await this.parts.db.transaction(async (transaction)=>{
            await projection.handle(`,
      ),
      patch(
        'messaging/src/driver.js',
        `await this.parts.places.move(transaction, projection.name, lane, places, chunk);
            await this.parts.failpoint('projection.after-place');`,
        '',
      ),
    ],
  },
  {
    name: 'dedup check outside the transaction',
    scenario: 'writer',
    patches: [
      noShortCut,
      patch(
        WRITE_GROUP,
        `await client.query('begin');`,
        `const seen = await findIntake(client, calls.flatMap(({ entries })=>entries));
    await client.query('begin');`,
      ),
      patch(WRITE_GROUP, 'intake: await lookUp(client, all),', 'intake: seen,'),
      patch(MIGRATIONS, 'constraint entry_dedup unique (dedup)', 'check (true)'),
      patch(MIGRATIONS, 'identity bytea primary key, seq', 'identity bytea, seq'),
    ],
  },
  {
    name: 'in-memory Merkle tree not rolled back',
    scenario: 'writer',
    patches: [
      noShortCut,
      // The other writer is a second net: it goes on from the log where this one cannot.
      inOneThread,
      patch(
        WRITE_GROUP,
        'const tree = ahead ? ahead.tree.clone() : await lockTree(client, name, held);',
        `const locked = ahead ? ahead.tree.clone() : await lockTree(client, name, held);
    const mine = globalThis.tree;
    const tree = globalThis.tree = mine && mine.size >= locked.size ? mine : locked;`,
      ),
      patch(WRITE_GROUP, 'const from = tree.size;', 'const from = locked.size;'),
    ],
  },
  {
    name: 'gap after a failed transaction',
    scenario: 'writer',
    patches: [
      noShortCut,
      patch(
        WRITE_GROUP,
        'nextSeq: from,',
        'nextSeq: (globalThis.next = Math.max(globalThis.next ?? 0, from)),',
      ),
      patch(
        WRITE_GROUP,
        'const entries = entriesOf(placed);',
        'const entries = entriesOf(placed);\n    globalThis.next += entries.length;',
      ),
    ],
  },
  {
    name: 'checkpoint signed and published before the commit',
    scenario: 'writer',
    patches: [
      noShortCut,
      inOneThread,
      patch(
        WRITE_GROUP,
        `await failpoint('log.before-commit');`,
        `globalThis.tree = tree;
    await failpoint('log.before-commit');`,
      ),
      patch(
        CHECKPOINTER,
        'size: state.size,',
        'size: Math.max(state.size, globalThis.tree?.size ?? 0),',
      ),
      patch(
        CHECKPOINTER,
        'root: state.root',
        'root: globalThis.tree?.size > state.size ? globalThis.tree.root() : state.root',
      ),
    ],
  },
  {
    name: 'two writers unfenced',
    scenario: 'writer',
    patches: [
      noShortCut,
      patch('log/src/log-state.js', ' for update`', '`'),
      patch(
        'log/src/log-state.js',
        'where name = $1 and size = $2 and root = $6',
        'where name = $1 and $2::bigint is not null and $6::bytea is not null',
      ),
      patch(MIGRATIONS, 'seq bigint primary key,', 'seq bigint not null,'),
      patch(MIGRATIONS, 'primary key (level, index)', 'check (true)'),
    ],
  },
  {
    name: 'credential issued twice on replay',
    scenario: 'readers',
    patches: [
      patch(
        'credentials/src/credential-issuer.js',
        'const credentialId = credentialIdOf(purpose, basis);',
        'let credentialId = credentialIdOf(purpose, basis);',
      ),
      patch(
        'credentials/src/credential-issuer.js',
        '.length > 0) return;',
        `.length > 0) credentialId += '2';`,
      ),
    ],
  },
  {
    name: 'credential from an uncommitted event',
    scenario: 'dawdlers',
    patches: [
      noShortCut,
      inOneThread,
      patch(
        WRITE_GROUP,
        `await failpoint('log.before-commit');`,
        `globalThis.pending = entries;
    await failpoint('log.before-commit');`,
      ),
      patch(
        'log/src/postgres-reader.js',
        'return this.#select(`select seq, leaf, leaf_hash from (select',
        'const read = await this.#select(`select seq, leaf, leaf_hash from (select',
      ),
      patch(
        'log/src/postgres-reader.js',
        `among.topics,
            limit
        ]);`,
        `among.topics,
            limit
        ]);
        if (read.length === limit) return read;
        const last = read.at(-1)?.seq ?? after;
        const early = (globalThis.pending ?? []).filter(({ seq }) => seq > last);
        return [...read, ...early.map(({ leaf, seq, leafHash }) => {
          const { contentMac: _, ...message } = decodeLeaf(leaf);
          return { ...message, log: this.name, seq, leafHash };
        }).filter(({ topic }) => among.topics.includes(topic))];`,
      ),
    ],
  },
  {
    name: 'offset reset to latest',
    scenario: 'kafka',
    patches: [
      patch('messaging/src/kafkajs/session.js', 'fromBeginning: true', 'fromBeginning: false'),
    ],
  },
];
