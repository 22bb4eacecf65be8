import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type Background, BackgroundTask } from '#log';

/** Background work of the app, in the order in which it is found. */
export class Backgrounds {
  #found: readonly Background[] = [];

  find(app: INestApplicationContext): void {
    this.#found = app
      .get(DiscoveryService)
      .getProviders({ metadataKey: BackgroundTask.KEY })
      .map(({ instance }) => instance as Background);
  }

  async start(): Promise<void> {
    for (const background of this.#found) await background.start();
  }

  async stop(): Promise<void> {
    for (const background of this.#found) await background.stop();
  }
}
