import { afterEach, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { expectProblem, MARK, postSoon, usingUntouchedStore } from '../testing/bad-input.js';
import { named } from '../testing/samples.js';
import { type Asked, attachment, multipart, sha256Of } from '../testing/xapi-store.js';

const { store, settled } = usingUntouchedStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const post = (asked: Asked) => postSoon(store(), asked);
const text = `what ${MARK} wrote`;
const withText = (part: object = {}) => named({ attachments: [attachment(text, part)] });

describe('statements with attachments', () => {
  const headers =
    (...lines: readonly string[]) =>
    (sha2: string) => [
      'Content-Transfer-Encoding: binary',
      `X-Experience-API-Hash: ${sha2}`,
      ...lines,
    ];
  const wrong = sha256Of('something else');
  it.each<readonly [string, () => Asked, number]>([
    [
      'of another hash than they say',
      () => multipart(withText({ sha2: wrong }), [text], { headers: () => headers()(wrong) }),
      400,
    ],
    ['that no statement names', () => multipart(named(), [text]), 400],
    ['that did not come', () => multipart(withText(), []), 400],
    ['in plain JSON', () => ({ body: withText() }), 400],
    [
      'whose hash is of no algorithm we know',
      () => multipart(withText({ sha2: 'ab' }), [text], { headers: () => headers()('ab') }),
      400,
    ],
    [
      'whose hash is of another algorithm than its length says',
      () => {
        const sha2 = sha256Of(text) + sha256Of('').slice(0, 32);
        return multipart(withText({ sha2 }), [text], { headers: () => headers()(sha2) });
      },
      400,
    ],
    ['without an end', () => multipart(withText(), [text], { end: '' }), 400],
    [
      'whose boundary never ends',
      () => multipart(withText(), [text], { end: `--a-boundary${'x'.repeat(20_000_000)}` }),
      400,
    ],
    [
      'with a million boundaries',
      () => multipart(withText(), [text], { end: '--a-boundary\r\n'.repeat(1_000_000) }),
      413,
    ],
    [
      'with a million boundaries that are none',
      () => multipart(withText(), [text], { end: '\r\n--a-boundarx'.repeat(1_000_000) }),
      400,
    ],
    ['of 300 parts', () => multipart(withText(), Array.from({ length: 300 }, String)), 413],
    [
      'with headers without end',
      () => multipart(withText(), [text], { headers: headers(`X-A: ${'a'.repeat(1_000_000)}`) }),
      400,
    ],
    [
      'with a header twice',
      () => multipart(withText(), [text], { headers: headers('X-A: 1', 'x-a: 2') }),
      400,
    ],
    [
      'with a boundary that may not be',
      () => ({
        ...multipart(withText(), [text]),
        headers: { 'content-type': 'multipart/mixed; boundary=ü' },
      }),
      400,
    ],
    [
      'as a form',
      () => ({
        ...multipart(withText(), [text]),
        headers: { 'content-type': 'multipart/form-data; boundary=a-boundary' },
      }),
      400,
    ],
  ])('%s are refused', async (_, asked, status) => {
    expectProblem(await post(asked()), status);
  });

  it('are refused with a signature too many', async () => {
    const usageType = 'http://adlnet.gov/expapi/attachments/signature';
    const attachments = Array.from({ length: 500 }, () =>
      attachment(text, { usageType, contentType: 'application/octet-stream' }),
    );
    const all = Array.from({ length: 20 }, () => named({ attachments }));
    expectProblem(await post(multipart(all, [text])), 413, 'too-large');
  });

  describe('whose headers hold what no database takes', () => {
    afterEach(settled);
    it('are stored with those that come at the same time', async () => {
      const odd = withText();
      const asked = multipart(odd, [text], { headers: headers('Content-Type: text/\0plain') });
      const others = Array.from({ length: 8 }, () => named());
      const [answer] = await Promise.all([
        store().request('POST', 'statements', asked),
        ...others.map((one) => store().post(one)),
      ]);
      expect(answer.status).toBe(200);
      await settled();
      const whole = await store().request(
        'GET',
        `statements?statementId=${odd.id}&attachments=true`,
      );
      expect(whole.text).toContain(text);
      expect(whole.text).not.toContain('\0');
    });
  });
});
