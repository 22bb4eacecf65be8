import { describe, expect, it } from '@jest/globals';
import {
  add,
  complete,
  db,
  embeddedSystem,
  first,
  messagingOf,
  poison,
  second,
  upTo,
} from './testing/embedded-system.js';
import { eventually } from './testing/eventually.js';
import { Tally } from './testing/tally.js';

embeddedSystem();

describe('rebuild', () => {
  it('makes read models anew, once each, with everything that came meanwhile', async () => {
    add(1_500);
    const messaging = messagingOf();
    await messaging.start();
    await complete(first, 1_500);
    const rebuilding = messaging.rebuild(['first']);
    add(10);
    await rebuilding;
    expect(await complete(first, 1_510)).toEqual(upTo(1_510));
    expect(await complete(second, 1_510)).toEqual(upTo(1_510));
  });

  it('is noticed by another process of the service, also when nothing new comes', async () => {
    add(20);
    await messagingOf().start();
    await complete(first, 20);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const elsewhere = messagingOf();
    await elsewhere.rebuild();
    expect(await complete(first, 20)).toEqual(upTo(20));
    expect(await complete(second, 20)).toEqual(upTo(20));
  });

  it('does not count anything twice that was in hand', async () => {
    let isInHand = false;
    first.after = async () => {
      isInHand = true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const messaging = messagingOf();
    await messaging.start();
    add(5);
    await eventually(() => isInHand, Boolean);
    first.after = () => undefined;
    await messaging.rebuild(['first']);
    await complete(first, 5);
    add(1);
    expect(await complete(first, 6)).toEqual(upTo(6));
  });

  it('forgets the dead letters of before, which the replay meets again', async () => {
    first.after = poison(1);
    add(3);
    const messaging = messagingOf();
    await messaging.start();
    await complete(first, 2);
    first.after = () => undefined;
    await messaging.rebuild(['first']);
    expect(await complete(first, 3)).toEqual(upTo(3));
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('makes read models anew that were filled through Kafka before', async () => {
    await db.query(
      `insert into messaging.place values ('first', 'learning-events.v1', 3, 'test', 0, 1)`,
    );
    await db.query(`insert into tally.first (log, seq) values ('test', 0)`);
    add(2);
    await messagingOf().start();
    expect(await complete(first, 2)).toEqual([0, 1]);
  });

  it('refuses a name it does not know and a table that is not schema-qualified', async () => {
    const messaging = messagingOf();
    await expect(messaging.rebuild(['third'])).rejects.toThrow('not-found');
    const odd = Object.assign(new Tally('first'), { tables: ['first; drop table x'] });
    await expect(messagingOf({ projections: [odd] }).rebuild()).rejects.toThrow('schema-qualified');
  });
});
