import type { Institution, RecognitionCase, WalletCredential } from '#contracts';
import { DecisionCard } from '../components/decision-card.js';
import {
  Button,
  Choices,
  ErrorSummary,
  Form,
  FormKey,
  Select,
  TextArea,
} from '../components/form.js';
import { State } from '../components/mark.js';
import { Notice } from '../components/notice.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

interface RecognitionProps {
  readonly cases: readonly RecognitionCase[];
  readonly institutions: readonly Institution[];
  readonly credentials: readonly WalletCredential[];
  readonly notice?: TextKey | undefined;
  readonly state?: FormState;
}

export const RecognitionPage = (props: RecognitionProps) => {
  const { cases, institutions, credentials, notice, state = EMPTY_FORM } = props;
  const t = useTexts();
  const usable = credentials.filter((credential) => credential.state === 'valid');
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={state.problems} />
      <h1>{t.text('recognition.title')}</h1>
      <p className="lead">{t.text('recognition.lead')}</p>
      <section aria-labelledby="my-requests">
        <h2 id="my-requests">{t.text('recognition.mine')}</h2>
        {cases.length === 0 ? <p>{t.text('recognition.none')}</p> : null}
        <ul className="cards cards-wide">
          {cases.map((item) => (
            <CaseCard key={item.id} item={item} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="new-request">
        <h2 id="new-request">{t.text('recognition.new')}</h2>
        {usable.length === 0 ? (
          <p>{t.text('recognition.nothing')}</p>
        ) : (
          <NewRequest institutions={institutions} credentials={usable} state={state} />
        )}
      </section>
    </>
  );
};

const CaseCard = ({ item }: { readonly item: RecognitionCase }) => {
  const t = useTexts();
  return (
    <li className="card">
      <h3 dir="auto">{item.institution.name}</h3>
      <p>{t.text('recognition.asked', { day: t.day(item.requestedAt) })}</p>
      <ul className="plain">
        {item.credentials.map(({ id, title }) => (
          <li key={id} dir="auto">
            {title}
          </li>
        ))}
      </ul>
      {item.decision === undefined ? (
        <p>
          <State tone="plain" word={t.text('recognition.waiting')} />
        </p>
      ) : (
        <DecisionCard decision={item.decision} />
      )}
    </li>
  );
};

const NewRequest = (props: {
  readonly institutions: readonly Institution[];
  readonly credentials: readonly WalletCredential[];
  readonly state: FormState;
}) => {
  const t = useTexts();
  const options = props.institutions
    .filter(({ recognises }) => recognises)
    .map(({ id, name, country }) => ({
      value: id,
      label: t.text('recognition.institutionIn', { name, country: t.country(country) }),
    }));
  return (
    <Form action={paths.recognition} state={props.state}>
      <FormKey />
      <Select
        name="institution"
        label={t.text('recognition.institution')}
        options={[{ value: '', label: t.text('form.chooseOne') }, ...options]}
      />
      <Choices
        kind="checkbox"
        name="credentialIds"
        label={t.text('recognition.what')}
        options={props.credentials.map(({ id, title, issuer }) => ({
          value: id,
          label: title,
          note: issuer.name,
        }))}
      />
      <TextArea
        name="purpose"
        label={t.text('recognition.purpose')}
        hint={t.text('recognition.purpose.hint')}
      />
      <Button text="recognition.button" />
    </Form>
  );
};
