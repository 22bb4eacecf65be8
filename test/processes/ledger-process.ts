import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 60_000;
const STOP_MS = 15_000;
/** As npm's scripts have it: compiled code kept from start to start is a fifth of what a start takes. */
const COMPILE_CACHE = 'node_modules/.cache/compiled';

/** Below those that systems give to outgoing connections, one of which could take it meanwhile. */
const PORTS = { first: 10_240, count: 20_000 };

/** A port that nobody listens on, at random, as other tests look for one at the same time. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** None outlives the process that started it, however that ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One built process of ours, started as an operator starts it. */
export class LedgerProcess {
  #child: ChildProcess | undefined;
  #output = '';

  constructor(
    readonly app: string,
    readonly url: string,
    private readonly env: Readonly<Record<string, string>>,
    /** Where `dist` is. */
    private readonly folder = '.',
  ) {}

  start(extra: Readonly<Record<string, string>> = {}): void {
    const child = spawn(process.execPath, [`dist/${this.app}`], {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        LOG_LEVEL: 'warn',
        ...this.env,
        ...extra,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000);
      });
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#child = child;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What it printed lately, for the message of a failing test. */
  get output(): string {
    return this.#output;
  }

  get hasExited(): boolean {
    return this.#child?.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The signal or the code that it ended with. */
  get endedHow(): string {
    const { signalCode, exitCode } = this.#child ?? {};
    return signalCode ?? `exit ${exitCode ?? 0}`;
  }

  async ready(path = '/health/ready'): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      if (this.hasExited) throw new Error(`${this.app} ended:\n${this.#output}`);
      const response = await fetch(`${this.url}${path}`).catch(() => undefined);
      if (response?.ok) return;
      if (Date.now() > deadline) throw new Error(`${this.app} is not ready:\n${this.#output}`);
      await sleep(100);
    }
  }

  /** Waits until it has printed a text. */
  async printed(text: string): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (!this.#output.includes(text)) {
      if (this.hasExited || Date.now() > deadline)
        throw new Error(`${this.app} did not print "${text}":\n${this.#output}`);
      await sleep(50);
    }
  }

  /** Waits until the process has ended by itself (a failpoint, a crash). */
  async ended(timeoutMs = READY_MS): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!this.hasExited) {
      if (Date.now() > deadline) throw new Error(`${this.app} did not end`);
      await sleep(50);
    }
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    if (!this.#child || this.hasExited) return;
    this.#child.kill('SIGTERM');
    try {
      await this.ended(STOP_MS);
    } catch (error) {
      this.kill();
      throw error;
    }
  }
}
