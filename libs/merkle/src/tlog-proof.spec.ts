import { describe, expect, it } from '@jest/globals';
import { formatTlogProof, parseTlogProof } from './tlog-proof.js';

const checkpoint = 'ledger.example/log\n3\nabc=\n\n— ledger.example/log AAAA\n';
const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const TEXT = formatTlogProof({ index: 1, hashes, checkpoint });

describe('a .tlog-proof file', () => {
  it('has the index, the hashes and the checkpoint as it stands', () => {
    expect(TEXT).toBe(
      `c2sp.org/tlog-proof@v1\nindex 1\n${hashes[0]?.toString('base64')}\n` +
        `${hashes[1]?.toString('base64')}\n\n${checkpoint}`,
    );
    expect(parseTlogProof(TEXT)).toEqual({ index: 1, hashes, checkpoint });
  });

  it('may have no hashes, and a line that is for others', () => {
    const text = formatTlogProof({ index: 0, hashes: [], checkpoint });
    expect(parseTlogProof(text)).toEqual({ index: 0, hashes: [], checkpoint });
    expect(parseTlogProof(text.replace('index', 'extra YQ==\nindex')).index).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['another first line', TEXT.replace('@v1', '@v2')],
    ['no index', TEXT.replace('index 1\n', '')],
    ['an index with a leading zero', TEXT.replace('index 1', 'index 01')],
    ['an index beyond whole numbers', TEXT.replace('index 1', 'index 9999999999999999')],
    ['a short hash', TEXT.replace('AQEB', '')],
    ['a hash in another alphabet', TEXT.replace('AQEB', 'A-EB')],
    ['more hashes than a tree is high', TEXT.replace('index 1', `index 1\n${'x\n'.repeat(63)}`)],
    ['no checkpoint', 'c2sp.org/tlog-proof@v1\nindex 1\n'],
  ])('is refused with %s', (_, text) => {
    expect(() => parseTlogProof(text)).toThrow(Error);
  });
});
