import { DiscoveryService } from '@nestjs/core';

/**
 * Work of a context that goes on by itself while a service runs. Commands that look after a service
 * do not start it.
 */
export interface Background {
  /** Before anything reads the log or listens. What it throws keeps the service from starting. */
  start(): Promise<void>;
  /** After the last request; returns when nothing of it runs any longer. */
  stop(): Promise<void>;
}

/** Marks a provider as a Background, so that the platform finds it. */
export const BackgroundTask = DiscoveryService.createDecorator();
