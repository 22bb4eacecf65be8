import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Topology } from '../processes/topology.js';
import { Person, tokenFor } from './client.js';
import { UNIVERSITY } from './story.js';

/** So many learners live through the same, each in another order. */
const LEARNERS = 12;
const SEED = Number(process.env['ANY_ORDER_SEED'] ?? Date.now() % 1_000_000);
const [SOURCE = ''] = UNIVERSITY.sources;
const course = (name: string): string => `https://aurora.example/${name}`;

const achievement = (id: string, rule: object, credit: number) => ({
  id,
  name: id,
  description: id,
  criteria: id,
  type: 'Badge',
  leastAssurance: 'assessed',
  credit: { system: 'ECTS', value: credit },
  rule,
});
const ACHIEVEMENTS = [
  achievement('regraded', { passed: course('a'), minScore: 0.5 }, 1),
  achievement('regraded-away', { passed: course('b'), minScore: 0.5 }, 2),
  achievement('voided', { passed: course('c') }, 4),
  achievement('joined', { all: [{ passed: course('d') }, { passed: course('e') }] }, 8),
  achievement('stacked', { all: [{ achievement: 'regraded' }, { achievement: 'joined' }] }, 16),
  achievement('lent', { passed: course('f') }, 32),
  achievement('twice', { passed: course('g') }, 64),
];
/** What the facts below support. */
const HELD = ['joined', 'regraded', 'stacked', 'twice'];
const CREDIT = 1 + 8 + 16 + 64;

/** One step of a life: something sent, or an account that changes hands. */
type Step =
  { readonly send: object } | { readonly claim: string } | { readonly claimAndRelease: string };

/** What happens to learner n, who has three accounts with the provider; the third is not theirs. */
const life = (n: number): readonly Step[] => {
  const account = (which: string) => ({
    homePage: 'https://aurora.example',
    name: `${which}-${n}`,
  });
  const event = (type: string, id: string, data: object) => ({
    specversion: '1.0',
    id: `${id}-${n}`,
    source: SOURCE,
    type: `org.learning-ledger.${type}.v1`,
    time: '2026-05-20T10:00:00Z',
    datacontenttype: 'application/json',
    data,
  });
  const passed = (which: string, id: string, name: string, scaled: number, corrects?: string) =>
    event('passed', id, {
      learner: { account: account(which) },
      activity: { id: course(name), type: 'assessment' },
      verb: 'passed',
      occurredAt: '2026-05-20T10:00:00Z',
      result: { status: 'final', success: true, score: { scaled } },
      assurance: { level: 'assessed' },
      ...(corrects === undefined
        ? {}
        : { supersedes: { source: SOURCE, id: `${corrects}-${n}`, reason: 'regrade' } }),
    });
  const voided = (id: string) =>
    event('voided', `void-${id}`, {
      target: { source: SOURCE, id: `${id}-${n}` },
      reason: 'entered-in-error',
    });
  const sent = [
    passed('one', 'a1', 'a', 0.2),
    passed('one', 'a2', 'a', 0.9, 'a1'),
    passed('one', 'a3', 'a', 0.7, 'a2'),
    passed('one', 'b1', 'b', 0.9),
    passed('one', 'b2', 'b', 0.8, 'b1'),
    passed('one', 'b3', 'b', 0.1, 'b2'),
    passed('two', 'c1', 'c', 0.9),
    voided('c1'),
    passed('one', 'd1', 'd', 0.9),
    passed('one', 'd2', 'd', 0.1, 'd1'),
    voided('d2'),
    passed('two', 'e1', 'e', 0.9),
    passed('lent', 'f1', 'f', 0.9),
    passed('one', 'g1', 'g', 0.9),
    passed('two', 'g2', 'g', 0.9),
  ];
  const repeated = [
    passed('one', 'a2', 'a', 0.9, 'a1'),
    voided('c1'),
    passed('two', 'e1', 'e', 0.9),
  ];
  return [
    ...[...sent, ...repeated].map((send) => ({ send })),
    { claim: `one-${n}` },
    { claim: `two-${n}` },
    { claimAndRelease: `lent-${n}` },
  ];
};

/** Twelve learners of one system, each with their own order of the same steps. */
export const anyOrder = (start: () => Promise<Topology>): void =>
  describe(`any order of delivery (ANY_ORDER_SEED=${SEED})`, () => {
    let topology: Topology;
    let university: Person;
    let admin: Person;

    beforeAll(async () => {
      topology = await start();
      const { url, keysDir } = topology;
      const as = async (id: string, role: 'admin' | 'provider', organisation?: string) =>
        new Person(
          url,
          await tokenFor(keysDir, url, { id, role, ...(organisation ? { organisation } : {}) }),
        );
      admin = await as('per_operator', 'admin');
      university = await as(UNIVERSITY.id, 'provider', UNIVERSITY.id);
      await admin.must(201, 'post', '/v1/clients', UNIVERSITY);
      for (const each of ACHIEVEMENTS) await university.must(201, 'post', '/v1/achievements', each);
      await university.eventually('/v1/institutions', ({ data }) => data.length === 1);
    }, 120_000);
    afterAll(async () => topology?.stop(), 60_000);

    const signIn = async (): Promise<Person> => {
      const { url } = await admin.must(201, 'post', '/v1/invitations', { role: 'learner' });
      const code = String(url).split('/').at(-1);
      const anybody = new Person(topology.url, '');
      const { access_token } = await anybody.must(200, 'post', '/v1/sign-in', { code });
      return new Person(topology.url, `Bearer ${access_token}`);
    };
    const claim = async (learner: Person, name: string): Promise<string> => {
      const account = { homePage: 'https://aurora.example', name };
      const { code } = await university.must(201, 'post', '/v1/claim-codes', {
        learner: { account },
      });
      return (await learner.must(201, 'post', '/v1/me/claims', { code })).id;
    };
    const take = async (learner: Person, step: Step): Promise<void> => {
      if ('claim' in step) await claim(learner, step.claim);
      else if ('claimAndRelease' in step) {
        const id = await claim(learner, step.claimAndRelease);
        await learner.must(204, 'delete', `/v1/me/claims/${id}`);
      } else {
        const { results } = await university.must(200, 'post', '/v1/events', step.send);
        expect(results[0].status).toMatch(/^(?:recorded|duplicate)$/u);
      }
    };
    const holds = async (learner: Person): Promise<readonly unknown[]> => {
      const { data } = await learner.must(200, 'get', '/v1/me/credentials');
      const { balances } = await learner.must(200, 'get', '/v1/me/credits');
      const valid = data.filter(({ state }: { state: string }) => state === 'valid');
      return [
        valid.map(({ title }: { title: string }) => title).toSorted(),
        balances.reduce((sum: number, { value }: { value: number }) => sum + value, 0),
      ];
    };

    it('gives the same credentials and the same credit', async () => {
      const orders = fc.sample(
        fc.shuffledSubarray([...life(0).keys()], { minLength: life(0).length }),
        { seed: SEED, numRuns: LEARNERS },
      );
      const learners = await Promise.all(
        orders.map(async (order, n) => {
          const learner = await signIn();
          const steps = life(n);
          for (const k of order) await take(learner, steps[k] as Step);
          return learner;
        }),
      );
      for (const [n, learner] of learners.entries()) {
        const deadline = Date.now() + 60_000;
        let found = await holds(learner);
        while (String(found) !== String([HELD, CREDIT]) && Date.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          found = await holds(learner);
        }
        expect({ order: orders[n], found }).toEqual({ order: orders[n], found: [HELD, CREDIT] });
      }
    }, 180_000);
  });
