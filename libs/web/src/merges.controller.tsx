import { Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MergeRequest } from '#contracts';
import { noticeOf } from './components/notice.js';
import { type FormState, readForm } from './form-state.js';
import { mergeLabels } from './form-labels.js';
import { Pages } from './pages.decorator.js';
import { MergeCodePage, MergePage, SplitPage } from './pages/merge-pages.js';
import { paths } from './paths.js';
import { Visits } from './visit.js';

const mergeView = { title: 'merge.title', current: paths.profile } as const;

/** A learner who signed up more than once makes one record of them, and undoes it. */
@Pages()
export class MergesController {
  constructor(private readonly visits: Visits) {}

  @Get(paths.merge)
  async mergeForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const merges = await visit.ledger.merges();
    visit.show({ ...mergeView, body: <MergePage merges={merges} notice={noticeOf(done)} /> });
  }

  @Post(paths.merge)
  async merge(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const labels = mergeLabels(visit.texts);
    const again = async (state: FormState) =>
      visit.showAgain({
        ...mergeView,
        body: <MergePage merges={await visit.ledger.merges()} state={state} />,
      });
    const form = readForm(MergeRequest, { code: visit.fields.text('code') }, visit.texts, labels);
    if ('problems' in form) return again(visit.refused(form.problems));
    return visit.attempt(
      async () => {
        await visit.ledger.merge(form.body.code);
        visit.redirect(paths.merge, 'merged');
      },
      again,
      labels,
    );
  }

  @Post(paths.mergeCode)
  async code(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { code } = await visit.ledger.mergeCode();
    visit.show({ ...mergeView, title: 'mergeCode.title', body: <MergeCodePage code={code} /> });
  }

  @Post(paths.splitMerge)
  async split(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const link = await visit.ledger.splitMerge(id);
    visit.show({ ...mergeView, title: 'split.title', body: <SplitPage {...link} /> });
  }
}
