import { expect, it, jest } from '@jest/globals';
import { describeWithKafka } from '#testing';
import { eventually } from './testing/eventually.js';
import { intakeSystems, some } from './testing/intake-system.js';

jest.setTimeout(120_000);

const systems = intakeSystems();

const PARTITIONS = [0, 1, 2, 3];
const EACH = 400;
/** With this a fetch, of 1 MB a partition, brings a quarter of them. */
const HEADERS = { 'x-padding': 'x'.repeat(10_000) };

/** kafkajs reads on while what it brought is taken in, and is sent back where that failed. */
describeWithKafka('an intake that is behind', () => {
  it('takes everything in, in order, where every third batch fails and some wait', async () => {
    const system = systems();
    const before = await system.start();
    const uni = await system.connect();
    await before.stop();
    const names = (partition: number) => some(EACH, partition * 10_000);
    const messages = PARTITIONS.flatMap((partition) =>
      names(partition).map((value) => ({ key: value, value, partition, headers: HEADERS })),
    );
    for (let sent = 0; sent < messages.length; sent += 50)
      await uni.send(messages.slice(sent, sent + 50));

    let [answered, asked] = [0, 0];
    system.register.admits = (_, messages) =>
      (asked += 1) % 5 === 0
        ? { messages: Math.ceil(messages / 2), waitMs: 50 }
        : { messages, waitMs: 0 };
    const messaging = await system.start({
      failpoint: (name) =>
        name === 'intake.after-answer' && (answered += 1) % 3 === 0
          ? Promise.reject(new Error('broken'))
          : Promise.resolve(),
    });
    const all = PARTITIONS.flatMap(names);
    expect(await system.registered(all.length)).toEqual(all);
    const first = [...new Set(system.register.asked)];
    for (const partition of PARTITIONS) {
      const ours = new Set(names(partition));
      expect(first.filter((name) => ours.has(name))).toEqual([...ours]);
    }
    const lag = () => messaging.status().projections[0]?.lag;
    expect(await eventually(lag, (n) => n === 0, 30_000)).toBe(0);
    expect(answered).toBeGreaterThan(15);
    expect(asked).toBeGreaterThan(15);
  });
});
