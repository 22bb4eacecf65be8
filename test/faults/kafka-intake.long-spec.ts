import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import kafkajs, { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { describeWithKafka, kafkaBrokers } from '#testing';
import { eventually } from '../../libs/messaging/src/testing/eventually.js';
import { type Answer, IntakeClient } from '../../libs/messaging/src/testing/intake-client.js';
import { Person, tokenFor } from '../journey/client.js';
import { fsck, ledgerCommand } from '../journey/maintenance.js';
import * as story from '../journey/story.js';
import { usingDisturbedLedger } from './disturbed-ledger.js';

jest.setTimeout(120_000);

const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const [sample] = story.moocEvents;
if (!sample) throw new Error('no sample');
const event = (id: string, part: object = {}) => ({ ...sample, id, ...part });
const structured = (id: string, part: object = {}) => ({
  key: id,
  value: JSON.stringify(event(id, part)),
  headers: STRUCTURED,
});
const statusOf = ({ result }: Pick<Answer, 'result'>) =>
  'code' in result ? result.code : result.status;

/** A provider that has Kafka and nothing else, and a ledger that is disturbed in every way. */
describeWithKafka('events that come by Kafka', () => {
  const prefix = `intake-${randomBytes(4).toString('hex')}.`;
  let mooc: IntakeClient;
  let online: Person;
  const kafka = new Kafka({ brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING });
  afterAll(() => mooc?.close());
  const disturbed = usingDisturbedLedger('intake', {
    KAFKA_BROKERS: kafkaBrokers().join(','),
    KAFKA_TOPIC_PREFIX: prefix,
  });

  beforeAll(async () => {
    const admin = await disturbed.admin();
    const { keys, url } = disturbed;
    await admin.must(201, 'post', '/v1/clients', story.MOOC);
    online = new Person(url, await tokenFor(keys, url, { id: story.MOOC.id, role: 'provider' }));
    mooc = await new IntakeClient(kafka, story.MOOC.id, prefix).connect();
  });

  const answersTo = async (keys: readonly string[]): Promise<Record<string, string>> => {
    const first = () =>
      Object.fromEntries(
        mooc.answers
          .toReversed()
          .filter(({ key }) => keys.includes(key ?? ''))
          .map((answer) => [answer.key ?? '', statusOf(answer)] as const),
      );
    return eventually(first, (found) => Object.keys(found).length === keys.length, 60_000);
  };
  const recordedTimes = async (like: string): Promise<readonly number[]> => {
    const client = new pg.Client({ connectionString: disturbed.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ leaf: Buffer }>(
      `select leaf from log.entry where topic = 'learning-events.v1'`,
    );
    await client.end();
    const counts = new Map<string, number>();
    for (const { leaf } of rows)
      for (const [id] of leaf.toString('latin1').matchAll(new RegExp(`${like}-\\d+`, 'gu')))
        counts.set(id, (counts.get(id) ?? 0) + 1);
    return [...counts.values()];
  };

  it('are recorded as those of POST /v1/events are', async () => {
    const { data, datacontenttype: _, ...attributes } = event('binary');
    await mooc.send([
      structured('structured'),
      {
        key: 'binary',
        value: JSON.stringify(data),
        headers: {
          'content-type': 'application/json',
          ...Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]),
          ),
        },
      },
    ]);
    expect(await answersTo(['structured', 'binary'])).toEqual({
      structured: 'recorded',
      binary: 'recorded',
    });
    const { results } = await online.must(200, 'post', '/v1/events', [
      event('structured'),
      event('binary'),
      event('binary', {
        data: { ...sample.data, verb: 'failed' },
        type: 'org.learning-ledger.failed.v1',
      }),
    ]);
    expect(results.map((result: Answer['result']) => statusOf({ result }))).toEqual([
      'duplicate',
      'duplicate',
      'event-conflict',
    ]);
    const answer = mooc.answers.find(({ key }) => key === 'binary');
    expect(answer?.result).toEqual({ ...results[1], status: 'recorded' });
    expect(answer?.headers).toMatchObject({ ce_eventid: 'binary', ce_eventsource: sample.source });
  });

  it('are refused one by one, and what is wrong with some stops none', async () => {
    const admin = kafka.admin();
    await admin.connect();
    // As if an operator had raised the limit: the broker alone would have refused this one.
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: mooc.intakeTopic,
          configEntries: [{ name: 'max.message.bytes', value: `${16 * 1024 * 1024}` }],
        },
      ],
    });
    await admin.disconnect();
    const partition = 1;
    const bad = {
      'not-json': { value: 'Amina Diallo' },
      'no-value': { value: null },
      'ten-megabytes': { value: Buffer.alloc(10 * 1024 * 1024, 'Amina ') },
      'other-header': { ...structured('x'), headers: { ...STRUCTURED, ce_id: 'y' } },
      'not-ours': structured('z', { source: 'urn:llcl:ring:main' }),
      'no-identity': structured('w', { id: undefined, time: undefined }),
      avro: { value: 'x', headers: { 'content-type': 'application/avro' } },
    };
    const messages = Object.entries(bad).flatMap(([key, message]) => [
      { ...structured(`before-${key}`), partition },
      { ...message, key, partition },
    ]);
    for (const message of [...messages, { ...structured('last'), partition }])
      await mooc.send([message]);
    expect(await answersTo([...Object.keys(bad), 'last'])).toEqual({
      'not-json': 'malformed-json',
      'no-value': 'malformed-json',
      'ten-megabytes': 'too-large',
      'other-header': 'invalid-input',
      'not-ours': 'source-not-yours',
      'no-identity': 'invalid-input',
      avro: 'unsupported-media-type',
      last: 'recorded',
    });
    expect(Object.values(await answersTo(Object.keys(bad).map((key) => `before-${key}`)))).toEqual(
      Object.keys(bad).map(() => 'recorded'),
    );
    expect(JSON.stringify(mooc.answers.map(({ result }) => result))).not.toContain('Amina');

    const listed = ledgerCommand(['dead-letters', 'list'], disturbed.env);
    expect(listed).toMatch(/\b7 dead letters\b/u);
    expect(listed).not.toContain('Amina');
    expect(ledgerCommand(['dead-letters', 'retry'], disturbed.env)).toMatch(/0 of 7 dead letters/u);
    const client = new pg.Client({ connectionString: disturbed.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ message: Buffer }>(
      'select message from messaging.dead_letter',
    );
    await client.end();
    const kept = Buffer.concat(rows.map(({ message }) => message));
    expect(kept.includes('Amina') || kept.includes(Buffer.from('Amina').toString('base64'))).toBe(
      false,
    );
    expect(kept.length).toBeLessThan(1024 * 1024);
  });

  it('wait in Kafka while the database is away, and none is lost', async () => {
    const ids = Array.from({ length: 300 }, (_, n) => `waiting-${n}`);
    await disturbed.stopDatabase();
    await mooc.send(ids.map((id) => structured(id)));
    await online.until('/health/ready', ({ status }) => status === 503);
    expect(mooc.answers.filter(({ key }) => key?.startsWith('waiting'))).toEqual([]);
    await disturbed.startDatabase();
    expect(new Set(Object.values(await answersTo(ids)))).toEqual(new Set(['recorded']));
    const times = await recordedTimes('waiting');
    expect([times.length, Math.max(...times)]).toEqual([300, 1]);
    await disturbed.process.ready();
  });

  it('are recorded once each when the process dies between the append and its answer', async () => {
    await disturbed.process.stop();
    // The first are taken in by four, one for each partition; of the others at least one is not answered.
    disturbed.process.start({ FAILPOINT: 'intake.after-take:6' });
    const ids = Array.from({ length: 400 }, (_, n) => `cut-${n}`);
    for (let from = 0; from < ids.length; from += 50) {
      await mooc.send(ids.slice(from, from + 50).map((id) => structured(id)));
      if (from === 0) await answersTo(ids.slice(0, 50));
    }
    await disturbed.process.ended();
    disturbed.process.start();
    await disturbed.process.ready();
    const answers = Object.values(await answersTo(ids));
    expect(answers).toHaveLength(400);
    expect(new Set(answers)).toEqual(new Set(['recorded', 'duplicate']));
    const times = await recordedTimes('cut');
    expect([times.length, Math.max(...times)]).toEqual([400, 1]);
    expect(await fsck([{ name: 'ledger', databaseUrl: disturbed.databaseUrl }])).toEqual([]);
  });

  it('can be read, published and answered again by hand, which changes nothing', async () => {
    await disturbed.process.stop();
    expect(ledgerCommand(['replay', 'recording-clients'], disturbed.env)).toMatch(
      /^1 messages were read/u,
    );
    expect(ledgerCommand(['backfill'], disturbed.env)).toMatch(
      /^\d{3} entries of the log are in Kafka/u,
    );
    expect(ledgerCommand(['reread-intake'], disturbed.env)).toMatch(
      /^\d{3} messages were read again/u,
    );
    expect(ledgerCommand(['lag'], disturbed.env)).toMatch(
      /^ +0 {2}intake {2}learning-events\.intake\.v1$/mu,
    );
    expect(await fsck([{ name: 'ledger', databaseUrl: disturbed.databaseUrl }])).toEqual([]);
    const times = await recordedTimes('cut');
    expect([times.length, Math.max(...times)]).toEqual([400, 1]);
  });
});
