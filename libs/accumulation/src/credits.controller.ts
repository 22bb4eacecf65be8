import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CreditAccount, type Fact } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { ENVELOPE, Journal, messageOf, type StoredMessage } from '#log';
import { Vault } from '#vault';
import { accountOf, type Posted } from './domain/account.js';

interface PostingRow extends StoredMessage {
  readonly posting_id: string;
  readonly cause: string;
}
interface ReversalRow {
  readonly posting_id: string;
  readonly reverses: string;
  readonly time: Date;
}

@ApiTags('learner')
@Controller('v1/me/credits')
export class CreditsController {
  constructor(
    private readonly db: DataSource,
    @Inject(Journal) private readonly journal: Journal,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  @Get()
  @Requires('read-own-record')
  @ApiOperation({ summary: 'Your credit: every posting, and what it adds up to' })
  @ApiResponse({ status: 200, standardSchema: CreditAccount })
  async read(@CurrentActor() actor: Actor): Promise<CreditAccount> {
    const aliases = await this.vault.aliasesOf(actor.id);
    const [posted, reversals, institutions] = await Promise.all([
      this.#posted(aliases),
      this.db.query<ReversalRow[]>(
        'select posting_id, reverses, time from accumulation.reversal where alias = any($1)',
        [aliases],
      ),
      this.db.query<{ id: string; name: string }[]>(
        'select id, name from accumulation.institution',
      ),
    ]);
    const reversed = reversals.map(({ posting_id: postingId, reverses, time }) => ({
      postingId,
      reverses,
      time: time.toISOString(),
    }));
    return accountOf(posted, reversed, new Map(institutions.map(({ id, name }) => [id, name])));
  }

  async #posted(aliases: readonly string[]): Promise<readonly Posted[]> {
    const rows = await this.db.query<PostingRow[]>(
      `select ${ENVELOPE}, posting_id, cause from accumulation.posting where alias = any($1)`,
      [aliases],
    );
    const opened = (await this.journal.open(
      rows.map((row) =>
        messageOf(row, 'credit-posted', { postingId: row.posting_id, cause: row.cause }),
      ),
    )) as readonly (Fact<'credit-posted'>['personal'] | undefined)[];
    return rows.flatMap(({ posting_id: postingId, time }, n) => {
      const posting = opened[n];
      return posting ? [{ postingId, time: time.toISOString(), posting }] : [];
    });
  }
}
