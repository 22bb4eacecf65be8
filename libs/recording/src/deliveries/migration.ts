import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDeliveries1764200004000 implements MigrationInterface {
  readonly name = 'CreateDeliveries1764200004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What became of what clients sent: a row for a request, or for many that came in a second.
      create table recording.delivery (
        id text primary key, client text not null, channel text not null, area text not null,
        received_at timestamptz not null, requests integer not null, retry_of text,
        recorded integer not null, duplicate integer not null, telemetry integer not null,
        test integer not null, refused integer not null, waiting integer not null,
        -- The first refusals: code, place, pointers. Never what was sent.
        refusals jsonb not null,
        state text not null generated always as (case
          when refused > 0 then 'refused' when waiting > 0 then 'waiting'
          when recorded > 0 then 'recorded' when duplicate > 0 then 'duplicate'
          when telemetry > 0 then 'telemetry' else 'test' end) stored
      );
      create index on recording.delivery (client, received_at, id);
      create index on recording.delivery (client, state, received_at, id);
      create index on recording.delivery (client, channel, received_at, id);
      create table recording.delivery_day (
        client text not null, day date not null, channel text not null, area text not null,
        requests bigint not null, recorded bigint not null, duplicate bigint not null,
        telemetry bigint not null, test bigint not null, refused bigint not null,
        waiting bigint not null,
        primary key (client, day, channel, area)
      );
      -- What was refused, sealed, so that its sender can put it right. Gone after some days.
      create table recording.refused_item (
        delivery text not null, n integer not null, client text not null,
        received_at timestamptz not null, bytes integer not null, sealed bytea not null,
        primary key (delivery, n)
      );
      create index on recording.refused_item (client, received_at) include (bytes);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table recording.refused_item, recording.delivery_day, recording.delivery',
    );
  }
}

/** Whoever sends a delivery again claims it first: nobody else does so meanwhile. */
export class ClaimDeliveries1764200004100 implements MigrationInterface {
  readonly name = 'ClaimDeliveries1764200004100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table recording.delivery add column claimed_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table recording.delivery drop column claimed_until');
  }
}
