import { describe, expect, test } from '@jest/globals';
import { paths } from './paths.js';
import { pageFaults } from './testing/page-faults.js';
import { usingVisitor } from './testing/using-visitor.js';
import { BROWSER, type Visitor } from './testing/visitor.js';

const who = usingVisitor();
const post: Visitor['post'] = (...request) => who().post(...request);
const orders: Visitor['orders'] = () => who().orders();

describe('checking', () => {
  const upload = (name: string, content: string, file = '') => {
    const part = (head: string, text: string) =>
      `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
    return who().app.inject({
      method: 'POST',
      url: paths.check,
      headers: { ...BROWSER, 'content-type': 'multipart/form-data; boundary=b' },
      payload: `${part('name="credential"', name)}${part(`name="file"; filename="${file}"`, content)}--b--\r\n`,
    });
  };

  test.each([
    ['pasted', () => upload('{"sample":"genuine"}', ''), 'Genuine and in force'],
    ['in a file', () => upload('', '{"sample":"withdrawn"}', 'c.json'), 'Withdrawn'],
    [
      'in a file, with text left over',
      () => upload('x', '{"sample":"changed"}', 'c'),
      'Do not trust',
    ],
    ['as a plain form', () => post(paths.check, { credential: 'eyJh.eyJi.c2ln' }), 'Genuine'],
  ])('a credential %s is judged', async (_, send, words) => {
    const { statusCode, body } = await send();
    expect(statusCode).toBe(200);
    expect(body).toContain(words);
    expect(pageFaults(body)).toEqual([]);
  });

  test('a share link leads to what is shared', async () => {
    const { statusCode, headers } = await upload('https://ledger.example/v/shr_open', '');
    expect([statusCode, headers.location]).toEqual([303, '/v/shr_open']);
  });

  test('what cannot be read is said kindly, and what was pasted stays', async () => {
    const { statusCode, body } = await upload('{"half": ', '');
    expect(statusCode).toBe(422);
    expect(body).toContain('The text is not complete.');
    expect(body).toContain('>{&quot;half&quot;: </textarea>');
    expect(orders()).toEqual([]);
  });

  test.each([
    ['a text', () => upload('x'.repeat(1024 * 1024 + 1), '')],
    ['a file', () => upload('', 'x'.repeat(1024 * 1024 + 1), 'big.json')],
  ])('%s of more than 1 MB is too large', async (_, send) => {
    const { statusCode, body } = await send();
    expect(statusCode).toBe(413);
    expect(body).toContain('That is too large');
    expect(orders()).toEqual([]);
  });

  test('a body that breaks off is the sender’s fault, not ours', async () => {
    const { statusCode } = await who().app.inject({
      method: 'POST',
      url: paths.check,
      headers: { ...BROWSER, 'content-type': 'multipart/form-data; boundary=b' },
      payload: '--b\r\ncontent-disposition: form-data; name="credential"\r\n\r\n{"a',
    });
    expect(statusCode).toBe(400);
  });
});
