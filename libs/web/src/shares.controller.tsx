import { Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '#kernel';
import { ShareRequest } from '#contracts';
import { noticeOf } from './components/notice.js';
import { type Fields, filledForm, type FormState, readForm } from './form-state.js';
import { shareLabels } from './form-labels.js';
import { Pages } from './pages.decorator.js';
import { SHARE_DAYS, SharesPage } from './pages/shares-page.js';
import { paths } from './paths.js';
import type { TextKey } from './texts.js';
import { type Visit, Visits } from './visit.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = '30';

/** A learner shares credentials, sees what is shared, and stops it. */
@Pages()
export class SharesController {
  constructor(
    private readonly visits: Visits,
    private readonly clock: Clock,
  ) {}

  @Get(paths.shares)
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
    @Query('credential') chosen?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    await this.#show(visit, this.#newForm(chosen), noticeOf(done));
  }

  @Post(paths.shares)
  async share(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { fields, texts } = visit;
    const labels = shareLabels(texts);
    const input = { credentialIds: fields.all('credentialIds'), until: this.#until(fields) };
    const form = readForm(ShareRequest, input, texts, labels);
    if ('problems' in form) {
      const field = fields.text('until') === 'date' ? 'untilDay' : 'until';
      const problems = form.problems.map((problem) =>
        problem.field === 'until' ? { ...problem, field, label: labels[field] } : problem,
      );
      return this.#show(visit, visit.refused(problems));
    }
    return visit.attempt(
      async () => {
        await visit.ledger.share(form.body);
        visit.redirect(paths.shares, 'shared');
      },
      (state) => this.#show(visit, state),
      labels,
    );
  }

  @Post(paths.stopShare)
  async stop(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    await visit.ledger.stopShare(id);
    visit.redirect(paths.shares, 'stopped');
  }

  #newForm(chosen: string | undefined): FormState {
    return filledForm({
      until: [DEFAULT_DAYS],
      credentialIds: chosen === undefined ? [] : [chosen],
    });
  }

  /** The moment at which the share stops: after some days, or at the end of a chosen day (UTC). */
  #until(fields: Fields): string | undefined {
    const choice = fields.text('until');
    if (choice === 'date') return fields.optional('untilDay')?.concat('T23:59:59Z');
    const days = SHARE_DAYS.find((offered) => offered === choice);
    if (days === undefined) return undefined;
    return new Date(this.clock.now().getTime() + Number(days) * DAY_MS).toISOString();
  }

  async #show(visit: Visit, state: FormState, notice?: TextKey): Promise<void> {
    const [shares, credentials] = await Promise.all([
      visit.ledger.shares(),
      visit.ledger.credentials(),
    ]);
    const tomorrow = new Date(this.clock.now().getTime() + DAY_MS).toISOString().slice(0, 10);
    const body = <SharesPage {...{ shares, credentials, tomorrow, notice, state }} />;
    const view = { title: 'shares.title', current: paths.shares, body } as const;
    if (state.problems.length === 0) visit.show(view);
    else visit.showAgain(view);
  }
}
