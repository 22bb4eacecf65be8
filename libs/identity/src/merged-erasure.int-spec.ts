import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { lockWaits } from '#testing';
import { accountOf, ADA, ADA2, usingMerges } from './testing/merging.js';

describe('a learner who signed up more than once', () => {
  const { world, code, enter, merge, split } = usingMerges();

  it('is erased as one, whichever way she came in', async () => {
    await world().claim(ADA2, 'uni', accountOf('2'));
    await merge(ADA, ADA2);
    const aliases = await world().vault.aliasesOf('per_ada');
    expect((await world().ask(ADA2, 'DELETE', '/v1/me')).status).toBe(204);
    expect(await world().vault.areErased(aliases)).toEqual(aliases.map(() => true));
    const erasures = world().log.entries.filter(({ kind }) => kind === 'learner-erased');
    expect(erasures.map(({ data }) => data)).toEqual([
      { person: 'per_ada', aliases },
      { person: 'per_ada2', aliases: [] },
    ]);
    await world().readLog();
    const left = await world().tryEverywhere(
      `select t::text as row from identity.merge t union all select t::text from identity.claim t
       union all select t::text from identity.merge_code t where person like 'per_ada%'`,
    );
    expect(left).toEqual([]);
  });

  /** What waits for its turn while `meanwhile` runs; it goes on after. */
  const held = async <T>(start: () => Promise<T>, meanwhile: () => Promise<unknown>) =>
    world()
      .db.transaction(async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(hashtext('identity.merge'))`);
        const waiting = start();
        while ((await lockWaits(tx)) === 0);
        await meanwhile();
        return { waiting };
      })
      .then(({ waiting }) => waiting);

  it.each([ADA, ADA2])('is not merged once %s was erased, however close', async (who) => {
    const given = await code(ADA2);
    const person = who.replace('learner:', '');
    const { said } = await held(
      () => enter(ADA, given),
      () => world().vault.destroy(person),
    );
    expect([said, world().kinds()]).toEqual(['not-found', []]);
  });

  it('is erased by who they are when it is their turn, not when they asked', async () => {
    const given = await code(ADA2);
    const asked: Promise<{ status: number }>[] = [];
    const merged = await held(
      () => enter(ADA, given),
      async () => {
        asked.push(world().ask(ADA2, 'DELETE', '/v1/me'));
        // An erasure that did not wait would be stated by now.
        await sleep(100);
        expect(world().kinds()).toEqual([]);
      },
    );
    expect([merged.status, (await asked[0])?.status]).toEqual([200, 204]);
    expect(world().kinds()).toEqual(['people-merged', 'learner-erased', 'learner-erased']);
    for (const person of ['per_ada', 'per_ada2'])
      expect(await world().vault.aliasesOf(person)).toEqual([]);
  });

  it('is not erased with whom they were merged with after that one’s erasure', async () => {
    const [aliases, others] = [
      await world().vault.aliasesOf('per_ada'),
      await world().vault.aliasesOf('per_ada2'),
    ];
    await world().journal.append([
      { kind: 'learner-erased', data: { person: 'per_ada', aliases: [...aliases] } },
    ]);
    await merge(ADA, ADA2);
    await world().readLog();
    expect(await world().vault.areErased([...aliases, ...others])).toEqual([true, false]);
    await split(ADA2);
    expect(await world().vault.aliasesOf('per_ada2')).toEqual(others);
  });
});
