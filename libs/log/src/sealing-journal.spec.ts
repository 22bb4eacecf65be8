import { describe, expect, it } from '@jest/globals';
import { newAlias } from '#kernel';
import type { Vault } from '#vault';
import { fixedClock, inMemoryJournal, inMemoryVault } from '#testing';
import type { Journal, NewFact } from './journal.js';

const clock = fixedClock('2026-06-01T10:00:00.000Z');

const open = async () => {
  const vault: Vault = inMemoryVault();
  const { homeAlias: alias } = await vault.createPerson('per_a');
  const { log, journal } = inMemoryJournal(vault, clock);
  return { vault, alias, log, journal: journal as Journal };
};
const shared = (alias: string, version: number): NewFact<'share-created'> => ({
  kind: 'share-created',
  data: { shareId: 'shr_a', until: '2026-07-01T00:00:00Z' },
  personal: { credentialIds: [`crd_${version}`] },
  alias,
  stream: 'share-a',
  version,
});

describe('the journal', () => {
  it('stores what is personal sealed, and gives it back opened', async () => {
    const { alias, log, journal } = await open();
    const [appended] = await journal.append([shared(alias, 1)]);
    const [entry] = log.entries;
    expect(entry).toMatchObject({ alias, time: '2026-06-01T10:00:00.000Z' });
    expect(JSON.stringify(entry)).not.toContain('crd_1');
    expect(Buffer.from(entry?.sealed ?? []).toString('latin1')).not.toContain('crd_1');
    expect(await journal.history('share-a')).toEqual([
      {
        id: appended?.id,
        kind: 'share-created',
        data: { shareId: 'shr_a', until: '2026-07-01T00:00:00Z' },
        personal: { credentialIds: ['crd_1'] },
      },
    ]);
  });

  it('keeps each personal part with its own fact', async () => {
    const { alias, log, journal } = await open();
    const stopped: NewFact<'share-stopped'> = {
      kind: 'share-stopped',
      data: { shareId: 'shr_a', stoppedAt: '2026-06-01T10:00:00Z' },
    };
    await journal.append([stopped, shared(alias, 1), stopped, shared(alias, 2)]);
    expect(await journal.open(log.entries)).toEqual([
      undefined,
      { credentialIds: ['crd_1'] },
      undefined,
      { credentialIds: ['crd_2'] },
    ]);
  });

  it('keeps the facts and loses what is personal once the key is destroyed', async () => {
    const { vault, alias, log, journal } = await open();
    await journal.append([shared(alias, 1)]);
    await vault.destroy('per_a');
    expect(await journal.open(log.entries)).toEqual([undefined]);
    const [fact] = await journal.history('share-a');
    expect(fact?.kind).toBe('share-created');
    expect(fact).not.toHaveProperty('personal');
    await expect(journal.append([shared(alias, 2)])).rejects.toMatchObject({
      code: 'event-erased',
    });
    expect(log.entries).toHaveLength(1);
  });

  it.each(['id', 'kind', 'alias'] as const)(
    'does not open what was moved to another %s',
    async (key) => {
      const { vault, alias, log, journal } = await open();
      await journal.append([shared(alias, 1)]);
      const { homeAlias } = await vault.createPerson('per_b');
      const other = { id: 'evt_b', kind: 'share-stopped' as const, alias: homeAlias };
      const moved = log.entries.map((entry) => ({ ...entry, [key]: other[key] }));
      await expect(journal.open(moved)).rejects.toThrow();
    },
  );

  it.each<[string, (alias: string) => object]>([
    ['plain data that its kind does not know', () => ({ data: { shareId: 'a', name: 'Ada' } })],
    ['no data', () => ({ data: undefined })],
    ['a personal part that its kind does not know', () => ({ personal: { name: 'Ada' } })],
    ['no personal part where its kind asks for one', () => ({ personal: undefined })],
    ['a personal part and no alias', () => ({ alias: undefined })],
    ['an alias that the vault does not know', () => ({ alias: newAlias() })],
  ])('refuses a fact with %s, and the call with it', async (_, change) => {
    const { alias, log, journal } = await open();
    const bad = { ...shared(alias, 2), ...change(alias) } as NewFact;
    await expect(journal.append([shared(alias, 1), bad])).rejects.toThrow();
    expect(log.entries).toHaveLength(0);
  });
});
