import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { intakeTopicOf, receiptsTopicOf } from '#contracts';
import { createDatabase, type Database, describeWithKafka } from '#testing';
import { type Kafka as Broker, startKafka } from '../../../deploy/kafka/start-kafka.js';
import { createMessaging, type Messaging } from './messaging.js';
import { messagingMigrations } from './migrations.js';
import { eventually, silent } from './testing/eventually.js';
import { IntakeClient } from './testing/intake-client.js';
import { MemoryLog } from './testing/memory-log.js';
import { Register } from './testing/register.js';

jest.setTimeout(120_000);

const USERS = ['ledger', 'uni', 'library'];
const passwordOf = (user: string): string => `${user}-secret`;
const jaas = [
  'org.apache.kafka.common.security.plain.PlainLoginModule required',
  'username="ledger"',
  `password="${passwordOf('ledger')}"`,
  ...USERS.map((user) => `user_${user}="${passwordOf(user)}"`),
].join(' ');

/** As docs/operations.md says: everybody signs in, and nobody may do what no rule allows. */
const GUARDED = {
  listeners: 'SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllerPort}',
  'advertised.listeners': 'SASL_PLAINTEXT://127.0.0.1:{port}',
  'listener.security.protocol.map': 'SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'SASL_PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN',
  'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  'listener.name.sasl_plaintext.plain.sasl.jaas.config': `${jaas};`,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ledger;User:ANONYMOUS',
};

describeWithKafka('on a broker that guards its topics', () => {
  let broker: Broker;
  let database: Database;
  let messaging: Messaging;
  let register: Register;
  const open: { disconnect(): Promise<void> }[] = [];

  const as = (user: string): Kafka =>
    new Kafka({
      brokers: [broker.broker],
      logLevel: logLevel.NOTHING,
      retry: { retries: 1 },
      sasl: { mechanism: 'plain', username: user, password: passwordOf(user) },
    });
  const write = async (user: string, client: string): Promise<void> => {
    const producer = as(user).producer();
    open.push(producer);
    await producer.connect();
    await producer.send({
      topic: intakeTopicOf(client),
      messages: [{ key: 'k', value: `by ${user} for ${client}` }],
    });
  };
  const read = async (user: string, topic: string, group: string): Promise<string> => {
    const consumer = as(user).consumer({ groupId: group, maxWaitTimeInMs: 100 });
    open.push(consumer);
    const first = Promise.withResolvers<string>();
    consumer.on(consumer.events.CRASH, ({ payload }) => first.reject(payload.error));
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => Promise.resolve(first.resolve(String(message.value))),
    });
    return first.promise;
  };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-acl-'));
    broker = await startKafka({ folder, port: 0, settings: GUARDED });
    database = await createDatabase(messagingMigrations);
    register = new Register(database.dataSource, ['library', 'uni']);
    await Register.prepare(database.dataSource);
    messaging = createMessaging({
      dataSource: database.dataSource,
      databaseUrl: database.url,
      log: new MemoryLog('recorder'),
      projections: [],
      intake: register,
      sealingKey: new Uint8Array(32),
      brokers: [broker.broker],
      security: {
        tls: false,
        user: { name: 'ledger', password: passwordOf('ledger'), mechanism: 'plain' },
      },
      service: 'recorder',
      logger: silent,
    });
    await messaging.start();
    await eventually(() => messaging.isHealthy(), Boolean, 40_000);
  });
  afterAll(async () => {
    await Promise.all(open.splice(0).map((client) => client.disconnect()));
    await messaging?.stop();
    await database?.close();
    await broker?.stop();
  });

  it('a client writes to its own topic and reads its own answers', async () => {
    const uni = as('uni');
    const client = await new IntakeClient(uni, 'uni', '', 'uni.answers').connect();
    open.push({ disconnect: () => client.close() });
    await client.names(['hello']);
    expect(await client.answered(1)).toMatchObject([{ key: 'key-hello' }]);
    expect(await register.names()).toEqual(['hello']);
  });

  it('nobody writes for another, or reads what another is answered', async () => {
    await expect(write('library', 'uni')).rejects.toThrow(/authorized|does not host/iu);
    await expect(read('library', receiptsTopicOf('uni'), 'library.x')).rejects.toThrow(
      /authorized|does not host/iu,
    );
    await expect(read('library', receiptsTopicOf('library'), 'uni.x')).rejects.toThrow(
      /authorized|group coordinator/iu,
    );
    await write('library', 'library');
    const answer = await read('library', receiptsTopicOf('library'), 'library.x');
    expect(JSON.parse(answer)).toMatchObject({ eventId: 'by library for library' });
    expect(await register.names()).toEqual(['by library for library', 'hello']);
  });

  it('a stranger is not let in', async () => {
    const stranger = new Kafka({
      brokers: [broker.broker],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      sasl: { mechanism: 'plain', username: 'uni', password: 'guessed' },
    });
    await expect(stranger.admin().connect()).rejects.toThrow(/authentication/iu);
  });
});
