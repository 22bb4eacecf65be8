import { Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClaimByCode } from '#contracts';
import { noticeOf } from './components/notice.js';
import { type FormState, readForm } from './form-state.js';
import { claimLabels } from './form-labels.js';
import { Pages } from './pages.decorator.js';
import { ClaimPage } from './pages/claim-page.js';
import { paths } from './paths.js';
import { Visits } from './visit.js';

const claimView = { title: 'claim.title', current: paths.claim } as const;

/** A learner joins accounts to their record, gives one up, and takes it up again. */
@Pages()
export class ClaimsController {
  constructor(private readonly visits: Visits) {}

  @Get(paths.claim)
  async claimForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const claims = await visit.ledger.claims();
    visit.show({ ...claimView, body: <ClaimPage claims={claims} notice={noticeOf(done)} /> });
  }

  @Post(paths.claim)
  async claim(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const labels = claimLabels(visit.texts);
    const again = async (state: FormState) =>
      visit.showAgain({
        ...claimView,
        body: <ClaimPage claims={await visit.ledger.claims()} state={state} />,
      });
    const form = readForm(ClaimByCode, { code: visit.fields.text('code') }, visit.texts, labels);
    if ('problems' in form) return again(visit.refused(form.problems));
    return visit.attempt(
      async () => {
        await visit.ledger.claim(form.body.code);
        visit.redirect(paths.wallet, 'claimed');
      },
      again,
      labels,
    );
  }

  @Post(paths.releaseClaim)
  async release(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    await visit.ledger.releaseClaim(id);
    visit.redirect(paths.claim, 'released');
  }

  @Post(paths.restoreClaim)
  async restore(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    await visit.ledger.restoreClaim(id);
    visit.redirect(paths.claim, 'restored');
  }
}
