import { describe, expect, test } from '@jest/globals';
import { readSubmission } from './submission.js';

describe('what somebody wants checked', () => {
  test.each([
    'https://ledger.example/v/shr_abcdefgh',
    'http://localhost:3000/v/shr_abcdefgh/',
    ' /v/shr_abcdefgh ',
    'https://ledger.example/v/shr_abcdefgh?from=mail#top',
  ])('is a share link: %s', (text) => {
    expect(readSubmission(text)).toEqual({ is: 'share', shareId: 'shr_abcdefgh' });
  });

  test('is a credential in JSON, with or without a byte order mark', () => {
    const expected = { is: 'credential', credential: { type: ['VerifiableCredential'] } };
    expect(readSubmission('{"type":["VerifiableCredential"]}')).toEqual(expected);
    expect(readSubmission('\uFEFF {"type":["VerifiableCredential"]}\n')).toEqual(expected);
  });

  test.each(['eyJh.eyJi.c2ln', 'eyJh.eyJi.c2ln~WyJh~'])('is in a compact form: %s', (text) => {
    expect(readSubmission(text)).toEqual({ is: 'credential', credential: text });
  });

  test.each([
    ['', 'check.nothing'],
    ['  \n', 'check.nothing'],
    ['https://elsewhere.example/diploma.html', 'check.otherLink'],
    ['https://ledger.example/v/', 'check.otherLink'],
    ['%PDF-1.7 …', 'check.pdf'],
    ['{"type":', 'check.broken'],
    ['[{"type":"x"}]', 'check.notCredential'],
    ['"text"', 'check.notCredential'],
    ['null', 'check.notCredential'],
    ['my diploma', 'check.notCredential'],
  ])('is not readable: %j', (text, because) => {
    expect(readSubmission(text)).toEqual({ is: 'unreadable', because });
  });
});
