import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands between our processes and a server, and can cut, hold or slow what goes through. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #open: Promise<void> | undefined;
  #delayMs = 0;

  /** `target` is asked at each connection: the server may come back on another port. */
  constructor(private readonly target: () => number) {
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#take(socket));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection in its midst, as a router that restarts. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Lets nothing through for a while, and loses nothing. */
  async partition(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    await sleep(ms);
    this.#open = undefined;
    resolve();
  }

  /** Holds every piece back by `delayMs`, for a while. */
  async slow(delayMs: number, ms: number): Promise<void> {
    this.#delayMs = delayMs;
    await sleep(ms);
    this.#delayMs = 0;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #take(inner: Socket): void {
    const outer = connect(this.target(), '127.0.0.1');
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      one.setNoDelay(true);
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.once('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      this.#carry(one, other).catch(() => other.destroy());
    }
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    for await (const piece of from) {
      while (this.#open) await this.#open;
      if (this.#delayMs > 0) await sleep(this.#delayMs);
      if (!to.write(piece as Buffer)) await once(to, 'drain');
    }
    to.end();
  }
}
