import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** A committed tree that somebody saw, or a checkpoint that was published. */
export interface Head {
  readonly log: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

/** Where a reader stood at some moment. */
export interface Place {
  /** Database, reader and lane. */
  readonly name: string;
  readonly seq: number;
}

const LOOK_MS = 200;

/**
 * Somebody who looks on from outside, all the time, and writes down what the ledger shows: it must
 * not take any of it back.
 */
export class Observer {
  readonly heads: Head[] = [];
  readonly checkpoints: { readonly log: string; readonly note: string }[] = [];
  /** Verifier keys as each log first gave them. */
  readonly keys = new Map<string, string>();
  readonly #places = new Map<string, number>();
  readonly backward: string[] = [];
  readonly #notes = new Set<string>();

  constructor(
    private readonly logs: ReadonlyMap<string, () => string>,
    private readonly urls: readonly string[],
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all([
        ...[...this.logs].map(([log, url]) => this.#look(log, url())),
        ...this.urls.flatMap((url) => [...this.logs.keys()].map((log) => this.#fetch(log, url))),
      ]);
      await sleep(LOOK_MS);
    }
  }

  async #look(log: string, databaseUrl: string): Promise<void> {
    const client = new Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: 1_000,
      query_timeout: 2_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ name: string; size: string; root: string }>(
        `select name, size, encode(root, 'hex') as root from log.state`,
      );
      this.heads.push(...rows.map(({ size, root }) => ({ log, size: Number(size), root })));
      const places = await client.query<{ name: string; seq: string }>(
        `select concat_ws(' ', projection, topic, partition, log) as name, seq
         from messaging.place
         union all select 'relay ' || log, seq from messaging.relay_cursor`,
      );
      for (const { name, seq } of places.rows)
        this.see({ name: `${log}: ${name}`, seq: Number(seq) });
    } catch {
      // It is away: there is nothing to see.
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** A place that is seen: it may not lie before where it was. */
  see({ name, seq }: Place): void {
    const before = this.#places.get(name) ?? -1;
    if (seq < before) this.backward.push(`${name} went back from ${before} to ${seq}`);
    this.#places.set(name, seq);
  }

  async #fetch(log: string, url: string): Promise<void> {
    try {
      const response = await fetch(`${url}/log/${log}/checkpoint`, {
        signal: AbortSignal.timeout(1_000),
      });
      const note = await response.text();
      if (response.status !== 200 || this.#notes.has(note)) return;
      this.#notes.add(note);
      this.checkpoints.push({ log, note });
      if (this.keys.has(log)) return;
      const key = await fetch(`${url}/log/${log}/vkey`, { signal: AbortSignal.timeout(1_000) });
      if (key.status === 200) this.keys.set(log, (await key.text()).trim());
    } catch {
      // Not there at this moment.
    }
  }
}
