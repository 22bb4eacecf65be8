import { describe, expect, it } from '@jest/globals';
import { readStatements } from './statements.js';
import { SOURCE, statement } from '../testing/samples.js';

const read = (...statements: readonly unknown[]) =>
  readStatements(statements, SOURCE, 'xapi-2.0.0', (n) => `/${n}`);
const first = (part: object = {}) => {
  const [one] = read(statement(part));
  if (!one?.submission) throw new Error('is telemetry');
  return one.submission;
};
const ID = 'F1A2B3C4-0000-4000-8000-00000000000A';

describe('xAPI statements', () => {
  it('become reports under the client’s source, with what was sent kept by hash', () => {
    expect(first({ id: ID })).toMatchObject({
      report: {
        is: 'learning',
        source: SOURCE,
        id: ID.toLowerCase(),
        times: [Date.parse('2026-05-04T09:00:00Z')],
        data: { verb: 'passed' },
      },
      raw: {
        format: 'xapi-2.0.0',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/u),
        verb: 'http://adlnet.gov/expapi/verbs/passed',
      },
    });
  });

  it('that are telemetry become nothing, but keep their id', () => {
    const verb = { id: 'http://id.tincanapi.com/verb/viewed' };
    expect(read(statement({ verb, id: ID }))).toEqual([{ id: ID.toLowerCase() }]);
  });

  it.each([
    [{ actor: undefined }, '#/1/actor'],
    [{ verb: { id: 'passed' } }, '#/1/verb/id'],
    [{ verb: undefined }, '#/1/verb'],
    [{ object: {} }, '#/1/object/id'],
    [{ id: 'e-1' }, '#/1/id'],
    [{ hobby: 1 }, '#/1/hobby'],
    [{ timestamp: '2026-05-04' }, '#/1/timestamp'],
    [{ timestamp: '2016-12-31T23:59:60Z' }, '#/1/timestamp'],
    [{ result: { score: { raw: 3, max: 2 } } }, '#/1/result/score'],
    [{ result: { score: { scaled: 1.5 } } }, '#/1/result/score/scaled'],
    [{ result: { duration: '3 hours' } }, '#/1/result/duration'],
    [{ result: null }, '#/1/result'],
    [{ context: { registration: '7' } }, '#/1/context/registration'],
    [{ actor: { mbox: 'amina' } }, '#/1/actor/mbox'],
    [{ attachments: [{ usageType: 'urn:x:y' }] }, '#/1/attachments/0/fileUrl'],
  ])('are refused together if one is wrong: %j', (part, pointer) => {
    expect(() => read(statement(), statement(part), statement())).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        issues: expect.arrayContaining([expect.objectContaining({ pointer })]),
      }),
    );
  });

  it.each([null, 1, 'x', []])('are objects, not %j', (value) => {
    expect(() => read(value)).toThrow(/^invalid-input/u);
  });

  it.each([
    [{}],
    [{ mbox: 'mailto:a@b.c', account: { homePage: 'https://x.example', name: '1' } }],
  ])('name their actor by exactly one identifier, not by %j', (actor) => {
    expect(() => read(statement({ actor }))).toThrow(/^invalid-input/u);
  });

  it('have ids of their own within a batch, whatever the case', () => {
    expect(() => read(statement({ id: ID }), statement({ id: ID.toLowerCase() }))).toThrow(
      expect.objectContaining({
        issues: [{ pointer: '#/1/id', detail: 'Another statement of the batch has this id.' }],
      }),
    );
  });

  it('say the same whatever the store sets, the time zone and what is displayed', () => {
    const same = first({ id: ID, result: { duration: 'PT1.236S' } }).content;
    const others = [
      { timestamp: undefined },
      { stored: '2026-05-05T00:00:00Z', version: '1.0.0' },
      { verb: { id: 'http://adlnet.gov/expapi/verbs/passed', display: { en: 'passed' } } },
      { object: { id: 'https://uni.example/course/12', definition: { name: { en: 'X' } } } },
      { actor: { account: { homePage: 'https://uni.example', name: '204' }, name: 'A. Diallo' } },
      { result: { duration: 'PT1.239S' } },
    ];
    for (const other of others)
      expect(first({ id: ID, result: { duration: 'PT1.236S' }, ...other }).content).toBe(same);
    const inAnotherZone = { id: ID, timestamp: '2026-05-04T11:00:00+02:00' };
    expect(first(inAnotherZone).happenedAt).toBe(first({ id: ID }).happenedAt);
    for (const other of [
      { result: { duration: 'PT1.246S' } },
      { object: { id: 'https://uni.example/course/13' } },
      { verb: { id: 'http://adlnet.gov/expapi/verbs/failed' } },
      { context: { platform: 'Moodle' } },
    ])
      expect(first({ id: ID, result: { duration: 'PT1.236S' }, ...other }).content).not.toBe(same);
  });
});
