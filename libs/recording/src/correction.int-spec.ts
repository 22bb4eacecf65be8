import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import { correcting, usingProvider, said } from './testing/provider.js';
import { event, SOURCE, statement, voiding } from './testing/samples.js';

/** What corrects and what takes back, a test for each rule; on the real log and PostgreSQL. */
const provider = usingProvider((definition, settings) =>
  createService(definition, loadConfig(settings)),
);

describe('correction', () => {
  it('is a new event, whatever comes first, and its repeat a success', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const correction = correcting(one, two, { revision: 2 });
    expect(
      await provider().oneByOne(correction, correction, event({ id: one }), correction),
    ).toEqual(['recorded', 'duplicate', 'recorded', 'duplicate']);
  });

  it('forms a chain: a second correction of the same event is a conflict', async () => {
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    expect(
      await provider().oneByOne(
        event({ id: one }),
        correcting(one, two),
        correcting(one, randomUUID()),
      ),
    ).toEqual(['recorded', 'recorded', 'already-superseded']);
    expect(await provider().oneByOne(correcting(two, three), correcting(one, two))).toEqual([
      'recorded',
      'duplicate',
    ]);
  });

  it('is a conflict for one of two in the same batch only, and the others are recorded', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const first = correcting(one, two);
    const batch = [
      event({ id: randomUUID() }),
      first,
      first,
      correcting(one, randomUUID()),
      event({ id: one }),
    ];
    const work = async () =>
      expect((await provider().post(...batch)).map(said)).toEqual([
        'recorded',
        'recorded',
        'duplicate',
        'already-superseded',
        'recorded',
      ]);
    expect(await provider().added(work)).toBe(3);
  });

  it('is won by one of many that come at once', async () => {
    const one = randomUUID();
    const rivals = Array.from({ length: 12 }, () => correcting(one, randomUUID()));
    const answers = (await Promise.all(rivals.map((each) => provider().oneByOne(each)))).flat();
    expect(answers.toSorted()).toEqual([...Array(11).fill('already-superseded'), 'recorded']);
  });

  it('of what another provider sent is refused', async () => {
    const supersedes = { source: 'urn:llcl:mooc:main', id: 'e-1', reason: 'regrade' };
    expect(await provider().oneByOne(event({ id: randomUUID() }, { supersedes }))).toEqual([
      'source-not-yours',
    ]);
  });

  it('cannot be of itself, nor a first revision', async () => {
    const id = randomUUID();
    expect(
      await provider().oneByOne(
        correcting(id, id),
        correcting(randomUUID(), randomUUID(), { revision: 1 }),
      ),
    ).toEqual(['invalid-input', 'invalid-input']);
  });
});

describe('void', () => {
  const SEVERAL = 3;

  it('is recorded before its target too, and again as a repeat', async () => {
    const id = randomUUID();
    const undo = voiding({ id: randomUUID() }, { target: { source: SOURCE, id } });
    expect(await provider().oneByOne(undo, event({ id }), undo)).toEqual([
      'recorded',
      'recorded',
      'duplicate',
    ]);
  });

  it('of a void is rejected: recorded before, in the same batch, or of itself', async () => {
    const [undo, self] = [randomUUID(), randomUUID()];
    const of = (id: string, own = randomUUID()) =>
      voiding({ id: own }, { target: { source: SOURCE, id } });
    await provider().post(of(randomUUID(), undo));
    expect(await provider().oneByOne(of(undo), of(self, self))).toEqual([
      'void-of-void',
      'void-of-void',
    ]);
    const [first, second] = [randomUUID(), randomUUID()];
    const answers = await provider().post(of(second), of(first, second), event({ id: first }));
    expect(answers.map(said)).toEqual(['void-of-void', 'recorded', 'recorded']);
  });

  it('of a void that was not known yet stays recorded, and repeats as such', async () => {
    const undo = randomUUID();
    const early = voiding({ id: randomUUID() }, { target: { source: SOURCE, id: undo } });
    const late = voiding({ id: undo }, { target: { source: SOURCE, id: randomUUID() } });
    expect(await provider().oneByOne(early, late, early)).toEqual([
      'recorded',
      'recorded',
      'duplicate',
    ]);
  });

  it('of what another provider sent is refused', async () => {
    const target = { source: 'urn:llcl:mooc:main', id: 'e-1' };
    expect(await provider().oneByOne(voiding({ id: randomUUID() }, { target }))).toEqual([
      'source-not-yours',
    ]);
  });

  it('of a voided event by another void is recorded and changes nothing', async () => {
    const id = randomUUID();
    const voids = Array.from({ length: SEVERAL }, () =>
      voiding({ id: randomUUID() }, { target: { source: SOURCE, id } }),
    );
    expect(await provider().oneByOne(...voids)).toEqual(Array(SEVERAL).fill('recorded'));
  });

  it('of a void is refused for statements too, with nothing of the batch stored', async () => {
    const [one, undo] = [randomUUID(), randomUUID()];
    const voids = (id: string, target: string) =>
      statement({
        id,
        verb: { id: 'http://adlnet.gov/expapi/verbs/voided' },
        object: { objectType: 'StatementRef', id: target },
      });
    expect(
      (await provider().xapi('POST', 'statements', [statement({ id: one }), voids(undo, one)]))
        .status,
    ).toBe(200);
    const refused = async () => {
      const batch = [statement({ id: randomUUID() }), voids(randomUUID(), undo)];
      expect((await provider().xapi('POST', 'statements', batch)).json).toMatchObject({
        status: 422,
        code: 'void-of-void',
      });
    };
    expect(await provider().added(refused)).toBe(0);
  });
});
