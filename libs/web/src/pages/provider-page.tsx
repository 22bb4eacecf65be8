import type { IssuedCredential } from '#contracts';
import { CredentialState } from '../components/credential-state.js';
import {
  Button,
  Choices,
  ErrorSummary,
  Form,
  FormKey,
  Select,
  TextField,
} from '../components/form.js';
import { Notice } from '../components/notice.js';
import type { CountedActivity } from '../counted-activities.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

/** What a person at a desk can say that happened; machines have all thirteen verbs. */
export const DESK_VERBS = ['participated', 'completed', 'passed'] as const;

interface ProviderProps {
  readonly name: string;
  readonly credentials: readonly IssuedCredential[];
  readonly activities: readonly CountedActivity[];
  readonly today: string;
  readonly notice?: TextKey | undefined;
  readonly eventForm: FormState;
  readonly claimForm?: FormState;
}

/** A provider's desk: record by hand, give codes to learners, withdraw credentials. */
export const ProviderPage = (props: ProviderProps) => {
  const { name, credentials, activities, today, notice, eventForm, claimForm = EMPTY_FORM } = props;
  const t = useTexts();
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={[...eventForm.problems, ...claimForm.problems]} />
      <h1 dir="auto">{name}</h1>
      <p className="lead">{t.text('provider.lead')}</p>
      <p>
        <a href={paths.deliveries}>{t.text('provider.deliveries')}</a>
      </p>
      <section aria-labelledby="record">
        <h2 id="record">{t.text('provider.record')}</h2>
        <EventForm activities={activities} today={today} state={eventForm} />
      </section>
      <section aria-labelledby="code">
        <h2 id="code">{t.text('provider.code')}</h2>
        <p>{t.text('provider.code.text')}</p>
        <Form action={paths.claimCodes} state={claimForm}>
          <TextField
            name="account"
            label={t.text('provider.account')}
            hint={t.text('provider.account.hint')}
            spellCheck={false}
          />
          <Button text="provider.code.button" />
        </Form>
      </section>
      <section aria-labelledby="issued">
        <h2 id="issued">{t.text('provider.issued')}</h2>
        {credentials.length === 0 ? <p>{t.text('provider.issued.none')}</p> : null}
        <ul className="rows">
          {credentials.map((credential) => (
            <IssuedRow key={credential.id} credential={credential} />
          ))}
        </ul>
      </section>
    </>
  );
};

const EventForm = (props: {
  readonly activities: readonly CountedActivity[];
  readonly today: string;
  readonly state: FormState;
}) => {
  const { activities, today, state } = props;
  const t = useTexts();
  return (
    <Form action={paths.providerEvents} state={state}>
      <FormKey />
      <TextField
        name="learner"
        label={t.text('provider.account')}
        hint={t.text('provider.account.hint')}
        spellCheck={false}
      />
      <TextField
        name="title"
        label={t.text('provider.activity')}
        hint={t.text('provider.activity.hint')}
        size="long"
      />
      {activities.length === 0 ? null : (
        <Select
          name="activity"
          label={t.text('provider.counts')}
          options={[
            { value: '', label: t.text('provider.counts.nothing') },
            ...activities.map(({ id, achievement, part }) => ({
              value: id,
              label: part ? t.text('provider.counts.part', { achievement, part }) : achievement,
            })),
          ]}
        />
      )}
      <Choices
        kind="radio"
        name="verb"
        label={t.text('provider.happened')}
        options={DESK_VERBS.map((verb) => ({
          value: verb,
          label: t.text(`verb.${verb}`),
          note: t.text(`provider.happened.${verb}`),
        }))}
      />
      <TextField name="day" label={t.text('provider.day')} type="date" max={today} size="short" />
      <TextField
        name="hours"
        label={t.text('provider.hours')}
        hint={t.text('provider.hours.hint')}
        inputMode="decimal"
        size="short"
        optional
      />
      <Button text="provider.record.button" />
    </Form>
  );
};

const IssuedRow = ({ credential }: { readonly credential: IssuedCredential }) => {
  const t = useTexts();
  const { id, title, issuedAt, state, revokedAt } = credential;
  return (
    <li>
      <strong dir="auto">{title}</strong>
      <CredentialState state={state} />
      <span>
        {t.text('provider.issuedOn', { day: t.day(issuedAt) })}
        {revokedAt ? ` ${t.text('provider.withdrawnOn', { day: t.day(revokedAt) })}` : ''}
      </span>
      <span className="id">{id}</span>
      {state === 'valid' ? (
        <a
          href={pathTo(paths.revoke, { id })}
          aria-label={t.text('provider.withdraw.label', { title, id })}
        >
          {t.text('provider.withdraw')}
        </a>
      ) : null}
    </li>
  );
};
