import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import type { PublishedLog } from './published-log.js';

/** The logs that this process serves, by name. */
@Injectable()
export class PublishedLogs {
  readonly #logs = new Map<string, PublishedLog>();

  add(log: PublishedLog): void {
    this.#logs.set(log.name, log);
  }

  /** Throws DomainError `not-found`. */
  get(name: string): PublishedLog {
    const log = this.#logs.get(name);
    if (!log) throw new DomainError('not-found');
    return log;
  }
}
