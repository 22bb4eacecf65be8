import { describe, expect, it } from '@jest/globals';
import { BATCH_MAX, BatchSize } from './batch-size.js';

describe('how many messages are taken in at once', () => {
  it('begins small, grows while all goes well, and no further than it may', () => {
    const size = new BatchSize();
    expect(size.now).toBeLessThan(BATCH_MAX / 10);
    for (let n = 0; n < 10; n += 1) size.finished();
    expect(size.now).toBe(BATCH_MAX);
  });

  it('shrinks with what breaks, and is never nothing', () => {
    const size = new BatchSize();
    for (let n = 0; n < 10; n += 1) size.finished();
    size.broken();
    expect(size.now).toBe(BATCH_MAX / 2);
    for (let n = 0; n < 20; n += 1) size.broken();
    expect(size.now).toBeGreaterThan(0);
    expect(size.now).toBe(new BatchSize().now);
  });
});
