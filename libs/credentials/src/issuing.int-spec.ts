import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#kernel';
import { createDatabase, type Database, fixedClock, InMemoryLog, inMemoryVault } from '#testing';
import { type Credential, didDocument, readAchievementCredential, verifyCredential } from '#vc';
import { credentials } from './index.js';
import { IssuerKeys } from './issuer-keys.js';
import { IssuingProjection } from './issuing.projection.js';
import { clientOf, decision, earning, World } from './testing/world.js';

let database: Database;
let world: World;
let alias: string;

beforeAll(async () => {
  database = await createDatabase(credentials.migrations);
});
afterAll(() => database.close());

beforeEach(async () => {
  for (const table of [
    'issuer_key',
    'status_allocation',
    'revocation',
    'client',
    'issued',
    'erased',
  ])
    await database.dataSource.query(`truncate credentials.${table}`);
  world = await new World({
    db: database.dataSource,
    clock: fixedClock('2026-06-12T10:00:00.000Z'),
    vault: inMemoryVault(),
    log: new InMemoryLog(),
  }).start();
  await world.say({ kind: 'client-registered', data: clientOf('aurora', 'Aurora University') });
  await world.say({ kind: 'client-registered', data: clientOf('borealis', 'Borealis University') });
  alias = await world.newAlias();
});

const earn = (earnedId: string, change = {}) =>
  world.say({ kind: 'achievement-earned', data: { earnedId }, personal: earning(change), alias });
const withdraw = (earnedId: string) =>
  world.say({
    kind: 'achievement-withdrawn',
    data: { earnedId, reason: 'no-longer-earned' },
    alias,
  });
const verify = async (credential: Credential) => {
  const { integrity, signer } = await verifyCredential({
    credential,
    now: world.clock.now(),
    resolveController: async (did) => {
      const id = did.split(':').at(-1) ?? '';
      const keys = await world.get(IssuerKeys).publicKeysOf(id);
      return keys ? { state: 'found', document: didDocument(keys) } : { state: 'not-found' };
    },
  });
  return [integrity.code, signer.code];
};

describe('a client that registers', () => {
  it('gets a key of its own, once, also over a restart and a rebuild', async () => {
    await world.carry();
    await world.restart();
    await world.rebuild();
    expect(world.facts('issuer-key-created')).toEqual([
      {
        issuer: 'aurora',
        did: 'did:web:ledger.example:issuers:aurora',
        keyId: 'key-1',
        publicKeyMultibase: expect.stringMatching(/^z6Mk/u),
      },
      expect.objectContaining({ issuer: 'borealis' }),
    ]);
  });

  it('gets the key that was stored, if the log did not hear of it before a crash', async () => {
    world.journal.isAway = true;
    await expect(world.carry()).rejects.toThrow('the log');
    world.journal.isAway = false;
    const stored = await world.get(IssuerKeys).publicKeysOf('aurora');
    await world.carry();
    expect(world.facts('issuer-key-created')[0]).toMatchObject({
      publicKeyMultibase: stored?.keys[0]?.publicKeyMultibase,
    });
  });

  it('has its private key sealed: neither the database nor the log holds it', async () => {
    await world.carry();
    const [row] = await database.dataSource.query<{ sealed_private_key: Buffer }[]>(
      `select sealed_private_key from credentials.issuer_key where issuer = 'aurora'`,
    );
    expect(row?.sealed_private_key.length).toBe(1 + 12 + 32 + 16);
    await database.dataSource.query(
      `update credentials.issuer_key set sealed_private_key =
         (select sealed_private_key from credentials.issuer_key where issuer = 'borealis')
       where issuer = 'aurora'`,
    );
    await world.restart();
    await expect(world.get(IssuerKeys).signerOf('aurora')).rejects.toThrow();
  });
});

describe('an achievement that is earned', () => {
  it('is certified in the provider’s name, to an identifier of the credential alone', async () => {
    await earn('ach_a');
    await earn('ach_b', { name: 'Another', validForDays: 365 });
    await world.carry();
    // Both were signed at the same time.
    const issued = await world.credentials();
    const titled = (title: string) =>
      issued.find(({ credential }) => readAchievementCredential(credential)?.title === title);
    const [first, second] = [titled('Community Nursing, module 1'), titled('Another')];
    expect(readAchievementCredential(first?.credential ?? {})).toMatchObject({
      title: 'Community Nursing, module 1',
      issuer: { id: 'did:web:ledger.example:issuers:aurora', name: 'Aurora University' },
      credit: { system: 'ECTS', value: 6 },
      eqfLevel: 5,
      workloadHours: 150,
      learningOutcomes: ['Plans care at home'],
      issuedAt: '2026-06-12T10:00:00Z',
    });
    expect(first?.credit).toEqual({ system: 'ECTS', value: 6 });
    expect(second?.credential['validUntil']).toBe('2027-06-12T10:00:00Z');
    expect(await verify(first?.credential ?? {})).toEqual(['signature-fits', 'key-of-issuer']);
    const text = JSON.stringify([first, second]);
    expect(text).not.toContain('urn:lrn:');
    const subjects = text.match(/urn:uuid:[0-9a-f-]{36}/gu);
    expect(new Set(subjects).size).toBe(2);
  });

  it('is certified once, however often and in whatever process it arrives', async () => {
    await earn('ach_a');
    await world.carry();
    await world.carry();
    await world.restart();
    await world.rebuild();
    expect(world.facts('credential-issued').length).toBe(1);
    expect(await count('status_allocation')).toBe(1);
  });

  it('keeps its place in the list if the log was away when it was signed', async () => {
    await world.carry();
    const message = await earn('ach_a');
    world.journal.isAway = true;
    await expect(world.handle(world.get(IssuingProjection), [message])).rejects.toThrow('the log');
    world.journal.isAway = false;
    const [before] = await database.dataSource.query('select * from credentials.status_allocation');
    await world.carry();
    expect(world.facts('credential-issued')[0]).toMatchObject({
      statusListId: before.list_id,
      statusListIndex: before.index,
    });
  });

  it('waits for the registration of its provider, and is not lost', async () => {
    const message = await earn('ach_a');
    const issuing = world.get(IssuingProjection);
    await expect(world.handle(issuing, [message])).rejects.toBeInstanceOf(UnavailableError);
    expect(world.facts('credential-issued')).toEqual([]);
    await world.carry();
    expect(world.facts('credential-issued').length).toBe(1);
  });

  it('is not certified for a learner who was erased', async () => {
    await world.vault.createPerson('per_a');
    await world.vault.link('per_a', alias, 1);
    await earn('ach_a');
    await world.vault.destroy('per_a');
    await world.carry();
    expect(world.facts('credential-issued')).toEqual([]);
  });

  it('gets places at random, no two alike', async () => {
    for (let n = 0; n < 30; n += 1) await earn(`ach_${n}`);
    await world.carry();
    const places = world.facts('credential-issued').map(({ statusListIndex }) => statusListIndex);
    expect(new Set(places).size).toBe(30);
    expect(places).not.toEqual(places.toSorted((a, b) => a - b));
    expect(Math.max(...places)).toBeGreaterThan(1_000);
  });

  it('takes the next list when one is half full', async () => {
    await database.dataSource.query(
      `insert into credentials.status_allocation
       select 'aurora.1', n, 'aurora', 1, 'crd_' || n from generate_series(1, 65536) n`,
    );
    await earn('ach_a');
    await world.carry();
    expect(world.facts('credential-issued')[0]?.statusListId).toBe('aurora.2');
  });
});

describe('an achievement that is withdrawn', () => {
  it('has its credential revoked, once', async () => {
    await earn('ach_a');
    await withdraw('ach_a');
    await world.carry();
    await world.rebuild();
    const [issued] = world.facts('credential-issued');
    expect(world.facts('credential-revoked')).toEqual([
      {
        credentialId: issued?.credentialId,
        issuer: 'aurora',
        statusListId: issued?.statusListId,
        statusListIndex: issued?.statusListIndex,
        reason: 'The achievement is no longer earned.',
        revokedAt: '2026-06-12T10:00:00.000Z',
      },
    ]);
    expect(await count('revocation')).toBe(1);
  });

  it('changes nothing where there was no credential', async () => {
    await withdraw('ach_nothing');
    await world.carry();
    expect(world.facts('credential-revoked')).toEqual([]);
  });
});

describe('a recognition that is decided', () => {
  const decide = (personal = decision) =>
    world.say({
      kind: 'recognition-decided',
      data: { caseId: 'rec_a', institution: 'borealis', officer: 'per_o' },
      personal,
      alias,
    });

  it('is signed by the institution, with its findings, and posts no credit by itself', async () => {
    await decide();
    await world.carry();
    const [issued] = await world.credentials();
    expect(world.facts('credential-issued')[0]).toMatchObject({
      purpose: 'recognition',
      basis: 'rec_a',
      issuer: 'borealis',
    });
    expect(issued).not.toHaveProperty('credit');
    expect(readAchievementCredential(issued?.credential ?? {})).toMatchObject({
      title: 'Recognition decision: Positive',
      achievementType: 'ext:RecognitionDecision',
      criteria: expect.stringContaining('Level: equivalent. Both EQF 5.'),
      credit: { system: 'ECTS', value: 6 },
    });
    expect(await verify(issued?.credential ?? {})).toEqual(['signature-fits', 'key-of-issuer']);
  });

  it('states no credit where none was given', async () => {
    const { credit: _, ...rest } = decision;
    await decide({ ...rest, outcome: 'Negative' });
    await world.carry();
    const [issued] = await world.credentials();
    expect(JSON.stringify(issued)).not.toContain('creditsEarned');
  });
});

const count = async (table: string): Promise<number> => {
  const [row] = await database.dataSource.query<{ n: number }[]>(
    `select count(*)::int as n from credentials.${table}`,
  );
  return row?.n ?? -1;
};
