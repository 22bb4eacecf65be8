import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { buildAchievementCredential } from './achievement-credential.js';
import { canonicalNQuads } from './canonicalise.js';
import { didDocument, didKeyDocument, type ResolveController } from './controller-document.js';
import { ed25519Signer, generateIssuerKey } from './issuer-key.js';
import { type Credential, signCredential } from './sign-credential.js';
import { ISSUER_DID, newIssuer, NOW, parts } from './testing/samples.js';
import { verifyCredential } from './verify-credential.js';

type Issuer = Awaited<ReturnType<typeof newIssuer>>;
let issuer: Issuer;
let signed: Credential & { readonly proof: Readonly<Record<string, unknown>> };

beforeAll(async () => {
  issuer = await newIssuer();
  signed = await sign(buildAchievementCredential(parts));
});

const sign = (credential: object, signer = issuer.signer) =>
  signCredential({ credential, signer, created: NOW });
const verify = (credential: Credential, resolveController = issuer.resolveController, now = NOW) =>
  verifyCredential({ credential, resolveController, now });
const withProof = (change: object): Credential => ({
  ...signed,
  proof: { ...signed.proof, ...change },
});
const codes = async (credential: Credential, resolveController?: ResolveController) => {
  const { integrity, signer } = await verify(credential, resolveController);
  return [integrity.result, integrity.code, signer.result, signer.code];
};

const isSame = (credential: Credential): boolean =>
  hash(credential) === hash(signed) || JSON.stringify(credential) === JSON.stringify(signed);
const hash = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
const withContext = (context: unknown): Credential => ({
  ...signed,
  '@context': [...(signed['@context'] as unknown[]), context],
});
/** A clique of blank nodes that all look alike. */
const poison = (size: number): object => {
  const ids = Array.from({ length: size }, (_, n) => ({ id: `_:n${n}` }));
  const others = (own: number) => ids.filter((_, n) => n !== own);
  return { id: 'urn:x:s', image: ids.map((id, n) => ({ ...id, image: others(n) })) };
};
const nobody = () => Promise.reject(new Error('asked'));

describe('a signed credential', () => {
  it('verifies, and the one handed in is left as it was', async () => {
    const credential = buildAchievementCredential(parts);
    const before = JSON.stringify(credential);
    await sign(credential);
    expect(JSON.stringify(credential)).toBe(before);
    expect(await codes(signed)).toEqual(['pass', 'signature-fits', 'pass', 'key-of-issuer']);
  });

  it('is the same for the same input and time', async () => {
    expect(await sign(buildAchievementCredential(parts))).toEqual(signed);
  });

  it('verifies in another order of members, and with its proof in a list', async () => {
    const shuffled = Object.fromEntries(Object.entries(signed).toReversed());
    expect((await codes({ ...shuffled, proof: [signed.proof] }))[0]).toBe('pass');
  });

  it('verifies for a did:key without asking anybody', async () => {
    const { publicKeyMultibase, privateKey } = await generateIssuerKey();
    const did = `did:key:${publicKeyMultibase}`;
    const signer = ed25519Signer({ id: `${did}#${publicKeyMultibase}`, privateKey });
    const credential = await sign({ ...buildAchievementCredential(parts), issuer: did }, signer);
    expect(await codes(credential, nobody)).toEqual([
      'pass',
      'signature-fits',
      'pass',
      'key-of-issuer',
    ]);
  });

  it('verifies with an old key that stays in the document', async () => {
    const { publicKeyMultibase } = await generateIssuerKey();
    const old = { keyId: 'key-1', publicKeyMultibase: issuer.publicKeyMultibase };
    const document = didDocument({
      did: ISSUER_DID,
      keys: [old, { keyId: 'key-2', publicKeyMultibase }],
    });
    expect((await codes(signed, async () => ({ state: 'found', document })))[0]).toBe('pass');
  });
});

describe('a changed credential', () => {
  it('never verifies, whichever character was changed', async () => {
    const text = JSON.stringify(signed);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: text.length - 1 }),
        fc.integer({ min: 1, max: 126 }),
        async (at, by) => {
          const code = text.charCodeAt(at) ^ by;
          const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
          let credential: Credential;
          try {
            credential = JSON.parse(changed) as Credential;
          } catch {
            return;
          }
          // The proof's own `id`, `created` … are signed as well; only JSON's blanks are not.
          if (typeof credential !== 'object' || credential === null) return;
          const { integrity } = await verify(credential);
          expect(integrity.result === 'pass' && !isSame(credential)).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each<[string, () => Credential]>([
    ['a value', () => ({ ...signed, name: 'Another' })],
    ['a date', () => ({ ...signed, validUntil: '2099-01-01T00:00:00Z' })],
    [
      'the subject',
      () => ({ ...signed, credentialSubject: { id: 'urn:uuid:x', type: ['AchievementSubject'] } }),
    ],
    ['a member less', () => ({ ...signed, credentialStatus: undefined })],
    ['a member more', () => ({ ...signed, description: 'More' })],
    ['another issuer', () => ({ ...signed, issuer: 'did:web:evil.example' })],
    ['another time of the proof', () => withProof({ created: '2026-06-12T10:00:01Z' })],
    ['another signature', () => withProof({ proofValue: `z${'3'.repeat(87)}` })],
    ['a word more in the proof', () => withProof({ domain: 'evil.example' })],
    ['another purpose', () => withProof({ proofPurpose: 'authentication' })],
  ])('does not fit: %s', async (_, change) => {
    const [result, code] = await codes(JSON.parse(JSON.stringify(change())));
    expect([result, code]).toEqual(['fail', 'signature-does-not-fit']);
  });

  it.each<[string, () => Credential, string]>([
    ['a word nobody defined', () => ({ ...signed, nonsense: 1 }), 'undefined-terms'],
    ['no proof', () => ({ ...signed, proof: undefined }), 'proof-missing'],
    ['an empty list of proofs', () => ({ ...signed, proof: [] }), 'proof-missing'],
    ['a proof without a value', () => withProof({ proofValue: undefined }), 'proof-malformed'],
    ['a proof value that is a number', () => withProof({ proofValue: 1 }), 'proof-malformed'],
    ['a time that is none', () => withProof({ created: 'yesterday' }), 'proof-malformed'],
    [
      'a signature in another alphabet',
      () => withProof({ proofValue: 'z0OIl' }),
      'signature-does-not-fit',
    ],
    ['an empty signature', () => withProof({ proofValue: '' }), 'signature-does-not-fit'],
  ])('fails: %s', async (_, change, code) => {
    expect((await codes(change())).slice(0, 2)).toEqual(['fail', code]);
  });

  it('does not verify with its status entry hidden under a full IRI', async () => {
    const { credentialStatus, ...rest } = signed;
    const hidden = {
      ...rest,
      'https://www.w3.org/2018/credentials#credentialStatus': credentialStatus,
    };
    expect(await canonicalNQuads({ ...hidden, proof: undefined })).toBe(
      await canonicalNQuads({ ...signed, proof: undefined }),
    );
    expect((await codes(hidden)).slice(0, 2)).toEqual(['could-not-check', 'form-unusual']);
  });

  it('fails if one of two proofs of our kind does', async () => {
    const forged = { ...signed.proof, proofValue: `z${'3'.repeat(87)}` };
    for (const proof of [
      [signed.proof, forged],
      [forged, signed.proof],
    ])
      expect((await codes({ ...signed, proof }))[0]).toBe('fail');
  });
});

describe('what cannot be checked', () => {
  it.each<[string, () => Credential, string]>([
    ['a proof of another kind', () => withProof({ cryptosuite: 'bbs-2023' }), 'proof-unsupported'],
    ['a proof that is a text', () => ({ ...signed, proof: 'eyJ' }), 'proof-unsupported'],
    ['a chain of proofs', () => withProof({ previousProof: 'urn:uuid:x' }), 'proof-unsupported'],
    ['nine proofs', () => ({ ...signed, proof: Array(9).fill(signed.proof) }), 'proof-unsupported'],
    ['a context on the web', () => withContext('https://evil.example/c'), 'context-unknown'],
    ['a context in the file', () => withContext({ name: 'https://x.example/n' }), 'context-inline'],
    [
      'the old data model',
      () => withContext('https://www.w3.org/2018/credentials/v1'),
      'context-unknown',
    ],
    ['no context', () => ({ ...signed, '@context': undefined }), 'context-missing'],
  ])('is said: %s', async (_, change, code) => {
    expect(await codes(change())).toEqual([
      'could-not-check',
      code,
      'could-not-check',
      'signature-not-checked',
    ]);
  });

  it('includes an issuer that cannot be asked', async () => {
    expect(await codes(signed, async () => ({ state: 'unresolvable' }))).toEqual([
      'could-not-check',
      'key-unknown',
      'could-not-check',
      'issuer-unresolvable',
    ]);
  });

  it('includes a document made to keep us busy', async () => {
    const credential = { ...signed, credentialSubject: poison(9) };
    const started = performance.now();
    expect((await codes(credential)).slice(0, 2)).toEqual(['could-not-check', 'too-complex']);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the signer', () => {
  it('fails where the key belongs to somebody else', async () => {
    const other = await newIssuer('did:web:other.example');
    const credential = await sign(buildAchievementCredential(parts), other.signer);
    expect(await codes(credential, other.resolveController)).toEqual([
      'pass',
      'signature-fits',
      'fail',
      'key-of-somebody-else',
    ]);
  });

  it('fails where a document claims a key with another controller', async () => {
    const [method] = issuer.document.verificationMethod;
    const document = {
      ...issuer.document,
      verificationMethod: method ? [{ ...method, controller: 'did:web:other.example' }] : [],
    };
    const [, , result, code] = await codes(signed, async () => ({ state: 'found', document }));
    expect([result, code]).toEqual(['fail', 'key-of-somebody-else']);
  });

  it('fails where the key is not for credentials', async () => {
    const document = { ...issuer.document, assertionMethod: [] };
    expect((await codes(signed, async () => ({ state: 'found', document })))[3]).toBe(
      'key-not-for-credentials',
    );
  });

  it('fails where the issuer has no such key, and the text is then not vouched for', async () => {
    const document = didDocument({ did: ISSUER_DID, keys: [] });
    expect(await codes(signed, async () => ({ state: 'found', document }))).toEqual([
      'could-not-check',
      'key-unknown',
      'fail',
      'key-not-found',
    ]);
  });

  it('fails on another key under the same name', async () => {
    const impostor = await newIssuer();
    expect((await codes(signed, impostor.resolveController))[0]).toBe('fail');
  });

  it('cannot be told where there is no such issuer', async () => {
    expect((await codes(signed, async () => ({ state: 'not-found' })))[3]).toBe('issuer-not-found');
  });

  it('fails for a proof made after now', async () => {
    const early = new Date(NOW.getTime() - 10 * 60_000);
    expect((await verify(signed, undefined, early)).signer.code).toBe('proof-in-future');
  });
});

describe('signing', () => {
  it.each([
    ['words without a meaning', { nonsense: 1 }],
    ['no issuer', { issuer: undefined }],
    ['no subject', { credentialSubject: undefined }],
    [
      'a context from the web',
      { '@context': ['https://www.w3.org/ns/credentials/v2', 'https://x.example'] },
    ],
    ['a date that is none', { validFrom: 'yesterday' }],
  ])('refuses %s', async (_, change) => {
    const credential = JSON.parse(
      JSON.stringify({ ...buildAchievementCredential(parts), ...change }),
    );
    await expect(sign(credential)).rejects.toMatchObject({ code: 'credential-malformed' });
  });

  it('refuses a key that is no seed', () => {
    expect(() => ed25519Signer({ id: 'did:x#k', privateKey: randomBytes(31) })).toThrow(
      'key-unsupported',
    );
  });

  it.each([
    'did:key:z6Mk',
    'did:key:zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76',
    'did:web:a',
  ])('reads no Ed25519 key from %s', (did) => expect(didKeyDocument(did)).toBeUndefined());
});
