import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { CreditAccount, Fact } from '#contracts';
import type { Journal } from '#log';
import type { InMemoryLog } from '#testing';
import type { Vault } from '#vault';
import { CreditsController } from './credits.controller.js';
import { PostingsProjection } from './postings.projection.js';
import { System } from './testing/system.js';
import { usingParts } from './testing/using-story.js';

const ECTS = { system: 'ECTS', value: 6 } as const;

describe('the account of credit', () => {
  let dataSource: DataSource;
  let vault: Vault;
  let log: InMemoryLog;
  let journal: Journal;
  let system: System;
  let alias: string;

  usingParts(async (parts) => {
    ({ vault, log, dataSource } = parts);
    system = await System.start(parts);
    ({ journal } = system);
    await system.rebuild();
    ({ homeAlias: alias } = await vault.createPerson('per_a'));
  });

  const issued = (credentialId: string, change: object = {}, to = alias) =>
    journal.append([
      {
        kind: 'credential-issued',
        alias: to,
        data: {
          credentialId,
          issuer: 'uni',
          statusListId: 'one',
          statusListIndex: 7,
          digest: 'ab',
          purpose: 'achievement',
          basis: 'ach_1',
          ...change,
        },
        personal: { credential: { name: 'Nursing' }, credit: ECTS },
      },
    ]);
  const revoked = (credentialId: string) =>
    journal.append([
      {
        kind: 'credential-revoked',
        alias,
        data: {
          credentialId,
          issuer: 'uni',
          statusListId: 'one',
          statusListIndex: 7,
          reason: 'Error',
          revokedAt: '2026-05-01T00:00:00Z',
        },
      },
    ]);
  const difference = { finding: 'equivalent', statement: '', evidence: '', relevance: '' } as const;
  const decided = (outcome: 'Positive' | 'Negative', credentialIds: string[]) =>
    journal.append([
      {
        kind: 'recognition-decided',
        alias,
        data: { caseId: 'rec_1', institution: 'north', officer: 'per_o' },
        personal: {
          outcome,
          findings: {
            level: difference,
            workload: difference,
            quality: difference,
            profile: difference,
            learningOutcomes: difference,
          },
          reasons: 'Alike',
          credit: ECTS,
          credentialIds,
          purpose: 'Entry',
          titles: ['Nursing'],
          decidedAt: '2026-03-01T12:00:00Z',
        },
      },
    ]);
  const account = (person = 'per_a'): Promise<CreditAccount> =>
    system.get(CreditsController).read({ id: person, role: 'learner' });
  const about = async (kind: 'people-merged' | 'people-split', version: number) => {
    const { homeAlias } = await vault.createPerson('per_a2');
    const time = '2026-06-01T08:00:00.000Z';
    const people = { person: 'per_a', merged: 'per_a2' };
    const data =
      kind === 'people-merged' ? { ...people, mergedAt: time } : { ...people, splitAt: time };
    await journal.append([{ kind, alias: homeAlias, data, stream: 'merge-per_a2', version }]);
    // As who decided it does.
    if (kind === 'people-merged') await vault.merge('per_a2', 'per_a', version);
    else await vault.split('per_a2', version);
  };
  const kinds = async (): Promise<readonly string[]> =>
    (await account()).postings.map(({ kind }) => kind).toSorted();
  const totals = async (person = 'per_a'): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await account(person)).balances.map((each) => [each.institution.id, each.value]),
    );
  const postings = () => log.entries.filter(({ topic }) => topic === 'postings.v1');

  it('gets what a credential and what a decision bring, each once', async () => {
    await issued('crd_1');
    await decided('Positive', ['crd_1']);
    await issued('crd_2', { purpose: 'recognition', basis: 'rec_1', issuer: 'north' });
    await system.carry();
    await system.rebuild();
    await system.carry(1);
    expect(await totals()).toEqual({ uni: 6, north: 6 });
    expect(postings().map(({ data }) => (data as Fact<'credit-posted'>['data']).cause)).toEqual([
      'crd_1',
      'rec_1',
    ]);
  });

  it('gets nothing by a Negative decision', async () => {
    await decided('Negative', []);
    await system.carry();
    expect(postings()).toEqual([]);
  });

  it('names institutions', async () => {
    const client = {
      id: 'uni',
      name: 'Aurora',
      type: 'university',
      country: 'ES',
      homePage: 'https://uni.example',
      sources: [],
      learningContext: 'formal',
      highestAssurance: 'assessed',
      recognises: false,
    } as const;
    await issued('crd_1');
    await journal.append([
      {
        kind: 'client-registered',
        data: { client: { ...client, sources: [] }, basicKeySha256: '', secretSha256: '' },
      },
    ]);
    await system.carry();
    expect((await account()).balances[0]?.institution).toEqual({ id: 'uni', name: 'Aurora' });
  });

  it('reverses by a new posting all that rests on a revoked credential, once', async () => {
    await issued('crd_1');
    await issued('crd_other');
    await decided('Positive', ['crd_other', 'crd_1']);
    await system.carry();
    await revoked('crd_1');
    await system.carry();
    await revoked('crd_1');
    await system.carry();
    expect(await kinds()).toEqual(['earned', 'earned', 'recognised', 'reversed', 'reversed']);
    expect(await totals()).toEqual({ uni: 6, north: 0 });
    const before = await account();
    await system.rebuild();
    await system.carry(1);
    expect(await account()).toEqual(before);
    expect(postings()).toHaveLength(5);
  });

  it('reverses the credit of a decision whose own credential is revoked', async () => {
    await issued('crd_2', { purpose: 'recognition', basis: 'rec_1', issuer: 'north' });
    await revoked('crd_2');
    await decided('Positive', ['crd_1']);
    await system.carry();
    expect(await totals()).toEqual({ north: 0 });
  });

  it.each([
    ['credentials.v1', 'recognition.v1'],
    ['recognition.v1', 'credentials.v1'],
  ])('reverses whichever comes later, with %s before %s', async (...topics) => {
    await issued('crd_1');
    await decided('Positive', ['crd_1']);
    await revoked('crd_1');
    const entries = log.entries.toReversed();
    const projection = system.get(PostingsProjection);
    for (const topic of topics)
      for (const entry of entries)
        if (entry.topic === topic) await system.handle(projection, [entry]);
    await system.handle(projection, postings());
    expect(await totals()).toEqual({ uni: 0, north: 0 });
    expect(await kinds()).toEqual(['earned', 'recognised', 'reversed', 'reversed']);
  });

  it('is the sum of what both records of one person have, and parts again', async () => {
    const { homeAlias: other } = await vault.createPerson('per_a2');
    await issued('crd_1');
    await issued('crd_2', {}, other);
    await about('people-merged', 1);
    await system.carry();
    for (const person of ['per_a', 'per_a2']) expect(await totals(person)).toEqual({ uni: 12 });
    await about('people-split', 2);
    await system.carry();
    for (const person of ['per_a', 'per_a2']) expect(await totals(person)).toEqual({ uni: 6 });
    expect(postings()).toHaveLength(2);
  });

  it.each([
    ['in order', (topics: readonly string[]) => topics],
    ['backwards', (topics: readonly string[]) => topics.toReversed()],
  ])('takes back what rests on a credential of whom they were parted from, %s', async (_, as) => {
    const { homeAlias: other } = await vault.createPerson('per_a2');
    await issued('crd_theirs', {}, other);
    await issued('crd_own');
    await about('people-merged', 1);
    await decided('Positive', ['crd_own', 'crd_theirs']);
    await about('people-split', 2);
    const projection = system.get(PostingsProjection);
    const entries = log.entries.slice();
    for (const topic of as(['credentials.v1', 'recognition.v1', 'identity.v1']))
      for (const entry of entries)
        if (entry.topic === topic) await system.handle(projection, [entry]);
    await system.handle(projection, postings());
    expect(await totals()).toEqual({ uni: 6, north: 0 });
    expect(await totals('per_a2')).toEqual({ uni: 6 });
    const before = postings().length;
    await system.rebuild();
    await system.carry(1);
    expect(await totals()).toEqual({ uni: 6, north: 0 });
    expect(postings()).toHaveLength(before);
  });

  it('keeps what was recognised of their own when they are parted', async () => {
    await issued('crd_own');
    await decided('Positive', ['crd_own']);
    await about('people-merged', 1);
    await system.carry();
    await about('people-split', 2);
    await system.carry();
    expect(await totals()).toEqual({ uni: 6, north: 6 });
  });

  it('is nobody else’s, and is gone with who was erased', async () => {
    await issued('crd_1');
    await revoked('crd_1');
    await system.carry();
    await vault.createPerson('per_b');
    const other = system.get(CreditsController).read({ id: 'per_b', role: 'learner' });
    expect((await other).postings).toEqual([]);
    await vault.destroy('per_a');
    const empty = { balances: [], postings: [] };
    expect(await account()).toEqual(empty);
    await journal.append([{ kind: 'learner-erased', data: { person: 'per_a', aliases: [alias] } }]);
    await system.carry();
    await system.rebuild();
    await system.carry(1);
    for (const table of ['posting', 'reversal', 'posting_basis', 'revoked', 'credential'])
      expect(await dataSource.query(`select from accumulation.${table}`)).toEqual([]);
    expect(postings()).toHaveLength(2);
  });

  it('keeps no credit and no title in plain text', async () => {
    await issued('crd_1');
    await system.carry();
    const rows = await dataSource.query<unknown[]>('select t::text from accumulation.posting t');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/Nursing|ECTS/u);
  });
});
