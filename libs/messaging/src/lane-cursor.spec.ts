import { describe, expect, it } from '@jest/globals';
import { LaneCursor } from './lane-cursor.js';

const placed = (offset: number): LaneCursor => {
  const cursor = new LaneCursor();
  cursor.place(offset);
  return cursor;
};

describe('a lane cursor', () => {
  it('is placed when it is told where the lane was left', () => {
    expect(new LaneCursor().isPlaced).toBe(false);
    expect(placed(0).isPlaced).toBe(true);
  });

  it('says when it was sent elsewhere while something was in hand', () => {
    const cursor = placed(9);
    const { turn } = cursor;
    cursor.passed(12);
    expect(cursor.turn).toBe(turn);
    cursor.place(0);
    expect(cursor.turn).not.toBe(turn);
  });

  it('lets what comes next pass, and what comes again', () => {
    const cursor = placed(7);
    expect(cursor.detour(7)).toBeUndefined();
    cursor.passed(9);
    expect(cursor.detour(10)).toBeUndefined();
    expect(cursor.detour(3)).toBeUndefined();
  });

  it('passes over what was seen, once: there may be nothing at the end', () => {
    const cursor = placed(100);
    expect(cursor.detour(0)).toBe(100);
    expect(cursor.detour(0)).toBeUndefined();
  });

  it('asks for what was left out, until it must be gone', () => {
    const cursor = placed(0);
    const asked = Array.from({ length: 6 }, () => cursor.detour(5));
    expect(asked).toEqual([0, 0, 0, 0, 0, undefined]);
    cursor.passed(8);
    expect(cursor.detour(20)).toBe(9);
  });

  it('asks for its place again once that was moved by somebody else', () => {
    const cursor = placed(10);
    const { turn } = cursor;
    cursor.unplace();
    expect(cursor.isPlaced).toBe(false);
    expect(cursor.turn).not.toBe(turn);
    cursor.place(0);
    expect(cursor.detour(10)).toBe(0);
  });
});
