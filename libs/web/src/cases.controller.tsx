import { Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CRITERIA, DecisionRequest } from '#contracts';
import { noticeOf } from './components/notice.js';
import { EMPTY_FORM, type Fields, type FormState, readForm } from './form-state.js';
import { decisionLabels } from './form-labels.js';
import { Pages } from './pages.decorator.js';
import { CasePage } from './pages/case-page.js';
import { CasesPage } from './pages/cases-page.js';
import { paths } from './paths.js';
import { type Visit, Visits } from './visit.js';

/** An officer's desk: requests for recognition, and the decision on each. */
@Pages()
export class CasesController {
  constructor(private readonly visits: Visits) {}

  @Get(paths.cases)
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'officer');
    const body = <CasesPage cases={await visit.ledger.cases()} notice={noticeOf(done)} />;
    visit.show({ title: 'cases.title', current: paths.cases, body });
  }

  @Get(paths.case)
  async one(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'officer');
    await show(visit, id, EMPTY_FORM);
  }

  @Post(paths.case)
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'officer');
    const labels = decisionLabels(visit.texts);
    const form = readForm(DecisionRequest, decisionIn(visit.fields), visit.texts, labels);
    if ('problems' in form) return show(visit, id, visit.refused(form.problems));
    return visit.attempt(
      async () => {
        await visit.ledger.decide(id, form.body);
        visit.redirect(paths.cases, 'decided');
      },
      (state) => show(visit, id, state),
      labels,
    );
  }
}

const show = async (visit: Visit, id: string, state: FormState): Promise<void> => {
  const body = <CasePage item={await visit.ledger.case(id)} state={state} />;
  const view = { title: 'case.title', current: paths.cases, body, wide: true } as const;
  if (state.problems.length === 0) visit.show(view);
  else visit.showAgain(view);
};

const SUBSTANTIAL = 'substantial-difference';

/**
 * The decision as the form says it. Evidence and relevance belong to a substantial difference
 * only; what was typed before another finding was chosen is left behind.
 */
const decisionIn = (fields: Fields): unknown => {
  const value = fields.number('credit.value');
  return {
    outcome: fields.optional('outcome'),
    reasons: fields.text('reasons'),
    ...(value === undefined ? {} : { credit: { system: fields.text('credit.system'), value } }),
    findings: Object.fromEntries(
      CRITERIA.map((criterion) => {
        const name = `findings.${criterion}`;
        const finding = fields.optional(`${name}.finding`);
        const reasons =
          finding === SUBSTANTIAL
            ? {
                evidence: fields.text(`${name}.evidence`),
                relevance: fields.text(`${name}.relevance`),
              }
            : {};
        return [criterion, { finding, statement: fields.text(`${name}.statement`), ...reasons }];
      }),
    ),
  };
};
