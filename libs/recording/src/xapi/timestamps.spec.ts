import { describe, expect, it } from '@jest/globals';
import { inUtc } from './timestamps.js';

describe('inUtc', () => {
  it.each([
    ['2026-05-04T11:00:00+02:00', '2026-05-04T09:00:00Z'],
    ['2026-05-04T11:00:00.123456+02:00', '2026-05-04T09:00:00.123456Z'],
    ['2026-01-01T00:30:00.5+01:00', '2025-12-31T23:30:00.5Z'],
    ['2026-05-04T09:00:00-0130', '2026-05-04T10:30:00Z'],
    ['2026-05-04T09:00:00.123456789Z', '2026-05-04T09:00:00.123456789Z'],
  ])('%s is %s', (timestamp, expected) => {
    expect(inUtc(timestamp)).toBe(expected);
  });
});
