import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { checkLog } from '#log';
import { CachedVault, FileKeyRing, PostgresVaultStore } from '#vault';
import {
  aliasesOf,
  checkCredentials,
  checkEarned,
  type Opened,
  whatCounts,
} from './invariants/earned.js';
import { type Entry, readLog } from './invariants/ledger.js';
import { checkReadModels } from './invariants/read-models.js';
import {
  checkAcknowledged,
  checkDense,
  checkHeads,
  checkSent,
  checkSigned,
  type Violations,
} from './invariants/recorded.js';
import { checkTopics, readTopics } from './invariants/topics.js';
import { readJournal } from './journal.js';
import type { Head, Observer } from './observer.js';
import type { System } from './system.js';
import type { Sent } from './workload.js';

/** What a run knows of what should be there. */
export interface Witness {
  readonly system: System;
  readonly sent: ReadonlyMap<string, Sent>;
  readonly journal: string;
  readonly observer: Observer;
  /** Empty where there is no Kafka. */
  readonly broker: string;
  readonly topicPrefix: string;
}

export const readLogs = async ({ logs }: System): Promise<readonly Entry[]> =>
  (await Promise.all([...logs].map(([log, url]) => readLog(log, url)))).flat();

/** (1, 2, 3, 4, 5) What must hold of the logs at every moment. */
export const checkRecords = async (
  { system, sent, journal, observer }: Witness,
  entries: readonly Entry[],
): Promise<Violations> => {
  const violations = [
    ...checkAcknowledged(readJournal(journal).values(), entries),
    ...checkSent(sent, entries),
    ...observer.backward,
  ];
  for (const [log, databaseUrl] of system.logs) {
    const own = entries.filter((entry) => entry.log === log);
    const heads = observer.heads.filter((head) => head.log === log);
    const notes = published(log, system, observer);
    violations.push(
      ...checkDense(log, own),
      ...checkHeads(own, [...heads, ...notes.map((note) => headOf(log, note))]),
      ...checkSigned(log, notes, observer.keys.get(log)),
    );
    const checked = await checkLog({ databaseUrl, name: log });
    violations.push(
      ...checked.violations.map(({ seq, what }) => `fsck ${log} ${seq ?? ''} ${what}`),
    );
  }
  return violations;
};

/** Checkpoints that somebody was shown, and those that lie in their folder. */
const published = (log: string, system: System, observer: Observer): readonly string[] => {
  const notes = observer.checkpoints.filter((each) => each.log === log).map(({ note }) => note);
  const folder = join(system.checkpointsDir, log);
  try {
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.checkpoint')))
      notes.push(readFileSync(join(folder, name), 'utf8'));
  } catch {
    // None was published.
  }
  return notes;
};

/** What a checkpoint says (C2SP tlog-checkpoint: origin, size and root, a line each). */
const headOf = (log: string, note: string): Head => {
  const [, size = '', root = ''] = note.split('\n');
  return { log, size: Number(size), root: Buffer.from(root, 'base64').toString('hex') };
};

/** (5, 6) What must hold once everything that was recorded has come through. */
export const checkDerived = async (
  { system, sent, broker, topicPrefix }: Witness,
  entries: readonly Entry[],
): Promise<Violations> => {
  const { byLearner, violations } = aliasesOf(sent, entries);
  const opened = await openEarned(system, entries);
  return [
    ...violations,
    ...checkEarned(opened, byLearner, whatCounts(sent.values())),
    ...checkCredentials(entries),
    ...(await checkReadModels(system.issuerDatabase, entries)),
    ...(broker === '' ? [] : checkTopics(await readTopics(broker, topicPrefix), entries)),
  ];
};

/** All entries, with what those say that were earned. */
const openEarned = async (
  { vaultDatabase, keysDir }: System,
  entries: readonly Entry[],
): Promise<readonly Opened[]> => {
  const db = await new DataSource({ type: 'postgres', url: vaultDatabase }).initialize();
  try {
    const vault = new CachedVault(new PostgresVaultStore(db, new FileKeyRing(keysDir)));
    const earned = entries.filter(({ kind }) => kind === 'achievement-earned');
    const personal = await vault.open(
      earned.map(({ id, kind, alias = '', sealed = Buffer.alloc(0) }) => ({
        alias,
        sealed,
        context: `${id}|${kind}`,
      })),
    );
    const personalOf = new Map(earned.map((entry, n) => [entry, personal[n]]));
    return entries.map((entry) => ({
      entry,
      personal: personalOf.get(entry) as Opened['personal'],
    }));
  } finally {
    await db.destroy();
  }
};
