import { describe, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { expectProblem, MARK, postSoon, usingUntouchedStore } from '../testing/bad-input.js';
import { named, statement } from '../testing/samples.js';
import type { Asked } from '../testing/xapi-store.js';

const { store } = usingUntouchedStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const post = (asked: Asked) => postSoon(store(), asked);
const nested = (depth: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

describe('statements', () => {
  const many = (count: number, name: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => ({ mbox: `mailto:${name(n)}@x.example` }));
  it.each<readonly [string, () => unknown, number]>([
    [
      'nested a thousand deep',
      () => named({ result: { extensions: { 'http://x': nested(1_000) } } }),
      400,
    ],
    ['that are nothing but brackets', () => '['.repeat(4_000_000), 400],
    ['of which there are 1001', () => Array.from({ length: 1_001 }, () => statement()), 413],
    ['over 8 MB', () => named({ result: { response: MARK.repeat(700_000) } }), 413],
    ['with NUL in a text', () => named({ result: { response: `${MARK}\0` } }), 400],
    [
      'with half a character in a text',
      () => named({ result: { response: `${MARK}\ud800` } }),
      400,
    ],
    [
      'with half a character in a name',
      () => named({ result: { extensions: { 'http://x/\udc00': 1 } } }),
      400,
    ],
    ['with a number beyond all', () => `{"x":1e999}`, 400],
    ['that are no JSON', () => `{"actor": ${MARK}}`, 400],
    ['that are nothing', () => '', 400],
    ['that are null', () => 'null', 400],
    ['that are no UTF-8', () => Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
    ['with a prototype', () => `{"__proto__":{"id":"x"},"actor":{},"verb":{},"object":{}}`, 400],
    [
      'that name more people than anybody means',
      () =>
        Array.from({ length: 60 }, (_, k) =>
          statement({ actor: { objectType: 'Group', member: many(1_000, (n) => `${k}-${n}`) } }),
        ),
      413,
    ],
    [
      'with a group of 1001',
      () => named({ actor: { objectType: 'Group', member: many(1_001, String) } }),
      400,
    ],
    [
      'with an OpenID of two thousand letters',
      () => named({ actor: { openid: `https://x/${'a'.repeat(2_000)}` } }),
      400,
    ],
  ])('%s are refused', async (_, body, status) => {
    expectProblem(await post({ body: body() }), status);
  });
});
