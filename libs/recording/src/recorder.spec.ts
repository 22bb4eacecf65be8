import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Receipt } from '#contracts';
import { FixedClock, inMemoryVault, InMemoryLog } from '#testing';
import type { Vault } from '#vault';
import { EventIds } from './event-ids.js';
import { readNativeEvent } from './native-event.js';
import { Recorder } from './recorder.js';
import { client, event, keyRing, NOW, statement, voiding } from './testing/samples.js';
import { checkStatements, submissionOf } from './xapi/statements.js';

let log: InMemoryLog;
let vault: Vault;
let recorder: Recorder;

beforeEach(() => {
  log = new InMemoryLog();
  vault = inMemoryVault();
  recorder = new Recorder(log, vault, new FixedClock(NOW), new EventIds(keyRing));
});

const record = (...events: readonly unknown[]) =>
  recorder.record(client, events.map(readNativeEvent));
const statuses = async (...events: readonly unknown[]) =>
  (await record(...events)).map((outcome) =>
    outcome.is === 'recorded' ? outcome.receipt.status : outcome.error.code,
  );
const receiptOf = async (one: unknown): Promise<Receipt> => {
  const [outcome] = await record(one);
  if (outcome?.is !== 'recorded') throw new Error('was refused');
  return outcome.receipt;
};
const opened = async (n: number): Promise<object | undefined> => {
  const { alias = '', id, kind, sealed = new Uint8Array() } = log.entries[n] ?? {};
  const [data] = await vault.open([{ alias, context: `${id}|${kind}`, sealed }]);
  return data;
};

describe('recording', () => {
  it('seals what is said about the learner and says who sent it in the open', async () => {
    const receipt = await receiptOf(event());
    const [entry] = log.entries;
    expect(receipt).toEqual({
      eventId: entry?.id,
      log: log.name,
      seq: 0,
      leafHash: Buffer.from(entry?.leafHash ?? []).toString('hex'),
      status: 'recorded',
    });
    expect(entry).toMatchObject({
      kind: 'learning-event',
      time: '2026-05-04T09:00:00.000Z',
      provider: 'uni',
      data: { eventSource: 'urn:llcl:uni:lms', eventId: 'e-1' },
    });
    expect(JSON.stringify({ ...entry, sealed: undefined, leafHash: undefined })).not.toMatch(
      /204|course|Nursing/u,
    );
    expect(await opened(0)).toMatchObject({
      learner: { id: entry?.alias },
      provider: { id: 'urn:llcl:uni', type: 'university' },
      assurance: { level: 'assessed' },
      raw: { format: 'native' },
    });
  });

  it('answers a repeat with the first receipt, and other content with a conflict', async () => {
    const first = await receiptOf(event());
    expect(await receiptOf(event())).toEqual({ ...first, status: 'duplicate' });
    expect(await receiptOf(event({ time: '2026-02-02T10:00:00Z' }))).toMatchObject({
      status: 'duplicate',
    });
    const other = event({}, { result: { success: false } });
    expect(await statuses(other, event(), event({ id: 'e-2' }))).toEqual([
      'event-conflict',
      'duplicate',
      'recorded',
    ]);
    expect(await statuses(event({}, { learner: { mailHash: 'b'.repeat(40) } }))).toEqual([
      'event-conflict',
    ]);
    expect(log.entries).toHaveLength(2);
  });

  it('is not told apart by what the registration adds', async () => {
    const submission = readNativeEvent(event());
    await recorder.record(client, [submission]);
    const [again] = await recorder.record({ ...client, highestAssurance: 'observed' }, [
      submission,
    ]);
    expect(again).toMatchObject({ receipt: { status: 'duplicate' } });
  });

  it('derives an id that cannot be computed from outside, if there is a time', async () => {
    const without = event({ id: undefined });
    expect(await statuses(without, without)).toEqual(['recorded', 'duplicate']);
    expect(log.entries[0]?.data).toMatchObject({
      eventId: expect.stringMatching(/^h-[0-9a-f]{40}$/u),
    });
    const elsewhere = new EventIds({ secret: () => Buffer.alloc(32, 'another') });
    const alias = log.entries[0]?.alias;
    expect(elsewhere.of(readNativeEvent(without), alias).eventId).not.toBe(
      (log.entries[0]?.data as { eventId: string } | undefined)?.eventId,
    );
    const others = [
      event({ id: undefined }, { learner: { mailHash: 'b'.repeat(40) } }),
      event({ id: undefined }, { occurredAt: '2026-05-04T09:00:01Z' }),
      event({ id: undefined, source: 'urn:llcl:uni:other' }),
    ];
    expect(await statuses(...others)).toEqual(['recorded', 'recorded', 'recorded']);
  });

  it('says that a repeat could not be told if there is neither id nor time', async () => {
    const bare = event({ id: undefined, time: undefined }, { occurredAt: undefined });
    const receipt = await receiptOf(bare);
    expect(receipt.note).toMatch(/repeat/u);
    expect(await receiptOf(bare)).toMatchObject({ status: 'recorded' });
    expect(await opened(0)).toMatchObject({ occurredAt: NOW });
    expect(log.entries[0]?.time).toBe(NOW);
  });

  it('compares without the time where none was sent', async () => {
    const bare = event({ time: undefined }, { occurredAt: undefined });
    expect(await statuses(bare, bare)).toEqual(['recorded', 'duplicate']);
  });

  it('gives statements without an id a UUID', async () => {
    const [sent] = checkStatements([statement()], '1.0.3', () => '');
    const submission = sent && submissionOf(sent, 'urn:llcl:uni:lms', 'xapi-1.0.3');
    if (!submission) throw new Error('is telemetry');
    const [first] = await recorder.record(client, [submission]);
    const [again] = await recorder.record(client, [submission]);
    expect(first).toMatchObject({
      eventId: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
      ),
    });
    expect(again).toMatchObject({ receipt: { status: 'duplicate' } });
  });

  it('keeps of a void what it undoes and why, and nothing else', async () => {
    expect(await statuses(voiding({}, { note: 'Amina' }), voiding())).toEqual([
      'recorded',
      'duplicate',
    ]);
    expect(await statuses(voiding({}, { reason: 'duplicate' }))).toEqual(['event-conflict']);
    expect(log.entries).toEqual([
      expect.objectContaining({
        kind: 'learning-event-voided',
        data: {
          eventSource: 'urn:llcl:uni:lms',
          eventId: 'v-1',
          target: { source: 'urn:llcl:uni:lms', id: 'e-1' },
          reason: 'entered-in-error',
        },
      }),
    ]);
    expect(log.entries[0]).not.toHaveProperty('alias');
    expect(log.entries[0]).not.toHaveProperty('sealed');
  });

  it('takes aliases that we gave, and refuses only the events with others', async () => {
    const [alias] = await vault.aliasesFor([
      { provider: 'uni', identity: { mailHash: 'c'.repeat(40) } },
    ]);
    const [foreign] = await vault.aliasesFor([
      { provider: 'mooc', identity: { mailHash: 'c'.repeat(40) } },
    ]);
    expect(
      await statuses(
        event({ id: '1' }),
        event({ id: '2' }, { learner: { alias: foreign } }),
        event({ id: '3' }, { learner: { alias } }),
        event({ id: '4' }, { learner: { alias: `urn:lrn:${'a'.repeat(32)}` } }),
      ),
    ).toEqual(['recorded', 'alias-unknown', 'recorded', 'alias-unknown']);
    expect(log.entries).toHaveLength(2);
  });

  it('says of an event of somebody erased that it is not to be sent again', async () => {
    await vault.createPerson('per_1');
    await record(event());
    await vault.link('per_1', log.entries[0]?.alias ?? '', 1);
    await vault.destroy('per_1');
    expect(await statuses(event(), event({ id: 'e-2' }))).toEqual(['event-erased', 'recorded']);
    expect(await opened(0)).toBeUndefined();
  });

  it('asks the vault once for a batch, whatever its size', async () => {
    const calls: string[] = [];
    const counting = new Proxy(vault, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          calls.push(String(name));
          return method.apply(target, args);
        };
      },
    });
    const frugal = new Recorder(log, counting, new FixedClock(NOW), new EventIds(keyRing));
    const events = Array.from({ length: 50 }, (_, n) => event({ id: `e-${n}` }));
    await frugal.record(client, events.map(readNativeEvent));
    expect(calls).toEqual(['aliasesFor', 'contentMacs', 'seal']);
  });

  it('makes of the same events, in any batches and any order, one entry each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            fc.record({
              n: fc.nat({ max: 5 }),
              hasId: fc.boolean(),
              zone: fc.constantFrom('2026-05-04T09:00:00Z', '2026-05-04T11:00:00+02:00'),
            }),
            { minLength: 1, maxLength: 8 },
          ),
          { minLength: 1, maxLength: 6 },
        ),
        async (batches) => {
          log = new InMemoryLog();
          vault = inMemoryVault();
          recorder = new Recorder(log, vault, new FixedClock(NOW), new EventIds(keyRing));
          const said = ({ n, hasId, zone }: (typeof batches)[number][number]) =>
            event(
              { id: hasId ? `e-${n}` : undefined },
              {
                learner: { account: { homePage: 'https://uni.example', name: `${n}` } },
                occurredAt: zone,
              },
            );
          const answers = (
            await Promise.all(batches.map((batch) => record(...batch.map(said))))
          ).flat();
          const identities = new Set(batches.flat().map(({ n, hasId }) => `${n} ${hasId}`));
          expect(log.entries).toHaveLength(identities.size);
          const recorded = answers.filter(
            (answer) => answer.is === 'recorded' && answer.receipt.status === 'recorded',
          );
          expect(recorded).toHaveLength(identities.size);
          expect(answers.every(({ is }) => is === 'recorded')).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
