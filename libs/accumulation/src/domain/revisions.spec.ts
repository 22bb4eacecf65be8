import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { learning } from '../testing/learnings.js';
import type { Learning } from './learning.js';
import { currentRevisions, type Voiding } from './revisions.js';

const event = (eventId: string, supersedes?: string, provider = 'uni'): Learning =>
  learning({ eventId, supersedes, provider, source: 'urn:llcl:uni:lms' });
const voidOf = (id: string, provider = 'uni'): Voiding => ({
  provider,
  target: { source: 'urn:llcl:uni:lms', id },
});
const current = (events: readonly Learning[], ...voids: Voiding[]): readonly string[] =>
  currentRevisions(events, voids)
    .map(({ eventId }) => eventId)
    .toSorted();

describe('current revisions', () => {
  const chain = [event('a'), event('b', 'a'), event('c', 'b')];

  it('keeps what was never corrected', () => {
    expect(current([event('x'), event('y')])).toEqual(['x', 'y']);
  });

  it('counts the last correction of a chain only', () => {
    expect(current([...chain, event('x')])).toEqual(['c', 'x']);
  });

  it('falls back to the revision before a voided one', () => {
    expect(current(chain, voidOf('c'))).toEqual(['b']);
    expect(current(chain, voidOf('b'))).toEqual(['c']);
    expect(current(chain, voidOf('b'), voidOf('c'))).toEqual(['a']);
    expect(current(chain, voidOf('a'), voidOf('b'), voidOf('c'))).toEqual([]);
  });

  it('lets the first of two corrections count, and the second if the first was voided', () => {
    const twice = [event('a'), event('first', 'a'), event('second', 'a')];
    expect(current(twice)).toEqual(['first']);
    expect(current(twice, voidOf('first'))).toEqual(['second']);
    expect(current(twice, voidOf('first'), voidOf('second'))).toEqual(['a']);
  });

  it('counts a correction whose target did not arrive', () => {
    expect(current([event('b', 'a')])).toEqual(['b']);
  });

  it('ignores a void for what is not there, or under another source', () => {
    const elsewhere = { provider: 'uni', target: { source: 'urn:llcl:uni:other', id: 'a' } };
    expect(current([event('a')], voidOf('b'), elsewhere)).toEqual(['a']);
  });

  it('lets nobody void or correct what another provider said', () => {
    expect(current([event('a')], voidOf('a', 'mooc'))).toEqual(['a']);
    expect(current([event('a'), event('b', 'a', 'mooc')])).toEqual(['a', 'b']);
  });

  it('counts nothing of a circle', () => {
    expect(current([event('a', 'b'), event('b', 'a'), event('self', 'self')])).toEqual([]);
  });

  it('follows chains longer than the call stack', () => {
    const long = Array.from({ length: 50_000 }, (_, n) =>
      event(`${n}`, n === 0 ? undefined : `${n - 1}`),
    );
    expect(current(long)).toEqual(['49999']);
  });

  it('does not depend on the order of delivery', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const links = fc.array(fc.option(fc.constantFrom(...ids)), { minLength: 5, maxLength: 5 });
    const voids = fc.subarray(ids);
    fc.assert(
      fc.property(links, voids, fc.infiniteStream(fc.nat()), (targets, voided, random) => {
        const events = ids.map((id, n) => event(id, targets[n] ?? undefined));
        const shuffled = events.toSorted(() => (random.next().value % 3) - 1);
        const once = current(events, ...voided.map((id) => voidOf(id)));
        expect(current(shuffled, ...voided.toReversed().map((id) => voidOf(id)))).toEqual(once);
        for (const id of voided) expect(once).not.toContain(id);
      }),
    );
  });
});

describe('what a quality assurance body corrects for a provider', () => {
  const OWN = 'urn:llcl:uni:lms';
  const FOR = 'urn:llcl:qa:for.uni.lms';
  const part =
    (source: string) =>
    (id: string, of?: readonly [string, string], alias = 'a') => ({
      ...learning({
        eventId: id,
        provider: 'uni',
        source,
        supersedes: of?.[1],
        supersedesSource: of?.[0],
      }),
      alias,
    });
  const [own, body] = [part(OWN), part(FOR)];
  const voiding = (source: string, id: string): Voiding => ({
    provider: 'uni',
    target: { source, id },
  });

  it('counts instead, as does what either of them corrects after it', () => {
    const first = [own('a'), body('b', [OWN, 'a'])];
    expect(current(first)).toEqual(['b']);
    expect(current([...first, body('c', [FOR, 'b'])])).toEqual(['c']);
    expect(current([...first, own('c', [FOR, 'b'])])).toEqual(['c']);
    expect(current([...first, own('c', [FOR, 'b']), body('d', [OWN, 'c'])])).toEqual(['d']);
  });

  it('counts for nothing without what it corrects', () => {
    expect(current([body('b', [OWN, 'a'])])).toEqual([]);
    expect(current([body('b')])).toEqual([]);
    expect(current([body('b', [OWN, 'a']), body('c', [FOR, 'b'])])).toEqual([]);
    // What the provider says of it is its own.
    expect(current([body('b', [OWN, 'a']), own('c', [FOR, 'b'])])).toEqual(['c']);
  });

  it('counts for nobody else, also by way of another correction', () => {
    expect(current([own('a'), body('b', [OWN, 'a'], 'other')])).toEqual(['a']);
    const back = [own('a'), body('b', [OWN, 'a'], 'other'), body('c', [FOR, 'b'])];
    expect(current(back)).toEqual(['a']);
  });

  it('is taken back by a void, as is what it corrects', () => {
    const both = [own('a'), body('b', [OWN, 'a'])];
    expect(current(both, voiding(FOR, 'b'))).toEqual(['a']);
    expect(current(both, voiding(FOR, 'b'), voiding(OWN, 'a'))).toEqual([]);
  });

  it('is nothing of a provider that has a source of such a name', () => {
    const named = learning({ eventId: 'x', provider: 'qa', source: FOR });
    const taken = learning({
      eventId: 'y',
      provider: 'mooc',
      source: 'urn:llcl:mooc:lms',
      supersedes: 'x',
      supersedesSource: FOR,
    });
    expect(current([named, taken])).toEqual(['x', 'y']);
  });
});
