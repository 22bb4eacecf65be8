import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError, fold } from '#kernel';
import { share, type ShareCommand, type ShareFact, shareStateAt } from './share.js';

const NOW = '2026-06-01T08:00:00.000Z';
const UNTIL = '2026-07-01T00:00:00.000Z';
type Create = Extract<ShareCommand, { type: 'create' }>;

const create = (change: Partial<Create> = {}): ShareCommand => ({
  type: 'create',
  shareId: 'shr_1',
  credentialIds: ['crd_1', 'crd_2'],
  held: ['crd_2', 'crd_1'],
  until: UNTIL,
  now: NOW,
  ...change,
});
const stop: ShareCommand = { type: 'stop', now: '2026-06-02T08:00:00.000Z' };
const created: ShareFact = {
  kind: 'share-created',
  data: { shareId: 'shr_1', until: UNTIL },
  personal: { credentialIds: ['crd_1', 'crd_2'] },
};
const stopped: ShareFact = {
  kind: 'share-stopped',
  data: { shareId: 'shr_1', stoppedAt: '2026-06-02T08:00:00.000Z' },
};
const when = (history: readonly ShareFact[], command: ShareCommand): readonly ShareFact[] =>
  share.decide(command, fold(share, history));
const codeOf = (history: readonly ShareFact[], command: ShareCommand): string | undefined => {
  try {
    when(history, command);
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
  return undefined;
};

describe('a share', () => {
  it('is created with what was chosen, each once', () => {
    expect(when([], create())).toEqual([created]);
    expect(when([], create({ credentialIds: ['crd_1', 'crd_2', 'crd_1'] }))).toEqual([created]);
  });

  it('tells its date in UTC', () => {
    const [fact] = when([], create({ until: '2026-07-01T02:00:00+02:00' }));
    expect(fact?.data).toEqual({ shareId: 'shr_1', until: UNTIL });
  });

  it.each([NOW, '2026-06-01T07:59:59.999Z', '2026-06-01T09:30:00+02:00', '2020-01-01T00:00:00Z'])(
    'does not begin with its end, %s',
    (until) => expect(codeOf([], create({ until }))).toBe('share-date-past'),
  );

  it('holds nothing that is not the learner’s', () => {
    expect(codeOf([], create({ held: ['crd_1'] }))).toBe('credential-not-yours');
    expect(codeOf([], create({ held: [] }))).toBe('credential-not-yours');
  });

  it('created again as it is changes nothing, also when the credentials are gone by now', () => {
    expect(when([created], create({ held: [] }))).toEqual([]);
    expect(when([created, stopped], create())).toEqual([]);
  });

  it('cannot be changed', () => {
    for (const change of [{ credentialIds: ['crd_1'] }, { until: '2027-01-01T00:00:00Z' }])
      expect(codeOf([created], create(change))).toBe('concurrent-change');
  });

  it('is stopped once, and stays stopped', () => {
    expect(when([created], stop)).toEqual([stopped]);
    expect(when([created, stopped], { type: 'stop', now: '2026-06-03T00:00:00Z' })).toEqual([]);
    expect(fold(share, [created, stopped]).stoppedAt).toBe('2026-06-02T08:00:00.000Z');
  });

  it('cannot be stopped before it was created', () => {
    expect(codeOf([], stop)).toBe('not-found');
  });

  it('of an erased learner holds nothing', () => {
    const erased: ShareFact = { kind: 'share-created', data: created.data };
    expect(fold(share, [erased]).credentialIds).toBeUndefined();
  });

  it('can be seen until its date, and not at it', () => {
    const state = fold(share, [created]);
    expect(shareStateAt(state, new Date('2026-06-30T23:59:59.999Z'))).toBe('open');
    expect(shareStateAt(state, new Date(UNTIL))).toBe('ended');
    expect(shareStateAt(fold(share, [created, stopped]), new Date(NOW))).toBe('stopped');
    expect(shareStateAt(fold(share, [created, stopped]), new Date('2030-01-01'))).toBe('stopped');
  });

  it('has at most one beginning and one end, whatever is asked of it', () => {
    const commands = fc.array(fc.constantFrom(create(), stop, create({ held: [] })));
    fc.assert(
      fc.property(commands, (asked) => {
        const history: ShareFact[] = [];
        for (const command of asked)
          if (codeOf(history, command) === undefined) history.push(...when(history, command));
        expect(history.map(({ kind }) => kind)).toEqual(
          ['share-created', 'share-stopped'].slice(0, history.length),
        );
      }),
    );
  });
});
