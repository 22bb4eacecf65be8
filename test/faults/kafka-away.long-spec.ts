import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { describeWithKafka } from '#testing';
import { type Kafka, startKafka } from '../../deploy/kafka/start-kafka.js';
import { Person, tokenFor } from '../journey/client.js';
import { createEmptyDatabase } from '../journey/database.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';
import * as story from '../journey/story.js';

jest.setTimeout(150_000);

/** All contexts in one process, joined by a Kafka of this test's own. */
describeWithKafka('when Kafka goes away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-kafka-away-'));
  let kafka: Kafka;
  let ledger: LedgerProcess;
  let mooc: Person;

  beforeAll(async () => {
    kafka = await startKafka({ folder: join(folder, 'kafka'), port: 0 });
    const port = await freePort();
    const url = `http://localhost:${port}`;
    ledger = new LedgerProcess('apps/all-in-one/src/main.js', url, {
      PORT: String(port),
      DATABASE_URL: await createEmptyDatabase(),
      DATA_DIR: folder,
      KAFKA_BROKERS: kafka.broker,
    });
    ledger.start();
    await ledger.ready();
    const keys = join(folder, 'keys');
    const admin = new Person(url, await tokenFor(keys, url, { id: 'per_operator', role: 'admin' }));
    await admin.must(201, 'post', '/v1/clients', story.MOOC);
    mooc = new Person(url, await tokenFor(keys, url, { id: story.MOOC.id, role: 'provider' }));
    await mooc.eventually('/v1/institutions', ({ data }) => data.length === 1);
    const [, definition] = story.achievements[1] ?? [];
    await mooc.must(201, 'post', '/v1/achievements', definition);
  });
  afterAll(async () => {
    await ledger?.stop();
    await kafka?.stop();
  });

  it('records all the same, turns readiness red, and catches up by itself', async () => {
    const { port } = new URL(`kafka://${kafka.broker}`);
    await kafka.stop();
    const ready = await mooc.until('/health/ready', ({ status }) => status === 503);
    expect(ready.body.parts).toMatchObject({ database: true, messaging: false });
    expect(Number(ready.headers['retry-after'])).toBeGreaterThan(0);
    const { results } = await mooc.must(200, 'post', '/v1/events', story.moocEvents);
    expect(results.map(({ status }: { status: string }) => status)).toEqual(
      story.moocEvents.map(() => 'recorded'),
    );
    expect((await mooc.must(200, 'get', '/v1/credentials')).data).toEqual([]);

    kafka = await startKafka({ folder: join(folder, 'kafka'), port: Number(port) });
    await mooc.until('/health/ready', ({ status }) => status === 200);
    const issued = await mooc.eventually('/v1/credentials', ({ data }) => data.length > 0);
    expect(issued.data).toHaveLength(1);
    expect(ledger.hasExited).toBe(false);
  });
});
