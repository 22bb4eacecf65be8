import { Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RecognitionRequest } from '#contracts';
import { noticeOf } from './components/notice.js';
import { filledForm, type FormState, readForm } from './form-state.js';
import { recognitionLabels } from './form-labels.js';
import { Pages } from './pages.decorator.js';
import { RecognitionPage } from './pages/recognition-page.js';
import { paths } from './paths.js';
import type { TextKey } from './texts.js';
import { newFormKey, type Visit, Visits } from './visit.js';

/** A learner asks an institution to recognise what they hold, and reads what it decided. */
@Pages()
export class RecognitionController {
  constructor(private readonly visits: Visits) {}

  @Get(paths.recognition)
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    await show(visit, filledForm({ key: [newFormKey()] }), noticeOf(done));
  }

  @Post(paths.recognition)
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { fields, texts } = visit;
    const labels = recognitionLabels(texts);
    const input = {
      institution: fields.optional('institution'),
      credentialIds: fields.all('credentialIds'),
      purpose: fields.text('purpose'),
    };
    const form = readForm(RecognitionRequest, input, texts, labels);
    if ('problems' in form) return show(visit, visit.refused(form.problems));
    return visit.attempt(
      async () => {
        await visit.ledger.requestRecognition(form.body, fields.optional('key'));
        visit.redirect(paths.recognition, 'requested');
      },
      (state) => show(visit, state),
      labels,
    );
  }
}

const show = async (visit: Visit, state: FormState, notice?: TextKey): Promise<void> => {
  const { ledger } = visit;
  const [cases, institutions, credentials] = await Promise.all([
    ledger.cases(),
    ledger.institutions(),
    ledger.credentials(),
  ]);
  const body = <RecognitionPage {...{ cases, institutions, credentials, notice, state }} />;
  const view = { title: 'recognition.title', current: paths.recognition, body } as const;
  if (state.problems.length === 0) visit.show(view);
  else visit.showAgain(view);
};
