import type { Verification } from '#contracts';
import { Button, ErrorSummary, Form, TextArea } from '../components/form.js';
import { CannotTell, VerificationReport } from '../components/verification-report.js';
import { EMPTY_FORM, type FormState } from '../form-state.js';
import { paths } from '../paths.js';
import { useTexts } from '../texts.js';

export const CheckPage = ({ state = EMPTY_FORM }: { readonly state?: FormState }) => {
  const t = useTexts();
  return (
    <>
      <ErrorSummary problems={state.problems} />
      <h1>{t.text('check.title')}</h1>
      <p className="lead">{t.text('check.lead')}</p>
      <Form action={paths.check} state={state} multipart>
        <TextArea
          name="credential"
          label={t.text('check.paste')}
          hint={t.text('check.paste.hint')}
          rows={7}
          oneWay
        />
        <div className="field">
          <label htmlFor="field-file">{t.text('check.file')}</label>
          <p className="hint" id="field-file-hint">
            {t.text('check.file.hint')}
          </p>
          <input
            type="file"
            id="field-file"
            name="file"
            accept=".json,.jsonld,.jwt,.txt,application/json,application/ld+json,text/plain"
            aria-describedby="field-file-hint"
          />
        </div>
        <Button text="check.button" />
      </Form>
      <aside className="aside">
        <h2>{t.text('check.privacy')}</h2>
        <p>{t.text('check.privacy.text')}</p>
      </aside>
    </>
  );
};

export const CheckResultPage = ({ verification }: { readonly verification: Verification }) => {
  const t = useTexts();
  return (
    <>
      <p className="back">
        <a href={paths.check}>{t.text('check.another')}</a>
      </p>
      <VerificationReport verification={verification} level={1} />
      <CannotTell />
    </>
  );
};
