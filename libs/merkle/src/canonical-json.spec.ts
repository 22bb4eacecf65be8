import { describe, expect, it } from '@jest/globals';
import canonicalizeModule from 'canonicalize';
import * as fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

// Its types describe a default export that the CommonJS module does not have under Node's ESM.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

describe('canonical JSON', () => {
  it('is what RFC 8785 §3.2.2 and §3.2.3 show', () => {
    const value: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('orders names by UTF-16 code units, as RFC 8785 §3.2.3 asks', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const value = Object.fromEntries(names.map((name, n) => [name, n]));
    const text = canonicalJson(value);
    expect(Object.values(JSON.parse(text) as object)).toEqual([3, 1, 5, 6, 0, 4, 2]);
  });

  it('does not depend on the order in which names were given, and keeps the value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it("is what the RFC's co-author's own code writes, whatever the value", () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      // Those that objects keep in an order of their own, or not at all.
      fc.nat({ max: 200 }).map(String),
      fc.constant('__proto__'),
    );
    const value = fc.object({ key: names, maxKeys: 60, values: [fc.string(), fc.double(), names] });
    fc.assert(
      fc.property(
        value.map((object) => JSON.stringify(object)),
        (json) => {
          const parsed: unknown = JSON.parse(json);
          expect(canonicalJson(parsed)).toBe(canonicalize(parsed));
        },
      ),
    );
  });

  it('orders many names as it does few', () => {
    const names = Array.from({ length: 100 }, (_, n) => `${(n * 37) % 100}`);
    const value = Object.fromEntries(names.map((name) => [name, name]));
    expect(canonicalJson(value)).toBe(
      `{${names
        .toSorted()
        .map((name) => `"${name}":"${name}"`)
        .join(',')}}`,
    );
  });

  it('leaves out what is undefined, and asks a value what it is in JSON', () => {
    const time = new Date('2026-05-04T09:00:00Z');
    expect(canonicalJson({ b: time, a: undefined })).toBe('{"b":"2026-05-04T09:00:00.000Z"}');
  });

  it.each([
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    { n: Number.NaN },
    [Number.NaN],
    [undefined],
  ])('refuses %p, which is not JSON', (value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});
