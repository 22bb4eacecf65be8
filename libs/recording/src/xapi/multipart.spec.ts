import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError } from '#kernel';
import { processorTime } from '#testing';
import { attachmentIssues } from './attachment-issues.js';
import {
  isMultipart,
  PART_HEADER_BYTES_MAX,
  PARTS_MAX,
  readMultipart,
  writeMultipart,
} from './multipart.js';
import type { Statement } from '../domain/xapi-statement.js';
import { statement } from '../testing/samples.js';

const TYPE = 'multipart/mixed; boundary=abc';
const CONTENT = 'Amina’s essay\r\n--ab\r\n\0\xff';
const SHA2 = hash('sha256', CONTENT);

const JSON_PART = ['Content-Type: application/json', '', '{}'];
const attachment = (part: { hash?: string; encoding?: string; content?: string } = {}) => [
  'Content-Type: text/plain',
  `Content-Transfer-Encoding: ${part.encoding ?? 'binary'}`,
  `X-Experience-API-Hash: ${part.hash ?? hash('sha256', part.content ?? CONTENT)}`,
  '',
  part.content ?? CONTENT,
];
const body = (...parts: readonly (readonly string[])[]) =>
  Buffer.from([...parts.map((lines) => `--abc\r\n${lines.join('\r\n')}\r\n`), '--abc--'].join(''));
const refusal = (contentType: string, bytes: Buffer) => {
  try {
    readMultipart(contentType, bytes);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  return undefined;
};

describe('a body of statements and attachments', () => {
  it('is read: the statements, and each content by its hash', () => {
    const read = readMultipart(TYPE, body(JSON_PART, attachment(), attachment({ content: '' })));
    expect(read.statements.toString()).toBe('{}');
    expect([...read.attachments.keys()]).toEqual([SHA2, hash('sha256', '')]);
    expect(read.attachments.get(SHA2)).toEqual({
      sha2: SHA2,
      contentType: 'text/plain',
      content: Buffer.from(CONTENT),
    });
  });

  it.each([
    ['a quoted boundary', 'Multipart/Mixed; charset=x; boundary="abc"', body(JSON_PART)],
    ['a parameter behind', 'multipart/mixed;boundary=abc;x=y', body(JSON_PART)],
    [
      'something before and after',
      TYPE,
      Buffer.concat([Buffer.from('preamble\r\n'), body(JSON_PART), Buffer.from('\r\nend')]),
    ],
    ['an empty line before', TYPE, Buffer.concat([Buffer.from('\r\n'), body(JSON_PART)])],
    [
      'a parameter of the part',
      TYPE,
      body(['content-type:Application/JSON; charset=utf-8', '', '{}']),
    ],
    [
      'spaces behind the boundary',
      TYPE,
      Buffer.from('--abc \t\r\ncontent-type: application/json\r\n\r\n{}\r\n--abc--'),
    ],
    [
      'the boundary as a part of a longer line',
      TYPE,
      body(['Content-Type: application/json', '', '{}'], attachment({ content: 'x--abc' })),
    ],
    ['the same content twice', TYPE, body(JSON_PART, attachment(), attachment())],
    ['a hash in capitals', TYPE, body(JSON_PART, attachment({ hash: SHA2.toUpperCase() }))],
    ['another SHA-2', TYPE, body(JSON_PART, attachment({ hash: hash('sha512', CONTENT) }))],
    ['no type of an attachment', TYPE, body(JSON_PART, attachment().slice(1))],
  ])('may have %s', (_, contentType, bytes) => {
    expect(readMultipart(contentType, bytes).statements.toString()).toBe('{}');
  });

  it.each([
    ['another type', 'multipart/form-data; boundary=abc', body(JSON_PART)],
    ['no boundary in the header', 'multipart/mixed;', body(JSON_PART)],
    ['an empty boundary', 'multipart/mixed; boundary=', body(JSON_PART)],
    ['a boundary too long', `multipart/mixed; boundary=${'a'.repeat(71)}`, body(JSON_PART)],
    ['another boundary', 'multipart/mixed; boundary=abd', body(JSON_PART)],
    ['nothing', TYPE, Buffer.alloc(0)],
    ['no part', TYPE, Buffer.from('--abc--')],
    [
      'no boundary before the statements',
      TYPE,
      Buffer.from(`${JSON_PART.join('\r\n')}\r\n${body(attachment()).toString()}`),
    ],
    ['no end', TYPE, body(JSON_PART).subarray(0, -2)],
    ['no boundary after the last part', TYPE, Buffer.from(`--abc\r\n${JSON_PART.join('\r\n')}`)],
    [
      'a boundary with more behind it',
      TYPE,
      Buffer.from('--abcd\r\ncontent-type: application/json\r\n\r\n{}\r\n--abcd--'),
    ],
    ['line feeds alone', TYPE, Buffer.from(body(JSON_PART).toString().replaceAll('\r', ''))],
    ['statements that are text', TYPE, body(['Content-Type: text/plain', '', '{}'])],
    ['statements without a type', TYPE, body(['X: y', '', '{}'])],
    ['a part without headers', TYPE, body(JSON_PART, ['', 'x'])],
    ['a part that is empty', TYPE, body([], JSON_PART)],
    ['a part without an empty line', TYPE, body(['Content-Type: application/json'])],
    ['a header without a colon', TYPE, body(['Content-Type application/json', '', '{}'])],
    [
      'a header that goes on',
      TYPE,
      body(['Content-Type: application/json;', ' charset=x', '', '{}']),
    ],
    ['the same header twice', TYPE, body([JSON_PART[0]!, ...JSON_PART])],
    ['headers without end', TYPE, body([`X: ${'y'.repeat(PART_HEADER_BYTES_MAX)}`, ...JSON_PART])],
    ['statements in two parts', TYPE, body(JSON_PART, JSON_PART)],
    ['an attachment in base64', TYPE, body(JSON_PART, attachment({ encoding: 'base64' }))],
    ['an attachment without encoding', TYPE, body(JSON_PART, attachment().toSpliced(1, 1))],
    ['an attachment without hash', TYPE, body(JSON_PART, attachment().toSpliced(2, 1))],
    ['a hash that is no hash', TYPE, body(JSON_PART, attachment({ hash: 'z'.repeat(64) }))],
    ['a hash that is too short', TYPE, body(JSON_PART, attachment({ hash: SHA2.slice(0, 40) }))],
    [
      'the hash of something else',
      TYPE,
      body(JSON_PART, attachment({ hash: hash('sha256', 'x') })),
    ],
  ])('has not %s', (_, contentType, bytes) => {
    const error = refusal(contentType, bytes);
    expect(error?.code).toBe('invalid-input');
    expect(JSON.stringify(error)).not.toContain('Amina');
  });

  it('has not more parts than there may be', () => {
    const most = Array.from({ length: PARTS_MAX - 1 }, () => attachment({ content: 'x' }));
    expect(refusal(TYPE, body(JSON_PART, ...most))).toBeUndefined();
    expect(refusal(TYPE, body(JSON_PART, ...most, attachment()))?.code).toBe('too-large');
  });

  it('takes no longer for each byte of a long one, however it is made', () => {
    const almost = `\r\n--ab`.repeat(2_000_000);
    const spent = processorTime(() => {
      expect(refusal(TYPE, body(JSON_PART, attachment({ content: almost })))).toBeUndefined();
      expect(refusal(TYPE, Buffer.from(`--abc\r\n${almost}`))?.code).toBe('invalid-input');
    });
    expect(spent).toBeLessThan(2_000);
  });

  it.each([
    ['multipart/mixed; boundary=x', true],
    ['MULTIPART/MIXED', true],
    ['multipart/mixedx', false],
    ['application/json', false],
  ])('is known by its type: %s', (contentType, is) => {
    expect(isMultipart(contentType)).toBe(is);
  });

  it('is read as it was written, whatever the bytes', () => {
    const nasty = fc.constantFrom('\r\n', '--', '--abc', '\r\n--', '\0', ':', '\r\n\r\n');
    const bytes = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })));
    fc.assert(
      fc.property(fc.array(bytes.map((texts) => Buffer.from(texts.join('')))), (contents) => {
        const sent = contents.map((content) => ({
          sha2: hash('sha256', content),
          contentType: 'text/plain',
          content,
        }));
        const { attachments } = readMultipart(...pair(writeMultipart('{}', sent)));
        expect([...attachments.values()]).toEqual([
          ...new Map(sent.map((one) => [one.sha2, one])).values(),
        ]);
      }),
    );
  });

  it('refuses or reads any body, and never fails otherwise', () => {
    const word = fc.constantFrom(
      '--abc',
      '--abc--',
      '\r\n',
      '\r\n\r\n',
      'Content-Type: application/json',
      '{}',
      ':',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const error = refusal(TYPE, Buffer.from(words.join('')));
        expect([undefined, 'invalid-input']).toContain(error?.code);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is written as it is read, each content once, and no header of anybody’s making', () => {
    const content = Buffer.from(CONTENT);
    const one = { sha2: SHA2, contentType: 'text/plain', content };
    const other = Buffer.from('x');
    const bad = { sha2: hash('sha256', other), contentType: 'a\r\nX-Evil: 1', content: other };
    const { contentType, body: written } = writeMultipart('{"more":""}', [one, bad, one]);
    const read = readMultipart(contentType, written);
    expect(read.statements.toString()).toBe('{"more":""}');
    expect([...read.attachments.values()]).toEqual([
      one,
      { ...bad, contentType: 'application/octet-stream' },
    ]);
    expect(written.toString('latin1').split(SHA2)).toHaveLength(2);
    expect(written.toString('latin1')).not.toContain('X-Evil');
    expect(readMultipart(...pair(writeMultipart('{}', []))).attachments.size).toBe(0);
  });
});

const pair = ({ contentType, body: bytes }: ReturnType<typeof writeMultipart>) =>
  [contentType, bytes] as const;

describe('attachments', () => {
  const named = (part: object = {}) => ({
    usageType: 'urn:x:y',
    display: {},
    contentType: 'text/plain',
    length: 1,
    sha2: SHA2,
    ...part,
  });
  const inner = {
    objectType: 'SubStatement',
    actor: { mbox: 'mailto:a@b.c' },
    verb: { id: 'x:y' },
    object: { id: 'x:z' },
    attachments: [named()],
  };
  const pointers = (part: object, ...sent: readonly string[]) =>
    attachmentIssues(
      [statement(), statement(part)] as Statement[],
      new Set(sent),
      (n) => `/${n}`,
    ).map(({ pointer }) => pointer);

  it.each<[string, object, readonly string[]]>([
    ['no attachment', {}, []],
    ['one that was sent', { attachments: [named()] }, [SHA2]],
    ['one named in capitals', { attachments: [named({ sha2: SHA2.toUpperCase() })] }, [SHA2]],
    ['one elsewhere', { attachments: [named({ fileUrl: 'https://f/1' })] }, []],
    ['one that is there too', { attachments: [named({ fileUrl: 'https://f/1' })] }, [SHA2]],
    ['one of the statement inside', { object: inner }, [SHA2]],
  ])('may be %s', (_, part, sent) => {
    expect(pointers(part, ...sent)).toEqual([]);
  });

  it.each<[string, object, readonly string[], string]>([
    ['one that was not sent', { attachments: [named()] }, [], '#/1/attachments/0/sha2'],
    ['one inside that was not sent', { object: inner }, [], '#/1/object/attachments/0/sha2'],
    ['one that nobody names', {}, [SHA2], '#'],
  ])('are not %s', (_, part, sent, pointer) => {
    expect(pointers(part, ...sent)).toEqual([pointer]);
  });
});
