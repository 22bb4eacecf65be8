import { beforeEach, expect, it, jest } from '@jest/globals';
import { describeWithKafka } from '#testing';
import { eventually } from './testing/eventually.js';
import { type IntakeSystem, intakeSystems, some, statusOf } from './testing/intake-system.js';

jest.setTimeout(90_000);

const systems = intakeSystems();
let system: IntakeSystem;
beforeEach(() => {
  system = systems();
});

describeWithKafka('what the intake refuses', () => {
  it('takes no message for poison because a driver says in its own words what is away', async () => {
    let failures = 5;
    system.register.before = () => {
      if (failures-- > 0)
        throw Object.assign(new Error('x'), {
          driverError: Object.assign(new Error('x'), { code: '53100' }),
        });
    };
    const messaging = await system.start();
    const uni = await system.connect();
    await uni.names(['a']);
    expect((await uni.answered(1)).map(statusOf)).toEqual(['recorded']);
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('finds a message that breaks it, answers for it, and goes on with the others', async () => {
    system.register.before = (names) => {
      if (names.includes('event-00123')) throw new TypeError('Amina is not a function');
    };
    const messaging = await system.start();
    const uni = await system.connect();
    await uni.send(some(300).map((value) => ({ key: `key-${value}`, value, partition: 2 })));
    const expected = some(300).filter((name) => name !== 'event-00123');
    expect(await system.registered(299)).toEqual(expected);
    const answers = await uni.answered(300);
    expect(answers.filter(({ result }) => 'code' in result).map(statusOf)).toEqual([
      'internal-error',
    ]);
    const letters = await eventually(
      () => messaging.deadLetters.list('intake'),
      ({ length }) => length === 1,
    );
    expect(letters).toMatchObject([{ reasonCode: 'internal-error', seq: 123 }]);
    expect(JSON.stringify(answers) + JSON.stringify(letters)).not.toContain('Amina');
  });

  it('keeps no trial, whatever became of it, and answers it', async () => {
    const messaging = await system.start();
    const taken = system.register.take.bind(system.register);
    system.register.take = async (client, batch) =>
      (await taken(client, batch)).map((answer) =>
        answer.id === 'no trial' || answer.id === 'trial'
          ? {
              ...answer,
              result: answer.id === 'trial' ? { status: 'test' } : answer.result,
              isTrial: true,
            }
          : answer,
      );
    const uni = await system.connect();
    await uni.send(
      ['no trial', 'trial', 'no'].map((value) => ({ key: value, value, partition: 1 })),
    );
    const answers = await uni.answered(3);
    const became = new Map(answers.map((answer) => [answer.key, statusOf(answer)]));
    expect(Object.fromEntries(became)).toEqual({
      'no trial': 'invalid-input',
      trial: 'test',
      no: 'invalid-input',
    });
    const tried = answers.find(({ key }) => key === 'trial');
    expect(tried).toMatchObject({
      headers: { ce_type: 'org.learning-ledger.receipt.v1', 'content-type': 'application/json' },
    });
    const letters = await eventually(
      () => messaging.deadLetters.list('intake'),
      ({ length }) => length > 0,
    );
    expect(letters).toMatchObject([{ seq: 2 }]);
    const counted = await eventually(
      () => messaging.status().intake,
      (counts) => (counts?.test ?? 0) > 0,
    );
    expect(counted).toMatchObject({ recorded: 0, duplicate: 0, test: 1 });
  });

  it('puts aside what it refuses, sealed, and answers when it is tried again', async () => {
    const messaging = await system.start();
    const uni = await system.connect();
    await uni.names(['no Amina']);
    await uni.answered(1);
    const [letter] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length === 1,
    );
    expect(letter).toMatchObject({ projection: 'intake', reasonCode: 'invalid-input' });
    const rows = await system.db.query<{ text: string }[]>(
      `select encode(message, 'escape') text from messaging.dead_letter`,
    );
    expect(rows[0]?.text).not.toContain(Buffer.from('no Amina').toString('base64'));
    expect(await messaging.deadLetters.retry(letter?.id ?? -1)).toBe(false);
    system.register.take = (_, [message]) =>
      Promise.resolve([
        {
          result: { eventId: 'e', log: 'l', seq: 1, leafHash: '', status: 'recorded' },
          id: String(message?.value),
        },
      ]);
    expect(await messaging.deadLetters.retry(letter?.id ?? -1)).toBe(true);
    const answers = await eventually(
      () => uni.answers,
      ({ length }) => length === 3,
    );
    expect(answers.map(statusOf)).toEqual(['invalid-input', 'invalid-input', 'recorded']);
    expect(answers.map(({ key }) => key)).toEqual(Array(3).fill('key-no Amina'));
    expect(new Set(answers.map(({ headers }) => headers['ce_id'])).size).toBe(1);
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('forgets sealed letters after a while, and only those', async () => {
    const messaging = await system.start();
    const uni = await system.connect();
    await uni.names(['no 1', 'no 2']);
    const [older, newer] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length >= 2,
    );
    await system.db.query(
      `update messaging.dead_letter set first_at = now() - interval '31 days' where id = $1`,
      [older?.id],
    );
    expect(await messaging.deadLetters.forgetOld()).toBe(1);
    // Who writes may have been told to write again what was there: then there is one more.
    const kept = (await messaging.deadLetters.list()).map(({ id }) => id);
    expect(kept).toContain(newer?.id);
    expect(kept).not.toContain(older?.id);
  });
});
