import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
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

embeddedSystem();

describe('dead letters', () => {
  it('sets exactly the poison messages aside and takes in all others in order', async () => {
    first.after = poison(0, 17, 18, 499, 500, 730);
    add(731);
    const messaging = messagingOf();
    await messaging.start();
    const expected = upTo(731).filter((seq) => ![0, 17, 18, 499, 500, 730].includes(seq));
    expect(await complete(first, expected.length)).toEqual(expected);
    const letters = await eventually(
      () => messaging.deadLetters.list('first'),
      ({ length }) => length === 6,
    );
    expect(letters.map(({ seq }) => seq)).toEqual([0, 17, 18, 499, 500, 730]);
    expect(letters[0]).toMatchObject({
      projection: 'first',
      topic: 'learning-events.v1',
      log: 'test',
      entryId: 'evt_test0',
      kind: 'learning-event',
      reasonCode: 'already-decided',
      detail: 'no',
      attempts: 1,
    });
    expect(await messaging.deadLetters.list('second')).toEqual([]);
  });

  it('keeps a poison message that also fails for another reason until it is set aside', async () => {
    let left = 3;
    first.after = (batch) => {
      if (left-- > 0) throw new Error('away');
      poison(1)(batch);
    };
    add(3);
    const messaging = messagingOf();
    await messaging.start();
    expect(await complete(first, 2)).toEqual([0, 2]);
    expect(await messaging.deadLetters.list('first')).toHaveLength(1);
  });

  it('passes an erased learner as if never there, without a dead letter', async () => {
    first.before = (batch) => {
      if (batch.some(({ alias }) => alias === 'urn:lrn:3')) throw new DomainError('event-erased');
    };
    add(14);
    const messaging = messagingOf();
    await messaging.start();
    const expected = upTo(14).filter((seq) => seq % 7 !== 3);
    expect(await complete(first, expected.length)).toEqual(expected);
    expect(await messaging.deadLetters.list()).toEqual([]);
  });

  it('tries a dead letter again: the effect and the resolution commit together', async () => {
    first.after = poison(2);
    add(4);
    const messaging = messagingOf();
    await messaging.start();
    await complete(first, 3);
    const [letter] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length > 0,
    );
    const id = letter?.id ?? -1;
    expect(await messaging.deadLetters.retry(id)).toBe(false);
    expect(await messaging.deadLetters.list()).toMatchObject([{ id, attempts: 2 }]);
    first.after = () => undefined;
    expect(await messaging.deadLetters.retry(id)).toBe(true);
    expect(await messaging.deadLetters.list()).toEqual([]);
    expect(await first.seqs(db)).toEqual([0, 1, 3, 2]);
    await expect(messaging.deadLetters.retry(id)).rejects.toThrow('not-found');
    expect(await first.seqs(db)).toHaveLength(4);
  });

  it('does not retry a letter of a projection that is not here', async () => {
    first.after = poison(0);
    add(1);
    const messaging = messagingOf();
    await messaging.start();
    const [letter] = await eventually(
      () => messaging.deadLetters.list(),
      ({ length }) => length > 0,
    );
    const other = messagingOf({ projections: [second] });
    await expect(other.deadLetters.retry(letter?.id ?? -1)).rejects.toThrow('not-found');
  });
});
