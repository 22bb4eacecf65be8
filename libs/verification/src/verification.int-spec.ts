import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Message } from '#contracts';
import { createDatabase, type Database, fixedClock } from '#testing';
import type { Credential } from '#vc';
import { verification } from './index.js';
import { Registry } from './registry.js';
import {
  didKeyIssuer,
  erased,
  issue,
  issued,
  type Issuer,
  issuerOf,
  keyCreated,
  NOW,
  publicUrl,
  registered,
  revoked,
} from './testing/world.js';
import { VerificationProjection } from './verification.projection.js';
import { Verifier } from './verifier.js';

const clock = fixedClock(NOW);
const projection = new VerificationProjection();

let database: Database;
let verifier: Verifier;
let own: Issuer;

beforeAll(async () => {
  database = await createDatabase(verification.migrations);
  verifier = new Verifier(new Registry(database.dataSource, publicUrl), clock, publicUrl);
  own = await issuerOf(publicUrl.issuerDid('aurora'), 'key-1');
});
afterAll(() => database.close());

beforeEach(async () => {
  clock.set(NOW);
  for (const table of projection.tables) await database.dataSource.query(`truncate ${table}`);
  await tell(keyCreated(own), registered());
});

const tell = (...messages: readonly Message[]) =>
  database.dataSource.transaction((tx) => projection.handle(messages, tx));

const read = async (credential: Credential) => {
  const { verdict, checks } = await verifier.verify(credential);
  return [verdict, ...checks.map(({ code }) => code)];
};

describe('a credential of ours', () => {
  it('is genuine, and named as its issuer is registered', async () => {
    const credential = await issue(own);
    await tell(issued(credential));
    expect(await read(credential)).toEqual([
      'genuine',
      'signature-fits',
      'key-of-issuer',
      'issuer-registered',
      'in-force',
      'no-end-date',
      'in-ledger',
      'complete',
    ]);
    expect((await verifier.verify(credential)).credential).toEqual({
      title: 'Community Nursing',
      issuerName: 'Aurora Open University',
      issuedAt: '2026-06-01T00:00:00Z',
      credit: { system: 'ECTS', value: 6 },
      eqfLevel: 5,
    });
  });

  it('reads as withdrawn, with the date, once it was', async () => {
    const credential = await issue(own);
    await tell(issued(credential), revoked());
    const found = await verifier.verify(credential);
    expect(found.verdict).toBe('withdrawn');
    expect(found.credential?.withdrawnAt).toBe('2026-06-10T10:00:00.000Z');
    expect(found.checks[3]?.reason).toContain('10 June 2026');
    expect(found.checks.length).toBe(7);
  });

  it('is withdrawn by its own entry only', async () => {
    const credential = await issue(own);
    await tell(
      issued(credential),
      revoked({ statusListIndex: 6 }),
      revoked({ statusListId: 'coral.1' }),
    );
    expect((await read(credential))[0]).toBe('genuine');
  });

  it('stays withdrawn after its holder was erased', async () => {
    const credential = await issue(own);
    await tell(issued(credential), revoked(), erased());
    expect(await read(credential)).toEqual(expect.arrayContaining(['withdrawn', 'not-in-ledger']));
  });

  it('has left the records with its holder, whichever came first', async () => {
    const credential = await issue(own);
    await tell(erased());
    await tell(issued(credential));
    expect(await read(credential)).toEqual(expect.arrayContaining(['genuine', 'not-in-ledger']));
    expect(await database.dataSource.query('select * from verification.issued')).toEqual([]);
  });

  it('reads as expired after its end, and as not yet valid before its beginning', async () => {
    const credential = await issue(own, { validUntil: new Date('2026-07-01T00:00:00Z') });
    await tell(issued(credential));
    expect((await read(credential))[0]).toBe('genuine');
    clock.set('2026-07-01T00:00:01Z');
    expect((await read(credential))[0]).toBe('expired');
    const later = await issue(own, { validFrom: new Date('2027-01-01T00:00:00Z') });
    expect((await read(later))[0]).toBe('not-yet-valid');
  });

  it('is genuine in another order and form, with a warning for the form', async () => {
    const credential = await issue(own);
    await tell(issued(credential));
    const reordered = Object.fromEntries(Object.entries(credential).toReversed());
    expect((await read(reordered))[6]).toBe('in-ledger');
    const [verdict, , , , , , ledger] = await read({ ...credential, proof: [credential.proof] });
    expect([verdict, ledger]).toEqual(['genuine', 'ledger-other-form']);
  });

  it('does not depend on the order of topics', async () => {
    const credential = await issue(own);
    await database.dataSource.query('truncate verification.client');
    await tell(issued(credential));
    expect(await read(credential)).toEqual(
      expect.arrayContaining(['could-not-check', 'issuer-not-yet-here']),
    );
    await tell(registered(), registered(), issued(credential), keyCreated(own));
    expect((await read(credential))[0]).toBe('genuine');
  });
});

describe('a changed credential', () => {
  it('reads as changed, and the rest is left out', async () => {
    const credential = await issue(own);
    await tell(issued(credential), revoked());
    const found = await verifier.verify({ ...credential, name: 'Community nursing' });
    expect(found).toEqual({
      verdict: 'changed',
      checkedAt: '2026-06-12T10:00:00.000Z',
      checks: [expect.objectContaining({ code: 'signature-does-not-fit', result: 'fail' })],
    });
  });

  it('is found out by the ledger where the signature says nothing', async () => {
    const credential = await issue(own);
    await tell(issued(credential));
    for (const change of [
      { '@context': ['https://www.w3.org/ns/credentials/v2', 'https://evil.example/c'] },
      { proof: { ...credential.proof, cryptosuite: 'eddsa-rdfc-2023' } },
      { proof: { ...credential.proof, verificationMethod: 'did:web:evil.example#k' } },
    ])
      expect(await read({ ...credential, ...change })).toEqual(['changed', 'differs-from-ledger']);
  });

  it('is never genuine, whichever single bit was flipped', async () => {
    const credential = await issue(own);
    await tell(issued(credential));
    const text = JSON.stringify(credential);
    const genuine: string[] = [];
    for (let at = 0; at < text.length; at += 29) {
      const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (at % 7)));
      const changed = text.slice(0, at) + flipped + text.slice(at + 1);
      let parsed: Credential;
      try {
        parsed = JSON.parse(changed) as Credential;
      } catch {
        continue;
      }
      if ((await read(parsed))[0] !== 'changed') genuine.push(changed.slice(at - 20, at + 20));
    }
    expect(genuine).toEqual([]);
  }, 60_000);

  it('that hides its status entry is not taken in', async () => {
    const { credentialStatus, ...rest } = await issue(own);
    const hidden = {
      ...rest,
      'https://www.w3.org/2018/credentials#credentialStatus': credentialStatus,
    };
    await tell(revoked());
    expect((await read(hidden))[0]).toBe('could-not-check');
  });
});

describe('a credential of somebody else', () => {
  it('by a did:key is whole, and its issuer unknown', async () => {
    const credential = await issue(await didKeyIssuer(), { id: 'urn:uuid:b' });
    expect(await read(credential)).toEqual([
      'unknown-issuer',
      'signature-fits',
      'key-of-issuer',
      'issuer-unknown',
      'status-elsewhere',
      'no-end-date',
      'ledger-elsewhere',
      'complete',
    ]);
    expect((await verifier.verify(credential)).credential?.issuerName).toBe('Aurora, it says');
  });

  it('cannot borrow our record, our list or our name', async () => {
    const genuine = await issue(own);
    await tell(issued(genuine));
    const forged = await issue(await didKeyIssuer());
    const [verdict, , , issuer, status, , ledger] = await read(forged);
    expect([verdict, issuer, status]).toEqual([
      'unknown-issuer',
      'issuer-unknown',
      'status-elsewhere',
    ]);
    expect(ledger).not.toBe('in-ledger');
  });

  it('signed by another key in our issuer’s name is not taken in', async () => {
    const other = await didKeyIssuer();
    expect(await read(await issue({ ...other, did: own.did }))).toEqual([
      'changed',
      'signature-fits',
      'key-of-somebody-else',
    ]);
  });

  it('signed under a key id that our issuer does not have is not taken in', async () => {
    const forger = await issuerOf(own.did, 'key-2');
    expect((await read(await issue(forger))).slice(0, 1)).toEqual(['changed']);
    const namesake = await issuerOf(own.did, 'key-1');
    expect(await read(await issue(namesake))).toEqual(['changed', 'signature-does-not-fit']);
  });

  it('by a did:web elsewhere cannot be checked: nothing is fetched, nothing is repeated', async () => {
    const credential = await issue(await issuerOf('did:web:other.example', 'k'), {
      id: 'urn:uuid:b',
    });
    const found = await verifier.verify(credential);
    expect(found.verdict).toBe('could-not-check');
    expect(found.checks.slice(0, 2).map(({ code }) => code)).toEqual([
      'key-unknown',
      'issuer-unresolvable',
    ]);
    expect(found).not.toHaveProperty('credential');
  });

  it('in the name of an issuer that we never had cannot be checked', async () => {
    const nobody = await issuerOf(publicUrl.issuerDid('nobody'), 'key-1');
    const codes = await read(await issue(nobody, { id: 'urn:uuid:b' }));
    expect(codes.slice(0, 4)).toEqual([
      'could-not-check',
      'key-unknown',
      'issuer-not-found',
      'issuer-unknown',
    ]);
  });

  it.each<[string, Credential, string]>([
    ['nothing', {}, 'context-missing'],
    ['a hostile context', { '@context': 'https://evil.example/c' }, 'context-unknown'],
    ['JSON of another kind', { hello: ['world'] }, 'context-missing'],
    ['no proof', { '@context': 'https://www.w3.org/ns/credentials/v2' }, 'proof-missing'],
  ])('is answered calmly: %s', async (_, credential, code) => {
    const [verdict, integrity] = await read(credential);
    expect(integrity).toBe(code);
    expect(verdict).not.toBe('genuine');
  });
});
