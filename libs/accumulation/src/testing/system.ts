import type { INestApplicationContext, Type } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { Clock } from '#kernel';
import type { Message } from '#contracts';
import { Journal, type Log, type Projection, SealingJournal } from '#log';
import { KeyRing, Vault } from '#vault';
import { AccumulationModule } from '../accumulation.module.js';
import { AccumulationProjection } from '../accumulation.projection.js';
import { PostingsProjection } from '../postings.projection.js';

/** More than any test appends. */
const WITHIN = 1_000_000;

export interface Parts {
  readonly dataSource: DataSource;
  readonly vault: Vault;
  readonly log: Log;
  readonly clock: Clock;
}

class Keys extends KeyRing {
  secret(): Uint8Array {
    return new Uint8Array(32).fill(7);
  }
}

/** The context over given parts, and the ways in which a transport drives it. */
export class System {
  readonly #place = new Map<string, number>();

  private constructor(
    readonly app: TestingModule,
    readonly journal: Journal,
    private readonly parts: Parts,
  ) {}

  static async start(parts: Parts): Promise<System> {
    const { dataSource, vault, log, clock } = parts;
    const journal = new SealingJournal(log, vault, clock);
    const globals = [
      { provide: DataSource, useValue: dataSource },
      { provide: Vault, useValue: vault },
      { provide: Journal, useValue: journal },
      { provide: Clock, useValue: clock },
      { provide: KeyRing, useValue: new Keys() },
    ];
    @Global()
    @Module({ providers: globals, exports: globals })
    class Globals {}
    const imports = [CqrsModule.forRoot(), Globals, AccumulationModule];
    const app = await Test.createTestingModule({ imports }).compile();
    await app.init();
    return new System(app, journal, parts);
  }

  get projections(): readonly Projection[] {
    return [this.app.get(AccumulationProjection), this.app.get(PostingsProjection)];
  }

  get<T>(type: Type<T>): T {
    return (this.app as INestApplicationContext).get(type);
  }

  handle(projection: Projection, batch: readonly Message[]): Promise<void> {
    return this.parts.dataSource.transaction((tx) => projection.handle(batch, tx));
  }

  /** Brings what was appended to the projections, until they have no more to say. */
  async carry(size = 100): Promise<void> {
    for (let before = -1; before < (await this.parts.log.head()).size;) {
      before = (await this.parts.log.head()).size;
      for (const projection of this.projections) await this.#follow(projection, size);
    }
  }

  /** Empties the read models; the next carry starts at the beginning. */
  async rebuild(): Promise<void> {
    this.#place.clear();
    for (const { tables } of this.projections)
      for (const table of tables) await this.parts.dataSource.query(`truncate ${table}`);
  }

  async #follow({ name, topics }: Projection, size: number): Promise<void> {
    const projection = this.projections.find((each) => each.name === name) as Projection;
    for (;;) {
      const after = this.#place.get(name) ?? -1;
      const among = { topics, within: WITHIN };
      const batch = await this.parts.log.read({ after, limit: size, among });
      const last = batch.at(-1);
      if (!last) return;
      await this.handle(projection, batch);
      this.#place.set(name, last.seq);
    }
  }
}
