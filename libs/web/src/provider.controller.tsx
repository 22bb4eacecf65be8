import { Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Clock, DomainError } from '#kernel';
import { type IssuedCredential, RevocationRequest } from '#contracts';
import { noticeOf } from './components/notice.js';
import { countedActivities } from './counted-activities.js';
import { cloudEventOf, deskAccount, DeskEvent, fieldOfEvent } from './desk-event.js';
import { filledForm, type FormState, readForm } from './form-state.js';
import { claimCodeLabels, eventLabels, revokeLabels } from './form-labels.js';
import { Pages } from './pages.decorator.js';
import {
  ClaimCodePage,
  ConfirmRevokePage,
  ReceiptPage,
  RevokePage,
} from './pages/provider-answers.js';
import { ProviderPage } from './pages/provider-page.js';
import { paths } from './paths.js';
import type { TextKey } from './texts.js';
import { newFormKey, type Visit, Visits } from './visit.js';

const ClaimCodeForm = z.strictObject({ account: z.string().min(1).max(256) });

/** A provider's desk. */
@Pages()
export class ProviderController {
  constructor(
    private readonly visits: Visits,
    private readonly clock: Clock,
  ) {}

  @Get(paths.provider)
  async desk(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    await this.#show(visit, {}, noticeOf(done));
  }

  @Post(paths.providerEvents)
  async record(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const { fields, texts } = visit;
    const labels = eventLabels(texts);
    const input = {
      learner: fields.text('learner'),
      title: fields.text('title'),
      verb: fields.optional('verb'),
      day: fields.text('day'),
      hours: fields.number('hours'),
      activity: fields.optional('activity'),
    };
    const again = (eventForm: FormState) => this.#show(visit, { eventForm });
    const form = readForm(DeskEvent, input, texts, labels);
    if ('problems' in form) return again(visit.refused(form.problems));
    const key = fields.optional('key') ?? newFormKey();
    const event = cloudEventOf(form.body, organisationOf(visit), key);
    return visit.attempt(
      async () => {
        const receipt = await visit.ledger.recordEvent(event);
        if (receipt === undefined || receipt.status === 'test')
          throw new DomainError('internal-error');
        if ('code' in receipt) {
          const issues = (receipt.errors ?? []).map(({ pointer, detail }) => ({
            pointer: fieldOfEvent(pointer),
            detail,
          }));
          throw new DomainError(receipt.code, receipt.detail, issues);
        }
        visit.show({
          ...deskView,
          title: 'receipt.title',
          body: <ReceiptPage receipt={receipt} />,
        });
      },
      again,
      labels,
    );
  }

  @Post(paths.claimCodes)
  async claimCode(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const labels = claimCodeLabels(visit.texts);
    const again = (claimForm: FormState) => this.#show(visit, { claimForm });
    const input = { account: visit.fields.text('account') };
    const form = readForm(ClaimCodeForm, input, visit.texts, labels);
    if ('problems' in form) return again(visit.refused(form.problems));
    const { account } = form.body;
    return visit.attempt(
      async () => {
        const code = await visit.ledger.claimCode(deskAccount(organisationOf(visit), account));
        const title = { title: visit.texts.text('code.title', { account }) };
        visit.show({ ...deskView, title, body: <ClaimCodePage {...code} account={account} /> });
      },
      again,
      labels,
    );
  }

  @Get(paths.revoke)
  async revokeForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const credential = await issuedCredential(visit, id);
    visit.show({ ...revokeView, body: <RevokePage credential={credential} /> });
  }

  /** The first time it asks whether this is meant; the second time it withdraws. */
  @Post(paths.revoke)
  async revoke(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const labels = revokeLabels(visit.texts);
    const credential = await issuedCredential(visit, id);
    const again = (state: FormState) =>
      visit.showAgain({
        ...revokeView,
        body: <RevokePage credential={credential} state={state} />,
      });
    const input = { reason: visit.fields.text('reason') };
    const form = readForm(RevocationRequest, input, visit.texts, labels);
    if ('problems' in form) return again(visit.refused(form.problems));
    const { reason } = form.body;
    if (visit.fields.text('confirmed') !== 'yes') {
      visit.show({ ...revokeView, body: <ConfirmRevokePage {...{ credential, reason }} /> });
      return undefined;
    }
    return visit.attempt(
      async () => {
        await visit.ledger.revoke(id, reason);
        visit.redirect(paths.provider, 'withdrawn');
      },
      again,
      labels,
    );
  }

  async #show(
    visit: Visit,
    forms: { readonly eventForm?: FormState; readonly claimForm?: FormState },
    notice?: TextKey,
  ): Promise<void> {
    const today = this.clock.now().toISOString().slice(0, 10);
    const newForm = filledForm({ key: [newFormKey()], day: [today], verb: ['participated'] });
    const { eventForm = newForm, ...rest } = forms;
    const { id, name } = organisationOf(visit);
    const [credentials, achievements] = await Promise.all([
      visit.ledger.issued(),
      visit.ledger.achievements(),
    ]);
    const activities = countedActivities(achievements, id);
    const body = (
      <ProviderPage {...{ name, credentials, activities, today, notice, eventForm, ...rest }} />
    );
    const view = { ...deskView, body };
    if (Object.keys(forms).length === 0) visit.show(view);
    else visit.showAgain(view);
  }
}

const deskView = { title: 'nav.provider', current: paths.provider } as const;
const revokeView = { ...deskView, title: 'revoke.page' } as const;

const organisationOf = ({ me }: Visit) => {
  if (me?.organisation === undefined) throw new DomainError('not-allowed');
  return me.organisation;
};

const issuedCredential = async (visit: Visit, id: string): Promise<IssuedCredential> => {
  const credential = (await visit.ledger.issued()).find((issued) => issued.id === id);
  if (credential === undefined) throw new DomainError('credential-unknown');
  return credential;
};
