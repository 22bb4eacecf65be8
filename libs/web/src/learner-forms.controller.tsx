import { Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock, DomainError } from '#kernel';
import { Profile, SelfReport } from '#contracts';
import { noticeOf } from './components/notice.js';
import { filledForm, type FormState, readForm } from './form-state.js';
import { profileLabels, reportLabels } from './form-labels.js';
import { Pages } from './pages.decorator.js';
import { ErasePage, ProfilePage } from './pages/profile-page.js';
import { ReportPage } from './pages/report-page.js';
import { paths } from './paths.js';
import { newFormKey, type Visit, Visits } from './visit.js';

/** A learner adds to their record, says what they are called, or leaves. */
@Pages()
export class LearnerFormsController {
  constructor(
    private readonly visits: Visits,
    private readonly clock: Clock,
  ) {}

  @Get(paths.report)
  async reportForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    this.#showReport(visit, filledForm({ key: [newFormKey()] }));
  }

  @Post(paths.report)
  async report(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { fields, texts } = visit;
    const uri = fields.optional('evidence.0.uri');
    const input = {
      title: fields.text('title'),
      description: fields.optional('description'),
      occurredOn: fields.text('occurredOn'),
      hours: fields.number('hours'),
      evidence: uri === undefined ? [] : [{ uri }],
    };
    const labels = reportLabels(texts);
    const form = readForm(SelfReport, input, texts, labels);
    if ('problems' in form) return this.#showReport(visit, visit.refused(form.problems));
    return visit.attempt(
      async () => {
        await visit.ledger.report(form.body, fields.optional('key'));
        visit.redirect(paths.wallet, 'reported');
      },
      (state) => this.#showReport(visit, state),
      labels,
    );
  }

  @Get(paths.profile)
  async profileForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const profile = await knownProfile(visit);
    const values = Object.fromEntries(
      Object.entries(profile ?? {}).map(([name, value]) => [name, [value ?? '']]),
    );
    const state = filledForm(values);
    const page = (
      <ProfilePage hasName={profile !== undefined} notice={noticeOf(done)} {...{ state }} />
    );
    visit.show({ title: 'profile.title', current: paths.profile, body: page });
  }

  @Post(paths.profile)
  async profile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { fields, texts } = visit;
    const birthDate = fields.optional('birthDate');
    const input = {
      givenName: fields.text('givenName'),
      familyName: fields.text('familyName'),
      ...(birthDate === undefined ? {} : { birthDate }),
    };
    const labels = profileLabels(texts);
    const again = async (state: FormState) => {
      const hasName = (await knownProfile(visit)) !== undefined;
      const body = <ProfilePage hasName={hasName} state={state} />;
      visit.showAgain({ title: 'profile.title', current: paths.profile, body });
    };
    const form = readForm(Profile, input, texts, labels);
    if ('problems' in form) return again(visit.refused(form.problems));
    return visit.attempt(
      async () => {
        await visit.ledger.saveProfile(form.body);
        visit.redirect(paths.profile, 'saved');
      },
      again,
      labels,
    );
  }

  @Get(paths.erase)
  async eraseForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    visit.show({ title: 'erase.title', current: paths.profile, body: <ErasePage /> });
  }

  @Post(paths.erase)
  async erase(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { fields, texts } = visit;
    if (fields.text('word').toUpperCase() !== texts.text('erase.theWord')) {
      const message = texts.text('erase.wrongWord', { word: texts.text('erase.theWord') });
      const body = <ErasePage state={visit.refused([{ field: 'word', message }])} />;
      visit.showAgain({ title: 'erase.title', current: paths.profile, body });
      return;
    }
    await visit.ledger.erase();
    visit.signOut();
    visit.redirect(paths.start, 'erased');
  }

  #showReport(visit: Visit, state: FormState): void {
    const today = this.clock.now().toISOString().slice(0, 10);
    const body = <ReportPage today={today} state={state} />;
    const view = { title: 'selfReport.title', current: paths.report, body } as const;
    if (state.problems.length === 0) visit.show(view);
    else visit.showAgain(view);
  }
}

/** The names on the profile; undefined where none were given yet. */
const knownProfile = async (visit: Visit): Promise<Profile | undefined> => {
  try {
    return await visit.ledger.profile();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not-found') return undefined;
    throw error;
  }
};
