import type { Database } from '#testing';
import { createDatabase, kafkaBrokers } from '#testing';
import type { Messaging, MessagingOptions } from '../messaging.js';
import { messagingMigrations } from '../migrations.js';
import { eventually } from './eventually.js';
import { IntakeClient } from './intake-client.js';
import { KafkaSystem } from './kafka-system.js';
import { MemoryLog } from './memory-log.js';
import { oneForEach } from './one-for-each.js';
import { Register } from './register.js';

/** A register that clients write to by Kafka: a database, readers and clients of its own. */
export class IntakeSystem {
  readonly #clients: IntakeClient[] = [];

  private constructor(
    readonly kafka: KafkaSystem,
    private readonly database: Database,
    readonly register: Register,
  ) {}

  static async begin(): Promise<IntakeSystem> {
    const [kafka, database] = await Promise.all([
      new KafkaSystem(kafkaBrokers()).prepare(),
      createDatabase(messagingMigrations),
    ]);
    const register = new Register(database.dataSource, ['uni']);
    await Register.prepare(database.dataSource);
    return new IntakeSystem(kafka, database, register);
  }

  get db() {
    return this.database.dataSource;
  }

  start(options: Partial<MessagingOptions> = {}): Promise<Messaging> {
    const parts = { intake: this.register, ...options };
    return this.kafka.started(this.db, new MemoryLog('recorder'), [], parts);
  }

  async connect(id = 'uni'): Promise<IntakeClient> {
    const client = new IntakeClient(this.kafka.kafka, id, this.kafka.prefix);
    this.#clients.push(client);
    return client.connect();
  }

  /** The names taken in, once there are so many. */
  registered(count: number): Promise<readonly string[]> {
    return eventually(
      () => this.register.names(),
      ({ length }) => length >= count,
      60_000,
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.kafka.stop();
    await this.database.close();
  }
}

/** One for each test of the file. */
export const intakeSystems = (): (() => IntakeSystem) =>
  oneForEach(
    () => IntakeSystem.begin(),
    (system) => system.end(),
  );

export const some = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `event-${String(from + n).padStart(5, '0')}`);

export const statusOf = ({ result }: { readonly result: object }) =>
  'code' in result ? result.code : 'status' in result && result.status;
