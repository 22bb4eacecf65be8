import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkTopics, type Published } from './invariants/topics.js';
import { Journal, readJournal } from './journal.js';
import { Observer } from './observer.js';
import { Random } from './random.js';
import { Workload } from './workload.js';

describe('the journal of acknowledgements', () => {
  let folder: string;
  let journal: Journal;
  const said = { source: 's', id: 'e', log: 'l', seq: 4, leafHash: 'aa' };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-journal-'));
    journal = new Journal(join(folder, 'journal'));
  });
  afterEach(() => {
    journal.close();
    rmSync(folder, { recursive: true });
  });

  it('holds what was written before it counts, and reads it without a half last line', () => {
    journal.write([said, { ...said, id: 'f', seq: 5 }]);
    appendFileSync(journal.path, '{"source":"s","id":"g"');
    expect([...readJournal(journal.path).values()].map(({ id }) => id)).toEqual(['e', 'f']);
    expect(journal.size).toBe(2);
  });

  it('notices when the ledger says something else the second time', () => {
    journal.write([said]);
    journal.write([said]);
    expect(journal.contradictions).toEqual([]);
    journal.write([{ ...said, seq: 5 }]);
    journal.write([{ ...said, leafHash: 'bb' }]);
    expect(journal.contradictions).toHaveLength(2);
  });
});

describe('a workload', () => {
  const story = (seed: number) => new Workload('s', new Random(seed)).next(2_000);

  it('is the same for a seed, but for the time of day', () => {
    const says = (seed: number) => story(seed).map(({ id, says: said }) => [id, said]);
    expect(says(3)).toEqual(says(3));
    expect(says(3)).not.toEqual(says(4));
  });

  it('corrects and takes back, each event once at most, some before they are sent', () => {
    const sent = story(3);
    const at = new Map(sent.map(({ id }, n) => [id, n]));
    const targets = sent.flatMap(({ says }, n) => {
      const target = says.is === 'void' ? says.target : says.supersedes;
      return target === undefined ? [] : [{ target, n }];
    });
    expect(targets.length).toBeGreaterThan(100);
    expect(new Set(targets.map(({ target }) => target)).size).toBe(targets.length);
    expect(targets.some(({ target, n }) => (at.get(target) ?? -1) > n)).toBe(true);
    expect(targets.every(({ target }) => at.has(target))).toBe(true);
  });
});

describe('an observer', () => {
  it('notices a place that goes back', () => {
    const observer = new Observer(new Map(), []);
    for (const seq of [1, 1, 5, 7]) observer.see({ name: 'accumulation', seq });
    expect(observer.backward).toEqual([]);
    observer.see({ name: 'accumulation', seq: 6 });
    expect(observer.backward).toEqual(['accumulation went back from 7 to 6']);
  });
});

describe('topics', () => {
  const at = (seq: number, previous: number): Published => ({
    topic: 'learning-events.v1',
    partition: 0,
    log: 'l',
    seq,
    previous,
  });
  const entries = [0, 2, 3].map((seq) => ({ log: 'l', seq, kind: 'learning-event' }));

  it('hold each entry, again or not', () => {
    expect(checkTopics([at(0, -1), at(2, 0), at(0, -1), at(2, 0), at(3, 2)], entries)).toEqual([]);
  });
  it.each([
    ['is missing', [at(0, -1), at(2, 0)], /3 was not published/u],
    ['is nowhere in the log', [at(0, -1), at(2, 0), at(3, 2), at(9, 3)], /9 is no entry/u],
    ['hides a gap', [at(0, -1), at(3, 2), at(2, 0)], /3 follows 0 and says it follows 2/u],
  ])('are wrong when something %s', (_, published, expected) => {
    expect(checkTopics(published, entries)).toEqual([expect.stringMatching(expected)]);
  });
});
