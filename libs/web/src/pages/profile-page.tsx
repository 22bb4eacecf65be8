import { Button, ErrorSummary, Form, TextField } from '../components/form.js';
import { Notice } from '../components/notice.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

interface ProfileProps {
  readonly hasName: boolean;
  readonly notice?: TextKey | undefined;
  readonly state?: FormState;
}

export const ProfilePage = ({ hasName, notice, state = EMPTY_FORM }: ProfileProps) => {
  const t = useTexts();
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={state.problems} />
      <h1>{t.text('profile.title')}</h1>
      <p className="lead">{t.text('profile.lead')}</p>
      <Form action={paths.profile} state={state}>
        <TextField name="givenName" label={t.text('profile.given')} autoComplete="given-name" />
        <TextField name="familyName" label={t.text('profile.family')} autoComplete="family-name" />
        <TextField
          name="birthDate"
          label={t.text('profile.birth')}
          hint={t.text('profile.birth.hint')}
          type="date"
          autoComplete="bday"
          size="short"
          optional
        />
        <Button text="profile.button" />
      </Form>
      <section aria-labelledby="transcript">
        <h2 id="transcript">{t.text('profile.transcript')}</h2>
        <p>{t.text('profile.transcript.text')}</p>
        {hasName ? (
          <p>
            <a className="button button-quiet" href={paths.transcript} download>
              {t.text('profile.transcript.link')}
            </a>
          </p>
        ) : (
          <p className="hint">{t.text('profile.transcript.needsName')}</p>
        )}
      </section>
      <section aria-labelledby="merge">
        <h2 id="merge">{t.text('merge.title')}</h2>
        <p>{t.text('merge.lead')}</p>
        <p className="on">
          <a href={paths.merge}>{t.text('merge.link')}</a>
        </p>
      </section>
      <section aria-labelledby="erase">
        <h2 id="erase">{t.text('profile.erase')}</h2>
        <p>{t.text('profile.erase.text')}</p>
        <p className="on">
          <a href={paths.erase}>{t.text('profile.erase.link')}</a>
        </p>
      </section>
    </>
  );
};

export const ErasePage = ({ state = EMPTY_FORM }: { readonly state?: FormState }) => {
  const t = useTexts();
  return (
    <>
      <ErrorSummary problems={state.problems} />
      <p className="back">
        <a href={paths.profile}>{t.text('erase.back')}</a>
      </p>
      <h1>{t.text('erase.title')}</h1>
      <p className="lead">{t.text('erase.lead')}</p>
      <ul>
        <li>{t.text('erase.gone')}</li>
        <li>{t.text('erase.shares')}</li>
        <li>{t.text('erase.stays')}</li>
      </ul>
      <Form action={paths.erase} state={state}>
        <TextField
          name="word"
          label={t.text('erase.word', { word: t.text('erase.theWord') })}
          hint={t.text('erase.word.hint')}
          autoCapitalize="characters"
          spellCheck={false}
          size="short"
        />
        <Button text="erase.button" kind="danger" />
      </Form>
    </>
  );
};
