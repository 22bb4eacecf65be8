import { describe, expect, it } from '@jest/globals';
import { TextArena } from './text-arena.js';

describe('an arena of texts', () => {
  it('gives the bytes of each, and leaves them alone when others follow', () => {
    const arena = new TextArena();
    const texts = Array.from({ length: 500 }, (_, n) => `${n} né ✓ 𝄞 `.repeat(n % 200));
    texts.push('', 'x'.repeat(200_000), 'after');
    const written = texts.map((text) => arena.write(text));
    expect(written.map(String)).toEqual(texts);
  });
});
