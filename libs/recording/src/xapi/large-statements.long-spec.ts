import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { usingUntouchedStore } from '../testing/bad-input.js';
import { named } from '../testing/samples.js';
import { attachment, multipart } from '../testing/xapi-store.js';

const { store, settled } = usingUntouchedStore((definition, settings) =>
  createService(definition, loadConfig(settings)),
);
const EXPERIENCED = { verb: { id: 'http://adlnet.gov/expapi/verbs/experienced' } };

describe('what is much, and allowed,', () => {
  afterEach(settled);

  it('is shown on pages of bounded length, each statement once', async () => {
    const registration = randomUUID();
    const all = Array.from({ length: 6 }, () =>
      named({
        context: { registration },
        result: { response: 'a'.repeat(5_000_000) },
        ...EXPERIENCED,
      }),
    );
    for (const one of all) await store().post(one);
    await settled();
    const pages = await store().pages({ registration });
    expect(pages.flat()).toEqual(all.map(({ id }) => id).toReversed());
    expect(pages.map(({ length }) => length)).toEqual([4, 2]);
    const ascending = await store().pages({ registration, ascending: 'true', limit: '5' });
    expect(ascending.flat()).toEqual(all.map(({ id }) => id));
  }, 60_000);

  it('comes back byte by byte, with attachments on pages of bounded length', async () => {
    const registration = randomUUID();
    const contents = [1, 2, 3].map((n) => Buffer.alloc(14_000_000, n));
    const all = contents.map((content) =>
      named({ context: { registration }, attachments: [attachment(content)] }),
    );
    await Promise.all(all.map((one, n) => store().post(one, multipart(one, [contents[n] ?? '']))));
    await settled();
    const pages = await store().pages({ registration });
    expect(pages).toHaveLength(1);
    const first = await store().list({ registration, attachments: 'true' });
    expect(first.text.length).toBeLessThan(33_000_000);
    expect(first.text.length).toBeGreaterThan(28_000_000);
    // The latest two, whichever they were.
    const whole = contents.filter((content) => first.text.includes(content.toString()));
    expect(whole).toHaveLength(2);
  }, 60_000);
});
