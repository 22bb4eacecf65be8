import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { describeWithStandards, standards } from '#testing';
import { buildAchievementCredential } from './achievement-credential.js';
import { documentLoader } from './load-document.js';
import { parts } from './testing/samples.js';

interface Jsonld {
  toRDF(document: object, options: object): Promise<unknown>;
}

let jsonld: Jsonld;
beforeAll(async () => {
  // Jest runs the CommonJS modules that a file imports before the file: say the order outright.
  await import('./scoped-context-cache.js');
  jsonld = (await import('jsonld')).default;
});

const corpus: readonly object[] = [
  buildAchievementCredential(parts),
  { ...buildAchievementCredential(parts), evidence: [{ type: 'Evidence', narrative: 'seen' }] },
  nested(),
];

/** A credential in a credential: contexts come and go with the types. */
function nested(): object {
  const outer = buildAchievementCredential(parts);
  const endorsement = {
    '@context': outer['@context'],
    id: 'urn:uuid:e',
    type: ['VerifiableCredential', 'EndorsementCredential'],
    issuer: outer.issuer,
    credentialSubject: {
      id: outer.credentialSubject.achievement.id,
      type: ['EndorsementSubject'],
      endorsementComment: 'Well taught',
    },
  };
  return { ...outer, endorsement: [endorsement, { ...endorsement, id: 'urn:uuid:f' }] };
}

const nquads = async (processor: Jsonld, documents = corpus): Promise<readonly string[]> => {
  const options = { documentLoader: documentLoader(), format: 'application/n-quads', safe: true };
  const all: string[] = [];
  for (const document of [...documents, ...documents])
    all.push(String(await processor.toRDF(document, options)));
  return all;
};

/** jsonld as it comes from npm, loaded anew. */
const stockJsonld = (): Jsonld => {
  jest.resetModules();
  return createRequire(import.meta.url)('jsonld') as Jsonld;
};

const ROUNDS = 5;

/** The least CPU time of some rounds: what else the machine does meanwhile cannot count. */
const msPerDocument = async (processor: typeof jsonld): Promise<number> => {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    await nquads(processor);
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / 1_000 / corpus.length);
  }
  return Math.min(...rounds);
};

describe('the cache of scoped contexts', () => {
  it('changes no result', async () => {
    const stock = stockJsonld();
    expect(stock).not.toBe(jsonld);
    const expected = await nquads(stock);
    expect(expected[0]).toContain('Community Nursing');
    expect(expected[2]).toContain('Well taught');
    expect(await nquads(jsonld)).toEqual(expected);
  });

  it('changes no refusal', async () => {
    const options = { documentLoader: documentLoader(), safe: true };
    const bad = { ...corpus[0], credentialSubject: { type: ['AchievementSubject'], nonsense: 1 } };
    for (const processor of [jsonld, stockJsonld()])
      await expect(processor.toRDF(bad, options)).rejects.toThrow('Safe mode');
  });

  it('is at least four times faster', async () => {
    const stock = stockJsonld();
    await nquads(stock);
    await nquads(jsonld);
    expect(await msPerDocument(jsonld)).toBeLessThan((await msPerDocument(stock)) / 4);
  });
});

describeWithStandards('the cache of scoped contexts, on official samples', () => {
  it('changes no result', async () => {
    const samples = ['simple', 'complete', 'endorsement-valid', 'bitstring-status-revoked'].map(
      (name) => JSON.parse(standards(`openbadges-3.0/${name}.json`)) as object,
    );
    expect(await nquads(jsonld, samples)).toEqual(await nquads(stockJsonld(), samples));
  });
});
