import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { usingCorrecting } from './testing/correcting.js';
import { Eraser } from './testing/eraser.js';
import { said } from './testing/provider.js';
import { event, SOURCE, voiding } from './testing/samples.js';

/** What a quality assurance body may correct for a provider; on the real log and PostgreSQL. */
const world = usingCorrecting((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

const FOR = 'urn:llcl:qa:for.uni.lms';
const OTHER = 'urn:llcl:uni:other';
const refusedAt = (answer: object | undefined): unknown =>
  (answer as { errors?: { pointer: string }[] }).errors?.[0]?.pointer;

/** A correction for the provider, of one of its events unless said otherwise. */
const correction = (target: string, part: object = {}, data: object = {}, source = SOURCE) =>
  event(
    { id: randomUUID(), source: FOR, ...part },
    { ...data, supersedes: { source, id: target, reason: 'appeal' } },
  );

describe('who corrects for a provider', () => {
  it('is refused unless the provider lets it, and taken when sent again after that', async () => {
    const { uni, qa, provider } = world();
    const one = randomUUID();
    const [corrected, undo] = [
      correction(one),
      voiding({ id: randomUUID(), source: FOR }, { target: { source: SOURCE, id: one } }),
    ];
    await uni.dismiss('qa');
    expect(await provider.oneByOne(event({ id: one }))).toEqual(['recorded']);
    const refused = async () => {
      const answers = await qa.post(corrected, undo);
      expect(answers.map(said)).toEqual(['source-not-yours', 'source-not-yours']);
    };
    expect(await provider.added(refused)).toBe(0);
    await uni.name('qa', [OTHER]);
    await refused();
    await uni.name('qa', [SOURCE]);
    expect(await qa.oneByOne(corrected, corrected, undo, undo)).toEqual([
      'recorded',
      'duplicate',
      'recorded',
      'duplicate',
    ]);
    await uni.dismiss('qa');
    expect(await qa.oneByOne(correction(one), corrected)).toEqual([
      'source-not-yours',
      'source-not-yours',
    ]);
  });

  it('corrects the provider’s learner in its name, with the assurance of the lower', async () => {
    const { uni, qa, provider } = world();
    await uni.name('qa', [SOURCE]);
    const [first] = await provider.post(event({ id: 'whose' }));
    const [answer] = await qa.post(correction('whose'));
    const [before, after] = [await world().entryOf(first), await world().entryOf(answer)];
    expect(after.entry.alias).toBe(before.entry.alias);
    expect(after.entry).toMatchObject({ provider: 'uni', data: { eventSource: FOR } });
    expect(after.data).toMatchObject({
      provider: { id: 'urn:llcl:uni', type: 'university' },
      learningContext: 'formal',
      // The body is registered for more.
      assurance: { level: 'assessed', qualityBody: 'urn:llcl:qa' },
    });
    const assurance = { level: 'quality-assured' };
    expect(await qa.oneByOne(correction('whose', {}, { assurance }))).toEqual([
      'assurance-too-high',
    ]);
    // Its own learners are others, whatever they are called.
    const own = await qa.post(event({ id: 'own', source: 'urn:llcl:qa:desk' }));
    expect((await world().entryOf(own[0])).entry.alias).not.toBe(before.entry.alias);
    const learner = { alias: (await world().entryOf(own[0])).entry.alias };
    expect(await qa.oneByOne(correction('whose', {}, { learner }))).toEqual(['alias-unknown']);
  });

  it('forms one chain with the provider, whoever comes first', async () => {
    const { uni, qa, provider } = world();
    await uni.name('qa', [SOURCE]);
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    await provider.post(event({ id: one }));
    const own = (target: string, source = SOURCE) =>
      correction(target, { source: SOURCE }, {}, source);
    expect(await qa.oneByOne(correction(one, { id: two }))).toEqual(['recorded']);
    expect(await provider.oneByOne(own(one))).toEqual(['already-superseded']);
    // Its own chain.
    expect(await qa.oneByOne(correction(two, { id: three }, {}, FOR))).toEqual(['recorded']);
    expect(await provider.oneByOne(own(two, FOR), own(three, FOR))).toEqual([
      'already-superseded',
      'recorded',
    ]);
    expect(await qa.oneByOne(correction(three, {}, {}, FOR))).toEqual(['already-superseded']);
    const rivals = await Promise.all(
      [qa, provider, qa, provider].map((each, n) => {
        const event = { ...own('at-once'), ...(n % 2 === 0 ? { source: FOR } : {}) };
        return each.oneByOne(event);
      }),
    );
    expect(rivals.flat().toSorted()).toEqual([...Array(3).fill('already-superseded'), 'recorded']);
  });

  it('may not go further than it was let', async () => {
    const { uni, qa, qb } = world();
    await uni.name('qa', [SOURCE]);
    await world().nameFor('qa', 'qb', ['urn:llcl:qa:desk']);
    const target = randomUUID();
    const from = (source: string, of = SOURCE) => correction(target, { source }, {}, of);
    for (const [sender, sent] of [
      // Another source of the provider, in its own source or in one that is not for it.
      [qa, from('urn:llcl:qa:for.uni.other', OTHER)],
      [qa, from(FOR, OTHER)],
      // A third provider's, its own, what it says of itself.
      [qa, from('urn:llcl:qa:for.mooc.lms', 'urn:llcl:mooc:lms')],
      [qa, from(FOR, 'urn:llcl:mooc:lms')],
      [qa, from(FOR, 'urn:llcl:qa:desk')],
      [qa, from('urn:llcl:qa:desk', FOR)],
      [qa, from('urn:llcl:qa:desk')],
      // In the provider's name outright, or another body's.
      [qa, from(SOURCE)],
      [qa, from('urn:llcl:qb:for.uni.lms')],
      // A body of the body.
      [qb, from('urn:llcl:qb:for.qa.desk', SOURCE)],
      [qb, from('urn:llcl:qb:for.qa.desk', FOR)],
      [qb, from('urn:llcl:qb:for.uni.lms')],
      [qb, from(FOR)],
    ] as const)
      expect(await sender.oneByOne(sent)).toEqual(['source-not-yours']);
    const [answer] = await qa.post(event({ id: randomUUID(), source: FOR }));
    expect(refusedAt(answer)).toBe('#/data/supersedes');
  });

  it('is let or not however late the news are', async () => {
    const { uni, qa } = world();
    await uni.name('qa', [SOURCE]);
    await uni.dismiss('qa');
    await world().repeat('qa');
    expect(await qa.oneByOne(correction(randomUUID()))).toEqual(['source-not-yours']);
  });

  it('is told when the provider’s learner was erased', async () => {
    const { uni, qa, provider } = world();
    await uni.name('qa', [SOURCE]);
    const account = { homePage: 'https://uni.example', name: randomUUID() };
    const eraser = new Eraser(() => provider.recorder);
    const person = await eraser.claim([{ account }]);
    const one = randomUUID();
    const corrected = correction(one, {}, { learner: { account } });
    await provider.post(event({ id: one }, { learner: { account } }));
    expect(await qa.oneByOne(corrected)).toEqual(['recorded']);
    await eraser.erase(person);
    expect(await qa.oneByOne(corrected)).toEqual(['event-erased']);
    // The name is somebody else's from now on: it corrects nothing of who was erased.
    const [late] = await qa.post(correction(one, { id: 'late' }, { learner: { account } }));
    expect(late && said(late)).toBe('already-superseded');
    const [other] = await qa.post(correction(randomUUID(), {}, { learner: { account } }));
    expect(person.aliases).not.toContain((await world().entryOf(other)).entry.alias);
  });

  it('is checked alike in the test area', async () => {
    const { uni, qa } = world();
    await uni.dismiss('qa');
    expect(await qa.tries(correction(randomUUID()))).toEqual(['source-not-yours']);
    await uni.name('qa', [SOURCE]);
    expect(await qa.tries(correction(randomUUID()))).toEqual(['test']);
  });

  it('has nothing kept of what is refused, as it names the learners of another', async () => {
    const { uni, qa } = world();
    await uni.dismiss('qa');
    const before = await world().kept('qa');
    await qa.post(correction(randomUUID()));
    expect(await world().kept('qa')).toBe(before);
    await qa.post(correction(randomUUID(), { source: 'urn:llcl:mooc:lms' }));
    expect(await world().kept('qa')).toBe(before + 1);
  });
});
