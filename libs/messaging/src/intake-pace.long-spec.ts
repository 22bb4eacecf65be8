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

/** What the intake lets in, and what waits in Kafka meanwhile. */
describeWithKafka('an intake that lets in a part', () => {
  it('takes that in, then waits without losing or refusing anything', async () => {
    let left = 40;
    system.register.admits = (_, messages) => {
      const part = Math.min(left, messages);
      left -= part;
      return { messages: part, waitMs: part === messages ? 0 : 200 };
    };
    const messaging = await system.start();
    const uni = await system.connect();
    await uni.send(some(100).map((value) => ({ key: `key-${value}`, value, partition: 1 })));
    expect(await system.registered(40)).toEqual(some(40));
    await uni.answered(40);
    const [status] = await eventually(
      () => messaging.status().projections,
      ([one]) => (one?.lag ?? 0) >= 60,
    );
    // It waits, and nothing has failed.
    expect(status).not.toHaveProperty('stalledSince');
    expect(await system.register.names()).toEqual(some(40));
    left = 25;
    expect(await system.registered(65)).toEqual(some(65));
    left = 1_000;
    expect(await system.registered(100)).toEqual(some(100));
    const answers = await uni.answered(100);
    expect(new Set(answers.map(statusOf))).toEqual(new Set(['recorded']));
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('goes on with other clients meanwhile', async () => {
    system.register.known = ['library', 'uni'];
    system.register.admits = (client, messages) =>
      client === 'uni' ? { messages: 0, waitMs: 60_000 } : { messages, waitMs: 0 };
    await system.start();
    const [uni, library] = [await system.connect('uni'), await system.connect('library')];
    await uni.names(some(20));
    await library.names(some(50, 100));
    expect(await library.answered(50)).toHaveLength(50);
    expect(await system.register.names()).toEqual(some(50, 100));
    expect(uni.answers).toEqual([]);
  });

  it('is not asked again for what comes again', async () => {
    let asked = 0;
    system.register.admits = (_, messages) => {
      asked += messages;
      return { messages, waitMs: 0 };
    };
    let cuts = 3;
    const failpoint = (name: string): void => {
      if (name === 'intake.after-take' && cuts-- > 0) throw new Error('power cut');
    };
    await system.start({ failpoint });
    const uni = await system.connect();
    await uni.send(some(30).map((value) => ({ key: `key-${value}`, value, partition: 1 })));
    await uni.answered(30);
    expect(cuts).toBeLessThan(1);
    expect(system.register.asked.length).toBeGreaterThan(30);
    expect(asked).toBeLessThan(system.register.asked.length);
  });
});
