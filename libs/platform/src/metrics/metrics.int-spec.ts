import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recording } from '#recording';
import { type RunningService, startService } from '../testing/running-service.js';

const CLIENT = 'uni-of-aurora';
const SOURCE = `urn:llcl:${CLIENT}:lms`;

let recorder: RunningService;

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus' text format, line by line; a line of another form fails. */
const scrape = async (): Promise<readonly Sample[]> => {
  const { statusCode, headers, body } = await recorder.service.app.inject('/metrics');
  expect([statusCode, headers['content-type']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return body
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = /^([a-z0-9_:]+)(?:\{(.*)\})? (\S+)$/u.exec(line) ?? [];
      if (name === undefined) throw new Error(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/gu)].map(([, key, text]) => [key, text]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });
};
const valueOf = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}) =>
  samples.find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
  )?.value;

const event = (id: string) => ({
  specversion: '1.0',
  id,
  source: SOURCE,
  type: 'org.learning-ledger.passed.v1',
  time: '2026-05-04T09:00:00Z',
  data: {
    learner: { account: { homePage: 'https://uni.example', name: 'amina-204' } },
    activity: { id: 'https://uni.example/course/12', type: 'course' },
    verb: 'passed',
  },
});

beforeAll(async () => {
  recorder = await startService([recording]);
  const definition = {
    id: CLIENT,
    name: 'Aurora',
    type: 'university' as const,
    country: 'ES',
    homePage: 'https://uni.example',
    sources: [SOURCE],
    learningContext: 'formal' as const,
    highestAssurance: 'assessed' as const,
    recognises: false,
  };
  await recorder.service.foundation.db.query(
    'insert into recording.client (id, definition, basic_key_sha256) values ($1, $2, $3)',
    [CLIENT, JSON.stringify(definition), ''],
  );
}, 60_000);

afterAll(() => recorder?.stop());

const post = async (events: readonly object[]) => {
  const { statusCode } = await recorder.service.app.inject({
    method: 'POST',
    url: '/v1/events',
    headers: {
      authorization: await recorder.authorization(CLIENT),
      'content-type': 'application/json',
    },
    payload: JSON.stringify(events),
  });
  expect(statusCode).toBe(200);
};

describe('/metrics', () => {
  it('counts what was appended, answered and is waiting', async () => {
    await post([event('e-1'), event('e-1'), event('e-2')]);
    await post([{ ...event('e-1'), data: { ...event('e-1').data, verb: 'passed', credits: [] } }]);
    const samples = await scrape();
    expect(valueOf(samples, 'ledger_appended_total', { status: 'recorded' })).toBe(2);
    expect(valueOf(samples, 'ledger_appended_total', { status: 'duplicate' })).toBe(1);
    expect(valueOf(samples, 'ledger_append_seconds_count')).toBe(2);
    expect(valueOf(samples, 'ledger_log_entries')).toBe(2);
    const route = { route: '/v1/events', method: 'POST', status: '200' };
    expect(valueOf(samples, 'ledger_http_request_seconds_count', route)).toBe(2);
    for (const name of ['ledger_dead_letters_open', 'ledger_reader_stalled'])
      expect(valueOf(samples, name, { reader: 'recording-clients' })).toBe(0);
    const waiting = valueOf(samples, 'ledger_consumer_lag_messages', { topic: 'log' });
    expect(waiting).toBeGreaterThanOrEqual(0);
    expect(valueOf(samples, 'nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('names nobody: every label has one of a few values from the code', async () => {
    await post([event('event-three')]);
    for (const url of [
      '/amina-204',
      '/xapi/statements?agent=mailto:amina@uni.example',
      `/v1/deliveries/${CLIENT}`,
      '/health/live?who=amina',
    ])
      await recorder.service.app.inject(url);
    const samples = await scrape();
    const values = (label: string): readonly string[] =>
      [...new Set(samples.flatMap(({ labels }) => labels[label] ?? []))].toSorted();
    expect(values('route')).toEqual(
      expect.arrayContaining(['/health/live', '/metrics', '/v1/events', 'unknown']),
    );
    for (const route of values('route')) expect(route).toMatch(/^(?:unknown|\/[a-z0-9:/.*-]*)$/iu);
    // The last of Node itself.
    const known =
      'service method route status reader topic le result version major minor patch space kind type';
    expect(
      samples
        .flatMap(({ labels }) => Object.keys(labels))
        .filter((name) => !known.split(' ').includes(name)),
    ).toEqual([]);
    expect(values('reader')).toEqual(['recording-clients', 'recording-kept']);
    const text = (await recorder.service.app.inject('/metrics')).body;
    for (const name of [CLIENT, 'amina', 'uni.example', 'event-three', 'evt_', 'urn:'])
      expect(text).not.toContain(name);
  });
});
