import { describe, expect, it } from '@jest/globals';
import {
  add,
  complete,
  db,
  embeddedSystem,
  first,
  log,
  messagingOf,
  second,
  upTo,
} from './testing/embedded-system.js';
import { eventually } from './testing/eventually.js';
import { Tally } from './testing/tally.js';

embeddedSystem();

describe('the embedded transport', () => {
  it('brings every projection what was there before and what comes', async () => {
    add(1_200);
    await messagingOf().start();
    await complete(first, 1_200);
    add(3);
    expect(await complete(first, 1_203)).toEqual(upTo(1_203));
    expect(await complete(second, 1_203)).toEqual(upTo(1_203));
  });

  it('brings a projection its own topics only', async () => {
    const wallet = new Tally('first', ['wallet.v1']);
    add(5);
    log.add('share-stopped', 'urn:lrn:1');
    add(2_000);
    log.add('share-stopped', 'urn:lrn:1');
    await messagingOf({ projections: [wallet] }).start();
    expect(await complete(wallet, 2)).toEqual([5, 2_006]);
  });

  it('reads nothing that no projection follows, and takes it as looked at', async () => {
    const wallet = new Tally('first', ['wallet.v1']);
    const asked: (readonly string[] | undefined)[] = [];
    const read = log.read.bind(log);
    log.read = (options) => {
      asked.push(options.among?.topics);
      return read(options);
    };
    const messaging = messagingOf({ projections: [wallet] });
    await messaging.start();
    add(3);
    log.add('share-stopped', 'urn:lrn:1');
    add(2);
    expect(await complete(wallet, 1)).toEqual([3]);
    const [lag] = await eventually(
      () => messaging.lags(),
      ([one]) => one?.messages === 0,
    );
    expect(lag?.messages).toBe(0);
    expect(new Set(asked.map((topics) => topics?.join()))).toEqual(new Set(['wallet.v1']));
  });

  it('goes on after a restart where it stopped', async () => {
    add(10);
    const before = messagingOf();
    await before.start();
    await complete(first, 10);
    await complete(second, 10);
    await before.stop();
    add(10);
    await messagingOf().start();
    expect(await complete(first, 20)).toEqual(upTo(20));
    expect(await complete(second, 20)).toEqual(upTo(20));
  });

  it('takes each message in once, however often the handler fails halfway', async () => {
    let calls = 0;
    first.after = () => {
      calls += 1;
      if (calls % 3 !== 0) throw new Error('the database went away');
    };
    await messagingOf().start();
    for (let i = 0; i < 20; i += 1) {
      add(5);
      await eventually(
        () => calls,
        (n) => n > i * 3,
        2_000,
      );
    }
    expect(await complete(first, 100)).toEqual(upTo(100));
    expect(calls).toBeGreaterThan(3);
  });

  it('gets on where nothing large is ever finished, as something breaks too often', async () => {
    const sizes: number[] = [];
    first.before = ({ length }) => {
      sizes.push(length);
      if (length > 100) throw Object.assign(new Error('no'), { code: '57P01' });
    };
    add(1_200);
    await messagingOf().start();
    expect(await complete(first, 1_200)).toEqual(upTo(1_200));
    expect(Math.max(...sizes)).toBeGreaterThan(100);
  });

  it('takes each message in once when two processes of a service run', async () => {
    await Promise.all([messagingOf().start(), messagingOf().start()]);
    for (let i = 0; i < 50; i += 1) {
      add(20);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await complete(first, 1_000)).toEqual(upTo(1_000));
    expect(await complete(second, 1_000)).toEqual(upTo(1_000));
  });

  it('lets a projection that fails hold up itself only, and says so', async () => {
    let isBroken = true;
    first.before = () => {
      if (isBroken) throw Object.assign(new Error('no'), { code: '53300' });
    };
    const messaging = messagingOf();
    await messaging.start();
    add(3);
    expect(await complete(second, 3)).toEqual(upTo(3));
    expect(await first.seqs(db)).toEqual([]);
    const stalled = messaging.status().projections.find(({ name }) => name === 'first');
    expect(stalled).toMatchObject({ lastError: '53300', stalledSince: expect.any(Date) });
    expect(messaging.isHealthy()).toBe(true);
    isBroken = false;
    expect(await complete(first, 3)).toEqual(upTo(3));
    const healed = messaging.status().projections.find(({ name }) => name === 'first');
    expect(healed).not.toHaveProperty('stalledSince');
  });

  it('lets a projection that hangs hold up itself only', async () => {
    let release = (): void => undefined;
    first.before = () => new Promise<void>((resolve) => (release = resolve));
    await messagingOf().start();
    add(3);
    expect(await complete(second, 3)).toEqual(upTo(3));
    first.before = () => undefined;
    release();
    expect(await complete(first, 3)).toEqual(upTo(3));
  });

  it('says that it is not healthy while the log is away, and recovers', async () => {
    const messaging = messagingOf();
    await messaging.start();
    await eventually(() => messaging.isHealthy(), Boolean);
    log.away = true;
    expect(
      await eventually(
        () => messaging.isHealthy(),
        (is) => !is,
      ),
    ).toBe(false);
    log.away = false;
    add(2);
    expect(await eventually(() => messaging.isHealthy(), Boolean)).toBe(true);
    expect(await complete(first, 2)).toEqual(upTo(2));
  });

  it('finishes what is in hand before it stops', async () => {
    let isInHand = false;
    first.after = async () => {
      isInHand = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const messaging = messagingOf();
    await messaging.start();
    add(1);
    await eventually(() => isInHand, Boolean);
    await messaging.stop();
    expect(await first.seqs(db)).toEqual([0]);
  });

  it('refuses two projections of one name', () => {
    expect(() => messagingOf({ projections: [first, new Tally('first')] })).toThrow('same name');
  });
});
