import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { InclusionProof, Receipt } from '#contracts';
import { ledgerCommand } from './maintenance.js';

/** What somebody outside keeps of a log, and checks with the command line alone. */
export class KeptLog {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kept-'));
  readonly #log: string;

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {
    this.#log = `${url}/log/${name}`;
  }

  /** Keeps the key and the checkpoint of now. */
  async keep(): Promise<void> {
    writeFileSync(this.#file('vkey'), await this.#text(`${this.#log}/vkey`));
    expect(this.#verify(['--save', this.#file('checkpoint')])).toContain(`/log/${this.name}: `);
  }

  /** The log begins with what was kept, and every receipt can be proved. */
  async stillVerifies(receipts: readonly Receipt[]): Promise<void> {
    expect(this.#verify(['--checkpoint', this.#file('checkpoint'), '--full'])).toContain(
      'consistent with the checkpoint of',
    );
    expect(receipts.length).toBeGreaterThan(1);
    for (const { log, seq, leafHash } of receipts) {
      const path = `${this.url}/v1/ledger/${log}/entries/${seq}/proof`;
      const json = JSON.parse(await this.#text(path)) as InclusionProof;
      expect([json.seq, json.leafHash]).toEqual([seq, leafHash]);
    }
    const [{ log, seq, leafHash } = receipts[0] as Receipt] = receipts;
    const path = `${this.url}/v1/ledger/${log}/entries/${seq}/proof`;
    writeFileSync(this.#file('proof'), await this.#text(path, 'text/plain'));
    const verify = ['verify-proof', this.#file('proof'), '--vkey', this.#vkey];
    expect(ledgerCommand([...verify, '--leaf-hash', leafHash], {})).toContain(`entry ${seq} of `);
    expect(() => ledgerCommand([...verify, '--leaf-hash', '00'.repeat(32)], {})).toThrow(
      'does not show',
    );
  }

  get #vkey(): string {
    return readFileSync(this.#file('vkey'), 'utf8').trim();
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  #verify(parameters: readonly string[]): string {
    return ledgerCommand(['verify-log', this.#log, '--vkey', this.#vkey, ...parameters], {});
  }

  async #text(url: string, accept = 'application/json'): Promise<string> {
    const response = await fetch(url, { headers: { accept } });
    const text = await response.text();
    expect([url, response.status, response.ok ? '' : text]).toEqual([url, 200, '']);
    return text;
  }
}
