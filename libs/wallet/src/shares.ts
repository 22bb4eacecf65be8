import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, fold, PublicUrl } from '#kernel';
import type { Share } from '#contracts';
import { Journal } from '#log';
import { Vault } from '#vault';
import { share, type ShareFact, type ShareState, shareStateAt } from './domain/share.js';

const APPEARS_WITHIN_MS = 2_000;
const POLL_MS = 20;

interface ShareRow {
  readonly share_id: string;
  readonly time: Date;
  readonly views: string;
}

/**
 * Shares. Which there are comes from the read model; what each says comes from its stream, so that
 * stopping one works at once.
 */
@Injectable()
export class Shares {
  constructor(
    private readonly db: DataSource,
    private readonly publicUrl: PublicUrl,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async stateOf(id: string): Promise<ShareState> {
    const history = await this.journal.history(`share-${id}`);
    return fold(share, history as unknown as readonly ShareFact[]);
  }

  /** Those of the aliases, newest first; only the one with the id if one is given. */
  async of(aliases: readonly string[], id?: string): Promise<readonly Share[]> {
    const rows = await this.db.query<ShareRow[]>(
      `select share_id, time, coalesce(views, 0) as views
       from wallet.share left join wallet.share_view using (share_id)
       where alias = any($1) and ($2::text is null or share_id = $2)
       order by time desc, share_id`,
      [aliases, id ?? null],
    );
    const states = await Promise.all(rows.map(({ share_id }) => this.stateOf(share_id)));
    return rows.flatMap((row, n) => {
      const state = states[n];
      return state?.credentialIds ? [this.#shown(row, state)] : [];
    });
  }

  /** One that was created a moment ago, as soon as the read model has it; undefined if it lags. */
  async appeared(aliases: readonly string[], id: string): Promise<Share | undefined> {
    for (let waited = 0; waited < APPEARS_WITHIN_MS; waited += POLL_MS) {
      const [found] = await this.of(aliases, id);
      if (found) return found;
      await setTimeout(POLL_MS);
    }
    return undefined;
  }

  /**
   * Whose a share is: all aliases of the person who made it, as they are now. Undefined while the
   * read model does not know it.
   */
  async ownerOf(id: string): Promise<readonly string[] | undefined> {
    const [row] = await this.db.query<{ alias: string }[]>(
      'select alias from wallet.share where share_id = $1',
      [id],
    );
    if (!row) return undefined;
    const [person] = await this.vault.personsOf([row.alias]);
    return person === undefined ? [row.alias] : this.vault.aliasesOf(person);
  }

  async countView(id: string): Promise<void> {
    await this.db.query(
      `insert into wallet.share_view as known (share_id, views) values ($1, 1)
       on conflict (share_id) do update set views = known.views + 1`,
      [id],
    );
  }

  /** A share that nobody has seen yet. */
  fresh(id: string, state: Pick<ShareState, 'until' | 'credentialIds'>): Share {
    return this.#shown({ share_id: id, time: this.clock.now(), views: '0' }, state);
  }

  #shown({ share_id: id, time, views }: ShareRow, state: ShareState): Share {
    return {
      id,
      url: this.publicUrl.to(`/v/${id}`),
      until: state.until,
      createdAt: time.toISOString(),
      state: shareStateAt(state, this.clock.now()),
      credentialIds: [...(state.credentialIds ?? [])],
      views: Number(views),
    };
  }
}
