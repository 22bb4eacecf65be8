import { describe, expect, it } from '@jest/globals';
import { failpointFrom } from './failpoint.js';

/** A host that writes down what it is asked. */
const watched = () => {
  const asked: string[] = [];
  return {
    asked,
    host: {
      kill: () => void asked.push('kill'),
      delay: (ms: number) => {
        asked.push(`delay ${Math.round(ms)}`);
        return Promise.resolve();
      },
    },
  };
};

/** What happens at so many passes of points: their places, by what was done. */
const passes = async (settings: object, count: number, name = 'log.locked') => {
  const { asked, host } = watched();
  const failpoint = failpointFrom(settings, host);
  const events: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const seen = asked.length;
    const waiting = failpoint(name);
    const what = asked.slice(seen).join();
    if (what !== 'kill') await waiting;
    if (what !== '') events.push(`${n} ${what}`);
  }
  return events;
};

describe('failpoints', () => {
  it('do nothing, and give nothing to wait for, unless they are asked', () => {
    expect(failpointFrom({})('log.locked')).toBeUndefined();
    expect(failpointFrom({ FAILPOINT: '', FAILPOINTS: '' })('log.locked')).toBeUndefined();
  });

  it('kill at the named point, at the pass that was named', async () => {
    expect(await passes({ FAILPOINT: 'log.locked' }, 1)).toEqual(['0 kill']);
    expect(await passes({ FAILPOINT: 'log.locked:3' }, 3)).toEqual(['2 kill']);
    expect(await passes({ FAILPOINT: 'log.committed' }, 3)).toEqual([]);
  });

  it('roll the same dice for the same seed, and others for another', async () => {
    const roll = (seed: number) =>
      passes({ FAILPOINTS: `seed=${seed},kill=0.01,delay=0.1:15` }, 2_000);
    const seven = await roll(7);
    expect(await roll(7)).toEqual(seven);
    expect(await roll(8)).not.toEqual(seven);
    const kills = seven.filter((what) => what.endsWith('kill')).length;
    expect(kills).toBeGreaterThan(5);
    expect(kills).toBeLessThan(60);
    expect(seven.length - kills).toBeGreaterThan(100);
  });

  it('wait no longer than they were told', async () => {
    const waits = await passes({ FAILPOINTS: 'seed=1,delay=1:15' }, 500);
    const ms = waits.map((what) => Number(what.split(' ')[2]));
    expect(Math.max(...ms)).toBeLessThanOrEqual(15);
    expect(Math.max(...ms)).toBeGreaterThan(10);
  });

  it('leave other parts alone where one is named', async () => {
    const only = { FAILPOINTS: 'seed=1,kill=1,at=relay.' };
    expect(await passes(only, 3, 'log.locked')).toEqual([]);
    expect(await passes(only, 1, 'relay.after-publish')).toEqual(['0 kill']);
  });

  it.each(['kill', 'kill=2', 'delay=x', 'seed=a', 'die=1', 'delay=0.1:x'])(
    'refuse a setting that says nothing: %s',
    (setting) => {
      expect(() => failpointFrom({ FAILPOINTS: setting })).toThrow('FAILPOINTS');
    },
  );
});
