import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { UnavailableError } from '#kernel';
import {
  type Client,
  type Corrected,
  correctedBy,
  type Fact,
  facts,
  type Message,
} from '#contracts';
import type { Transaction } from '#log';
import { Clients } from './clients.js';

/**
 * Quality assurance bodies, and what they may correct for a provider now. What a body sends for a
 * provider is an event of that provider: of its learners, in its name; only its identity is the
 * body's, in a source that says for which of the provider's (see correctingSource).
 */
@Injectable()
export class Correctors {
  constructor(
    private readonly db: DataSource,
    private readonly clients: Clients,
  ) {}

  /**
   * For whom a client says what it sends in these sources. Out: by source; nothing for a source of
   * its own, nor where nobody lets it correct. Throws UnavailableError. Asked of the database each time, as it can be taken
   * back; what no corrector sends costs nothing.
   */
  async principals(
    { id, sources: own }: Client,
    sources: readonly string[],
  ): Promise<ReadonlyMap<string, Client>> {
    const found = new Map<string, Client>();
    for (const source of new Set(sources)) {
      const corrected = correctedBy(source);
      if (corrected?.corrector !== id || own.includes(source)) continue;
      const principal = await this.#principal(corrected);
      if (principal) found.set(source, principal);
    }
    return found;
  }

  async #principal(corrected: Corrected): Promise<Client | undefined> {
    try {
      if (!(await this.#mayCorrect(corrected))) return undefined;
      const principal = await this.clients.find(corrected.provider);
      return principal?.sources.includes(corrected.source) ? principal : undefined;
    } catch (error) {
      throw new UnavailableError('the database', error);
    }
  }

  /** Takes in who may correct, and who no longer. */
  async learn({ kind, data, version }: Message, tx: Transaction): Promise<void> {
    const { provider, corrector, sources } =
      kind === 'corrector-named' ? named(data) : { ...dismissed(data), sources: [] };
    await tx.query(
      `insert into recording.corrector as known (provider, client, sources, version)
       values ($1, $2, $3, $4)
       on conflict (provider, client) do update
         set sources = excluded.sources, version = excluded.version
         where known.version < excluded.version`,
      [provider, corrector, sources, version ?? 1],
    );
  }

  async #mayCorrect({ corrector, provider, source }: Corrected): Promise<boolean> {
    const rows = await this.db.query<object[]>(
      `select from recording.corrector
       where provider = $1 and client = $2 and $3 = any(sources)`,
      [provider, corrector, source],
    );
    return rows.length > 0;
  }
}

const named = (data: object): Fact<'corrector-named'>['data'] =>
  facts['corrector-named'].data.parse(data);
const dismissed = (data: object): Fact<'corrector-dismissed'>['data'] =>
  facts['corrector-dismissed'].data.parse(data);
