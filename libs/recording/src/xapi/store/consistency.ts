import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '#kernel';
import { StatementDatabase } from './statement-database.js';
import { STORING_LOCK } from './statement-table.js';

/** What was true so long ago is good enough: a header is not worth a query of its own each time. */
const FRESH_MS = 250;
/** Since when a process, whichever, has been storing what nobody can find yet. */
const STORING = `
  select min(a.xact_start) as since from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${STORING_LOCK}`;

/**
 * Until when everything that was stored is found (X-Experience-API-Consistent-Through, 1.0.3 part 3
 * §2.1.3): "stored" is set before the commit, by this process or another one, so what is on its way
 * may still come with an earlier time than now.
 */
@Injectable()
export class Consistency {
  #through = 0;
  #askedAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(
    private readonly db: StatementDatabase,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async through(): Promise<Date> {
    if (performance.now() - this.#askedAt > FRESH_MS)
      await (this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      }));
    return new Date(this.#through);
  }

  async #ask(): Promise<void> {
    const now = this.clock.now().getTime();
    try {
      const [row] = await this.db.prepared<{ since: Date | null }>(STORING, []);
      const since = row?.since?.getTime() ?? now;
      this.#through = Math.max(this.#through, Math.min(now, since) - 1);
      this.#askedAt = performance.now();
    } catch {
      // Away: what was promised before still holds.
    }
  }
}
