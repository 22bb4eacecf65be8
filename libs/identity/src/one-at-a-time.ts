import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * Decisions about who is one with whom, and who is erased: one after the other, in all processes.
 * What one of them has checked is still so when it is stated.
 */
@Injectable()
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly db: DataSource) {}

  /** Queued here first: who waits for the lock holds a connection, which `work` needs. */
  do<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() =>
      this.db.transaction(async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(hashtext('identity.merge'))`);
        return work();
      }),
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
