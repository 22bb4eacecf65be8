import { createHash } from 'node:crypto';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { expect, it } from '@jest/globals';
import { describeWithStandards, standards } from '#testing';
import { contexts, OPEN_BADGES_V3, sha256OfJson } from './contexts.js';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { canonicalNQuads } from './canonicalise.js';
import type { ResolveController } from './controller-document.js';
import { didDocument } from './controller-document.js';
import { documentLoader } from './load-document.js';
import type { Credential } from './sign-credential.js';
import { readStatus } from './status-list.js';
import { verifyCredential } from './verify-credential.js';

/** The context of the W3C's examples, as its specification gives it. */
const examples: [string, object] = [
  'https://www.w3.org/ns/credentials/examples/v2',
  { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } },
];
const json = (path: string): Credential => JSON.parse(standards(path)) as Credential;

/** The samples name a key in the fragment of its address: its issuer says that it is its own. */
const sayingSo: ResolveController = async (id) => ({
  state: 'found',
  document: didDocument({ did: id, keys: keysOf.get(id) ?? [] }),
});
const keysOf = new Map<string, { keyId: string; publicKeyMultibase: string }[]>();
const believe = (credential: Credential): Credential => {
  for (const proof of [credential['proof'] ?? []].flat() as { verificationMethod?: string }[]) {
    const [id, key] = proof.verificationMethod?.split('#') ?? [];
    if (id !== undefined && key !== undefined)
      keysOf.set(id, [...(keysOf.get(id) ?? []), { keyId: key, publicKeyMultibase: key }]);
  }
  return credential;
};
const verify = (credential: Credential) =>
  verifyCredential({
    credential: believe(credential),
    resolveController: sayingSo,
    now: new Date('2026-11-01T00:00:00Z'),
  });

const official = (): object => json('contexts/ob-v3p0-3.0.3.json');

describeWithStandards('the official context of Open Badges 3.0.3', () => {
  const underOfficial = (document: object): Promise<string> =>
    cryptosuite.canonize(document, {
      documentLoader: async (url: string) =>
        url === OPEN_BADGES_V3
          ? { contextUrl: null, documentUrl: url, document: official() }
          : documentLoader()(url),
    });

  it('is our package and overlay together', () => {
    expect(sha256OfJson(contexts.get(OPEN_BADGES_V3))).toBe(sha256OfJson(official()));
  });

  it.each([
    ['simple', {}],
    ['complete', {}],
    ['simple-multiple-proofs', {}],
    ['endorsement-valid', {}],
    ['simple', { endorsementJwt: ['eyJhbGciOiJSUzI1NiJ9.e30.c2ln'], awardedDate: '2026-01-01' }],
    ['simple', { jti: 'https://example.com/credentials/1', inLanguage: 'en' }],
  ])('gives the same N-Quads for %s with %j', async (name, added) => {
    const { proof: _, ...sample } = json(`openbadges-3.0/${name}.json`);
    const document = { ...sample, ...added };
    const quads = await canonicalNQuads(document);
    expect(quads).toBe(await underOfficial(document));
    for (const term of Object.keys(added).filter((key) => key === 'jti' || key.endsWith('Jwt')))
      expect(quads).toContain(`#${term}`);
  });
});

describeWithStandards('the official samples of Open Badges 3.0', () => {
  it.each([
    'simple',
    'complete',
    'endorsement-valid',
    'simple-did-web-method',
    'simple-multiple-proofs',
    'bitstring-status-revoked',
  ])('%s is whole and signed by its issuer', async (name) => {
    const { integrity, signer } = await verify(json(`openbadges-3.0/${name}.json`));
    expect([integrity.code, signer.code]).toEqual(['signature-fits', 'key-of-issuer']);
  });

  it('knows no key by the name of its DID alone', async () => {
    const { integrity, signer } = await verify(json('openbadges-3.0/simple-did-key-method.json'));
    expect([integrity.code, signer.code]).toEqual(['key-unknown', 'key-not-found']);
  });

  it.each(['simple', 'complete', 'endorsement-valid'])('%s changed is found out', async (name) => {
    const credential = { ...json(`openbadges-3.0/${name}.json`), name: 'Changed' };
    expect((await verify(credential)).integrity.result).toBe('fail');
  });

  it.each([
    ['derivedcredential', 'proof-unsupported'],
    ['simple-noproof', 'context-unknown'],
  ])('%s is not judged: %s', async (name, code) => {
    const { integrity } = await verify(json(`openbadges-3.0/${name}.json`));
    expect(integrity).toMatchObject({ result: 'could-not-check', code });
  });

  it('reads the status list of another', async () => {
    const list = JSON.parse(standards('openbadges-3.0/bitstring-status-list.txt'));
    expect(typeof (await readStatus(list.credentialSubject.encodedList, 23))).toBe('boolean');
  });
});

describeWithStandards('the test vectors of eddsa-rdfc-2022', () => {
  const folder = 'w3c-vectors/eddsa-rdfc-2022';

  it.each(['', 'employ_'])(
    'canonicalises the proof options of %j as the W3C does',
    async (name) => {
      const options = json(`${folder}/${name}proofConfigDataInt.json`);
      const expected = standards(`${folder}/${name}proofCanonDataInt.txt`);
      // Their own contexts add nothing to a proof, which credentials/v2 defines.
      const own = { ...options, '@context': ['https://www.w3.org/ns/credentials/v2'] };
      expect((await canonicalNQuads(own)).trim()).toBe(expected.trim());
    },
  );

  it('hashes and verifies the example as the W3C does, given its example context', async () => {
    const { proof, ...document } = json(`${folder}/signedDataInt.json`) as { proof: object };
    const key = 'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2';
    const method = { type: 'Multikey', id: `did:key:${key}#${key}`, publicKeyMultibase: key };
    const load = documentLoader(new Map<string, object>([[method.id, method], examples]));
    const canonical = await cryptosuite.canonize(document, { documentLoader: load });
    expect(canonical.trim()).toBe(standards(`${folder}/canonDocDataInt.txt`).trim());
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(
      standards(`${folder}/docHashDataInt.txt`).trim(),
    );
    const verify = (changed: object) =>
      new DataIntegrityProof({ cryptosuite }).verifyProof({
        proof: { '@context': json(`${folder}/signedDataInt.json`)['@context'], ...proof },
        document: { ...document, ...changed },
        documentLoader: load,
      });
    expect((await verify({})).verified).toBe(true);
    expect((await verify({ name: 'Changed' })).verified).toBe(false);
  });

  it('refuses to read them by contexts that are not pinned', async () => {
    const { integrity } = await verify(json(`${folder}/signedDataInt.json`));
    expect(integrity).toMatchObject({
      code: 'context-unknown',
      detail: 'https://www.w3.org/ns/credentials/examples/v2',
    });
  });
});
