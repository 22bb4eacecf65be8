import { generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CompactSign } from 'jose';
import type { Statement } from '../domain/xapi-statement.js';
import type { AttachmentContent } from './multipart.js';
import {
  SIGNATURE_BYTES_MAX,
  SIGNATURE_USAGE,
  signatureIssues,
  SIGNATURES_MAX,
} from './signature.js';
import { statement } from '../testing/samples.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const others = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** DER, as much as a certificate takes. */
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length);
  return Buffer.concat([Buffer.from([tag, 0x82]), length, content]);
};
/** A certificate that a key makes for itself. */
const certificateOf = (key: KeyObject, ofKey: KeyObject): string => {
  const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
  const name = der(0x30);
  const validity = der(
    0x30,
    ...['260101000000Z', '460101000000Z'].map((time) => der(0x17, Buffer.from(time))),
  );
  const spki = ofKey.export({ type: 'spki', format: 'der' });
  const serial = der(0x02, Buffer.from([1]));
  const signed = der(0x30, serial, sha256WithRsa, name, validity, name, spki);
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', signed, key)]);
  return der(0x30, signed, sha256WithRsa, der(0x03, signature)).toString('base64');
};
const x5c = [certificateOf(privateKey, publicKey)];

const plain = statement({ result: { duration: 'PT1.23S' } });
const jwsOf = async (payload: unknown, header: object = {}, key: unknown = privateKey) =>
  new CompactSign(Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'RS256', ...header })
    .sign(key as KeyObject);
const signed = (jws: string, part: object = {}, attachment: object = {}) => {
  const content = Buffer.from(jws);
  const sha2 = hash('sha256', content);
  const contentType = 'application/octet-stream';
  const usageType = SIGNATURE_USAGE;
  const one = { usageType, display: {}, contentType, length: content.length, sha2, ...attachment };
  const contents = new Map<string, AttachmentContent>([[sha2, { sha2, contentType, content }]]);
  return { statement: { ...plain, ...part, attachments: [one] } as Statement, contents };
};
const issues = async (
  { statement: one, contents }: ReturnType<typeof signed>,
  version: '1.0.3' | '2.0.0' = '2.0.0',
) => signatureIssues([plain, one], contents, version, (n) => `/${n}`);

describe('a signature', () => {
  it.each(['RS256', 'RS384', 'RS512'])('is a JWS with %s, by whoever', async (alg) => {
    expect(await issues(signed(await jwsOf(plain, { alg })))).toEqual([]);
  });

  it('by a certificate is by its key', async () => {
    expect(await issues(signed(await jwsOf(plain, { x5c })))).toEqual([]);
    const chain = [...x5c, certificateOf(others.privateKey, others.publicKey)];
    expect(await issues(signed(await jwsOf(plain, { x5c: chain })))).toEqual([]);
  });

  it.each<[string, object, object]>([
    ['a duration cut off', {}, { result: { duration: 'PT1.2399S' } }],
    ['another order of names', Object.fromEntries(Object.entries(plain).toReversed()), {}],
    [
      'an id, where the ledger was to choose one',
      {},
      { id: 'f1a2b3c4-0000-4000-8000-000000000000' },
    ],
    ['what the store sets', { version: '2.0.0', stored: '2026-05-04T09:00:00Z' }, {}],
  ])('signs the same statement for %s', async (_, said, sent) => {
    expect(await issues(signed(await jwsOf({ ...plain, ...said }), sent))).toEqual([]);
  });

  it('signs the other attachments as well', async () => {
    const essay = { ...signed('x').statement.attachments?.[0], usageType: 'x:essay' };
    const jws = await jwsOf({ ...plain, attachments: [essay] });
    const one = signed(jws);
    const [signature] = one.statement.attachments ?? [];
    const attachments = [essay, signature] as Statement['attachments'];
    const both = { ...one.statement, ...(attachments && { attachments }) };
    expect(await issues({ ...one, statement: both })).toEqual([]);
    expect(await issues(one)).toHaveLength(1);
  });

  it.each<[string, () => Promise<ReturnType<typeof signed>>]>([
    ['as text', async () => signed(await jwsOf(plain), {}, { contentType: 'text/plain' })],
    [
      'that was not sent',
      async () => signed(await jwsOf(plain), {}, { sha2: 'ab', fileUrl: 'x:y' }),
    ],
    ['that is empty', async () => signed('')],
    ['that is no JWS', async () => signed('a.b.c')],
    ['of two parts', async () => signed((await jwsOf(plain)).split('.').slice(0, 2).join('.'))],
    ['with a line end', async () => signed(`${await jwsOf(plain)}\r\n`)],
    ['too long', async () => signed(`${await jwsOf(plain)}${'A'.repeat(SIGNATURE_BYTES_MAX)}`)],
    ['by HS256', async () => signed(await jwsOf(plain, { alg: 'HS256' }, Buffer.alloc(32)))],
    ['by PS256', async () => signed(await jwsOf(plain, { alg: 'PS256' }))],
    ['by nothing', async () => signed(`${encoded({ alg: 'none' })}.${encoded(plain)}.AA`)],
    ['without algorithm', async () => signed(`${encoded({})}.${encoded(plain)}.AA`)],
    [
      'that must be understood',
      async () =>
        signed(`${encoded({ alg: 'RS256', crit: ['b64'], b64: false })}.${encoded(plain)}.AA`),
    ],
    ['of no JSON', async () => signed(await jwsOf(JSON.stringify(plain).replace('"', "'")))],
    ['of no statement', async () => signed(await jwsOf('null'))],
    ['of half a statement', async () => signed(await jwsOf({ ...plain, verb: undefined }))],
    ['of another statement', async () => signed(await jwsOf(plain), { verb: { id: 'x:y' } })],
    [
      'of another’s statement',
      async () => signed(await jwsOf(plain), { actor: { mbox: 'mailto:b@x.y' } }),
    ],
    [
      'of another time',
      async () => signed(await jwsOf(plain), { timestamp: '2026-05-04T09:00:01Z' }),
    ],
    [
      'of other durations',
      async () => signed(await jwsOf(plain), { result: { duration: 'PT1.24S' } }),
    ],
    ['by another key', async () => signed(await jwsOf(plain, { x5c }, others.privateKey))],
    [
      'that was changed',
      async () =>
        signed((await jwsOf(plain, { x5c })).replace(/\.[^.]{8}(?=[^.]*$)/u, '.AAAAAAAA')),
    ],
    ['by no certificate', async () => signed(await jwsOf(plain, { x5c: [] }))],
    ['by a bad certificate', async () => signed(await jwsOf(plain, { x5c: ['AAAA'] }))],
    ['by something else', async () => signed(await jwsOf(plain, { x5c: 7 }))],
  ])('is refused %s', async (_, make) => {
    expect(await issues(await make())).toEqual([
      { pointer: '#/1/attachments/0', detail: expect.not.stringMatching(/Amina|204/u) },
    ]);
  });

  it('is one of so many that the server is not kept busy', async () => {
    const { statement: one, contents } = signed('no JWS');
    const many = Array.from({ length: SIGNATURES_MAX + 1 }, () => one);
    await expect(signatureIssues(many, contents, '1.0.3', String)).rejects.toMatchObject({
      code: 'too-large',
    });
    expect(await signatureIssues(many.slice(1), contents, '1.0.3', String)).toHaveLength(
      SIGNATURES_MAX,
    );
  });

  it('signs a statement of the version in which it is sent', async () => {
    const contextAgents = [{ objectType: 'contextAgent', agent: { mbox: 'mailto:b@x.y' } }];
    const part = { context: { contextAgents } };
    const one = signed(await jwsOf({ ...plain, ...part }), part);
    expect(await issues(one, '2.0.0')).toEqual([]);
    expect(await issues(one, '1.0.3')).toHaveLength(1);
  });
});

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
