import { beforeEach, expect, it, jest } from '@jest/globals';
import { describeWithKafka } from '#testing';
import { eventually } from './testing/eventually.js';
import { intakeSystems, some } from './testing/intake-system.js';
import { RemadeTopic, timesAnew } from './testing/remade-topic.js';

jest.setTimeout(180_000);

const systems = intakeSystems();
let topic: RemadeTopic;
beforeEach(async () => {
  topic = await RemadeTopic.begin(systems());
});

describeWithKafka('an intake topic of which 50 messages were read', () => {
  it('is read from its beginning each time that it is made anew, however long it is', async () => {
    for (const [n, length] of [50, 61, 62].entries()) {
      const names = some(length, (n + 1) * 1_000);
      await topic.remake();
      await topic.send(names);
      const { messaging, taken } = await topic.after(names);
      expect(taken).toEqual([names, 1]);
      await messaging.stop();
    }
  });

  it('takes nothing in twice that is in the new one again', async () => {
    await topic.remake();
    await topic.send(some(120));
    expect((await topic.after(some(120))).taken).toEqual([some(120), 1]);
    expect(await topic.system.registered(120)).toEqual(some(120));
  });

  it('is not taken for another when time took away everything', async () => {
    await topic.trimTo(50);
    const { register } = topic.system;
    register.asked.length = 0;
    const messaging = await topic.system.start();
    await topic.send(some(5, 50));
    await eventually(
      () => register.asked.length,
      (length) => length >= 5,
    );
    expect([[...new Set(register.asked)], timesAnew(messaging)]).toEqual([some(5, 50), 0]);
  });

  it('is read on where nobody has written down yet which one it was', async () => {
    await topic.system.db.query('delete from messaging.topic_read');
    await topic.send(some(10, 50));
    expect((await topic.after(some(10, 50))).taken).toEqual([some(10, 50), 0]);
  });

  it('is read from its beginning by a reader that was busy while it was made anew', async () => {
    const { system } = topic;
    const [inHand, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const messaging = await system.start({
      failpoint: async (name) => {
        if (name !== 'intake.after-answer') return;
        inHand.resolve();
        await release.promise;
      },
    });
    await topic.send(some(10, 50));
    await inHand.promise;
    await topic.remake();
    await topic.send(some(200, 1_000));
    release.resolve();
    const all = [...some(60), ...some(200, 1_000)];
    expect(await system.registered(all.length)).toEqual(all);
    expect(timesAnew(messaging)).toBe(1);
  });
});
