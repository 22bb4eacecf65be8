import { describe, expect, it } from '@jest/globals';
import { Bell } from './bell.js';

const LONG_MS = 60_000;

describe('a bell', () => {
  it('wakes everybody who waits', async () => {
    const bell = new Bell();
    const waiting = [bell.wait(LONG_MS), bell.wait(LONG_MS)];
    bell.ring();
    await Promise.all(waiting);
  });

  it('is not heard by who comes later', async () => {
    const bell = new Bell();
    bell.ring();
    const isWoken = bell.wait(LONG_MS).then(() => true);
    const isLate = new Promise((resolve) => setTimeout(() => resolve(false), 20));
    expect(await Promise.race([isWoken, isLate])).toBe(false);
    bell.ring();
    expect(await isWoken).toBe(true);
  });

  it('is waited for no longer than one wants', async () => {
    await new Bell().wait(1);
  });
});
