import { describe, expect, it } from '@jest/globals';
import { RateLimitError } from '#kernel';
import { client } from '../testing/samples.js';
import { RecordingSettings } from '../settings.js';
import { Quota } from './quota.js';

const START = Date.parse('2026-11-23T12:00:00Z');

const quotaOf = (limit: number) => {
  let now = START;
  const quota = new Quota(new RecordingSettings(limit), { now: () => new Date(now) });
  const refusedFor = (who = client): number | undefined => {
    try {
      quota.admit(who);
      return undefined;
    } catch (error) {
      if (!(error instanceof RateLimitError)) throw error;
      return error.retryAfterSeconds;
    }
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { quota, refusedFor, pass };
};

describe('a quota', () => {
  it('lets a minute’s worth in at once, then says when to come again, and means it', () => {
    const { quota, refusedFor, pass } = quotaOf(60);
    quota.spend(client, 60);
    expect(refusedFor()).toBe(1);
    pass(999);
    expect(refusedFor()).toBe(1);
    pass(1);
    expect(refusedFor()).toBeUndefined();
  });

  it('takes a batch larger than what is left, and has it paid back by waiting', () => {
    const { quota, refusedFor, pass } = quotaOf(60);
    quota.spend(client, 59);
    expect(refusedFor()).toBeUndefined();
    quota.spendRest(client, 100);
    expect(refusedFor()).toBe(100);
    pass(99_999);
    expect(refusedFor()).toBe(1);
    pass(1);
    expect(refusedFor()).toBeUndefined();
  });

  it('takes one for each request that it lets in, and that one once', () => {
    const { quota, refusedFor } = quotaOf(3);
    expect(refusedFor()).toBeUndefined();
    quota.spendRest(client, 0);
    quota.spendRest(client, 1);
    expect(refusedFor()).toBeUndefined();
    expect(refusedFor()).toBeUndefined();
    expect(refusedFor()).toBe(20);
    expect(refusedFor()).toBe(20);
  });

  it('gives to who can wait what is left, and says when there is more', () => {
    const { quota, refusedFor, pass } = quotaOf(60);
    expect(quota.take(client, 50)).toEqual({ taken: 50, waitMs: 0 });
    expect(quota.take(client, 50)).toEqual({ taken: 10, waitMs: 1_000 });
    expect(quota.take(client, 50)).toEqual({ taken: 0, waitMs: 1_000 });
    expect(quota.msUntilFull(client)).toBe(60_000);
    expect(refusedFor()).toBe(1);
    pass(999);
    expect(quota.take(client, 1)).toEqual({ taken: 0, waitMs: 1 });
    pass(1);
    expect(quota.take(client, 2)).toEqual({ taken: 1, waitMs: 1_000 });
  });

  it('gives nothing to who can wait while others owe, and all where there is none', () => {
    const { quota, pass } = quotaOf(60);
    quota.spend(client, 90);
    expect(quota.take(client, 5)).toEqual({ taken: 0, waitMs: 31_000 });
    expect(quota.msUntilFull(client)).toBe(90_000);
    pass(31_000);
    expect(quota.take(client, 5).taken).toBe(1);
    const none = quotaOf(0).quota;
    expect(none.take(client, 1e9)).toEqual({ taken: 1e9, waitMs: 0 });
    expect(none.msUntilFull(client)).toBe(0);
  });

  it('saves up no more than a minute', () => {
    const { quota, refusedFor, pass } = quotaOf(10);
    pass(3_600_000);
    quota.spend(client, 10);
    expect(refusedFor()).toBe(6);
  });

  it('of one client is nothing to another, and the registered one goes before the setting', () => {
    const { quota, refusedFor } = quotaOf(10);
    quota.spend(client, 10);
    expect(refusedFor({ ...client, id: 'other' })).toBeUndefined();
    const large = { ...client, id: 'large', quota: { eventsPerMinute: 1_000 } };
    quota.spend(large, 999);
    expect(refusedFor(large)).toBeUndefined();
  });

  it('is refilled by no clock that goes back, and refuses nothing where there is none', () => {
    const { quota, refusedFor, pass } = quotaOf(60);
    quota.spend(client, 61);
    pass(-3_600_000);
    expect(refusedFor()).toBe(2);
    const none = quotaOf(0);
    none.quota.spend(client, 1e9);
    expect(none.refusedFor()).toBeUndefined();
  });
});
