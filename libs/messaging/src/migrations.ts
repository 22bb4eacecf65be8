import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMessaging1764000200000 implements MigrationInterface {
  readonly name = 'CreateMessaging1764000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists messaging;
      -- The last seq of a log that a projection has taken in, per topic partition. It commits with
      -- the effect. Embedded: topic '*', partition 0. next_offset only says where to look first.
      create table messaging.place (
        projection text, topic text, partition int, log text,
        seq bigint not null, next_offset bigint,
        primary key (projection, topic, partition, log)
      );
      -- How far the relay has published, and the last seq in each partition: a relay that crashed
      -- between the broker's acknowledgement and this commit says exactly the same again.
      create table messaging.relay_cursor (log text primary key, seq bigint not null);
      create table messaging.relay_partition (
        log text, topic text, partition int, last_seq bigint not null,
        primary key (log, topic, partition)
      );
      -- Messages that a projection can never take in, as carried: what is personal stays sealed.
      create table messaging.dead_letter (
        id bigint generated always as identity primary key,
        projection text not null, topic text not null, partition int not null,
        log text not null, seq bigint not null,
        entry_id text, kind text, reason_code text not null, detail text not null,
        message bytea not null, is_readable boolean not null,
        first_at timestamptz not null default now(),
        attempts int not null default 1, resolved_at timestamptz,
        unique (projection, topic, partition, log, seq)
      );
      create index dead_letter_open on messaging.dead_letter (projection, id)
        where resolved_at is null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema messaging cascade');
  }
}

export class SealDeadLetters1764100300000 implements MigrationInterface {
  readonly name = 'SealDeadLetters1764100300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Sealed under a key of the installation where others wrote the message as they liked; such
      -- letters are forgotten after a while.
      alter table messaging.dead_letter add column is_sealed boolean not null default false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table messaging.dead_letter drop column is_sealed');
  }
}

export class KnowTopics1764400040000 implements MigrationInterface {
  readonly name = 'KnowTopics1764400040000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Kafka's id of the topic that a reader's offsets are of. A topic that was deleted and made anew
      -- has the same name and another id.
      create table messaging.topic_read (
        reader text, topic text, id text not null, primary key (reader, topic)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table messaging.topic_read');
  }
}

export const messagingMigrations = [
  CreateMessaging1764000200000,
  SealDeadLetters1764100300000,
  KnowTopics1764400040000,
];
