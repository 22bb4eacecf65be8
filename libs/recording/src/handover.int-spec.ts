import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { newAlias } from '#kernel';
import type { LearnerIdentity } from '#contracts';
import { createService, loadConfig } from '#platform';
import { correcting, said, type Said, usingProvider } from './testing/provider.js';
import { client, event, statement, voiding } from './testing/samples.js';

const CHANGE = '2026-06-01T00:00:00Z';
const BEFORE = '2026-05-31T23:59:59.999Z';

const provider = usingProvider((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

/** A provider gives the account name of somebody who left to somebody else. */
describe('an account name that is another person’s since', () => {
  let learner: Extract<LearnerIdentity, { account: object }>;
  let first: string;
  let second: string;
  beforeEach(async () => {
    learner = { account: { homePage: 'https://uni.example', name: randomUUID() } };
    first = await holder();
    second = newAlias();
  });
  const vault = () => provider().recorder.service.foundation.vault;
  const holder = async (): Promise<string> =>
    (await vault().aliasesFor([{ provider: client.id, identity: learner }]))[0] ?? '';
  const handOver = () => vault().handOver({ alias: first, next: second, from: Date.parse(CHANGE) });
  const happened = (occurredAt: string, part: object = {}) =>
    event({ id: randomUUID(), time: occurredAt, ...part }, { learner, occurredAt });
  const aliasOf = async (answer: Said | undefined): Promise<string | undefined> =>
    answer && 'seq' in answer
      ? (await provider().recorder.entryAt(answer.seq)).entry.alias
      : undefined;
  const aliasesOf = async (answers: readonly Said[]) => Promise.all(answers.map(aliasOf));

  it('files what happened under who had it then, however late it comes, in one batch', async () => {
    await handOver();
    const answers = await provider().post(
      happened(CHANGE),
      happened(BEFORE),
      happened('2026-06-01T01:59:59+02:00'),
      happened('2026-06-01T02:00:00+02:00'),
    );
    expect(await aliasesOf(answers)).toEqual([second, first, first, second]);
  });

  it('reads the time of the envelope where the data says none, else takes who has it now', async () => {
    await handOver();
    const bare = (time?: string) =>
      event({ id: randomUUID(), time }, { learner, occurredAt: undefined });
    const answers = await provider().post(bare(BEFORE), bare(CHANGE), bare());
    expect(await aliasesOf(answers)).toEqual([first, second, second]);
  });

  it('files statements by their timestamp', async () => {
    await handOver();
    const recorder = provider().recorder;
    for (const [timestamp, alias] of [
      [BEFORE, first],
      [CHANGE, second],
    ] as const) {
      const size = await recorder.size();
      const reported = statement({ id: randomUUID(), actor: learner, timestamp });
      expect((await provider().xapi('POST', 'statements', reported)).status).toBe(200);
      expect((await recorder.entryAt(size)).entry.alias).toBe(alias);
    }
  });

  it('knows what it recorded before again, and who it was', async () => {
    const early = happened(BEFORE);
    const [receipt] = await provider().post(early);
    await handOver();
    expect(await provider().post(early)).toEqual([{ ...receipt, status: 'duplicate' }]);
  });

  it('takes a correction of what the earlier holder did as theirs', async () => {
    const early = happened(BEFORE);
    await provider().post(early);
    await handOver();
    const correction = correcting(
      String(early['id']),
      randomUUID(),
      { time: BEFORE },
      { learner, occurredAt: BEFORE },
    );
    expect(await aliasesOf(await provider().post(correction))).toEqual([first]);
  });

  it('refuses to move what was recorded before it was told: a void and a new id do', async () => {
    const early = happened(CHANGE);
    expect(await aliasesOf(await provider().post(early))).toEqual([first]);
    await handOver();
    expect((await provider().post(early)).map(said)).toEqual(['event-conflict']);
    const target = { source: String(early['source']), id: String(early['id']) };
    const answers = await provider().post(
      voiding({ id: randomUUID() }, { target, reason: 'wrong-learner' }),
      { ...early, id: randomUUID() },
    );
    expect(answers.map(said)).toEqual(['recorded', 'recorded']);
    expect(await aliasOf(answers[1])).toBe(second);
  });

  it('says nothing of the new holder to the earlier one', async () => {
    await handOver();
    for (const [person, alias] of [
      ['per_left', first],
      ['per_came', second],
    ] as const) {
      await vault().createPerson(person);
      await vault().link(person, alias, 1);
    }
    await provider().post(happened(CHANGE), happened(BEFORE));
    expect(await vault().personsOf([first, second])).toEqual(['per_left', 'per_came']);
    expect(await vault().aliasesOf('per_left')).not.toContain(second);
  });
});
