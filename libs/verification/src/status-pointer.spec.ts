import { describe, expect, it } from '@jest/globals';
import { statusPointer } from './status-pointer.js';

const LISTS = 'https://ledger.example/status-lists/';
const entry = {
  id: `${LISTS}aurora.1#5`,
  type: 'BitstringStatusListEntry',
  statusPurpose: 'revocation',
  statusListIndex: '5',
  statusListCredential: `${LISTS}aurora.1`,
};
const kind = (credentialStatus: unknown, issuer: string | undefined = 'aurora') =>
  statusPointer({ credentialStatus }, LISTS, issuer).kind;

describe('where a credential says its status is', () => {
  it('is here, in a list of its issuer', () => {
    expect(statusPointer({ credentialStatus: [entry] }, LISTS, 'aurora')).toEqual({
      kind: 'here',
      listId: 'aurora.1',
      index: 5,
    });
    expect(kind({ ...entry, statusListIndex: 5 })).toBe('here');
    expect(kind([{ ...entry, statusPurpose: 'suspension' }, entry])).toBe('here');
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'absent'],
    ['null', null, 'absent'],
    ['an empty list', [], 'absent'],
    ['a text', 'x', 'unreadable'],
    ['another type', { ...entry, type: '1EdTechRevocationList' }, 'unreadable'],
    ['two of which one cannot be read', [entry, null], 'unreadable'],
    ['another purpose only', { ...entry, statusPurpose: 'message' }, 'unreadable'],
    ['a negative index', { ...entry, statusListIndex: '-1' }, 'unreadable'],
    ['an index in words', { ...entry, statusListIndex: 'five' }, 'unreadable'],
    ['an index with a fraction', { ...entry, statusListIndex: 1.5 }, 'unreadable'],
    ['an index beyond all lists', { ...entry, statusListIndex: '9999999999' }, 'unreadable'],
    [
      'a list of another issuer',
      { ...entry, statusListCredential: `${LISTS}coral.1` },
      'elsewhere',
    ],
    ['a list of a namesake', { ...entry, statusListCredential: `${LISTS}aurora2.1` }, 'elsewhere'],
    [
      'a list elsewhere',
      { ...entry, statusListCredential: 'https://evil.example/aurora.1' },
      'elsewhere',
    ],
    [
      'a path that climbs',
      { ...entry, statusListCredential: `${LISTS}x/../aurora.1` },
      'elsewhere',
    ],
  ])('is not read from %s', (_, status, expected) => expect(kind(status)).toBe(expected));

  it('is elsewhere for an issuer who is not ours, even in our list', () => {
    expect(statusPointer({ credentialStatus: entry }, LISTS, undefined).kind).toBe('elsewhere');
  });
});
