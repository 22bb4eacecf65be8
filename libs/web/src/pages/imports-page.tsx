import type { Imports } from '#contracts';
import { Button, Choices, ErrorSummary, Form } from '../components/form.js';
import { State } from '../components/mark.js';
import { Notice } from '../components/notice.js';
import type { FieldProblem } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { type TextKey, useTexts } from '../texts.js';

interface ImportsProps {
  readonly imports: Imports['data'];
  readonly problems?: readonly FieldProblem[];
  readonly notice?: TextKey | undefined;
}

const TONES = {
  waiting: 'warning',
  running: 'plain',
  done: 'pass',
  cancelled: 'unknown',
  withdrawn: 'unknown',
} as const;

/** Where spreadsheets are uploaded, and what became of earlier ones. */
export const ImportsPage = ({ imports, problems = [], notice }: ImportsProps) => {
  const t = useTexts();
  return (
    <>
      <Notice text={notice} />
      <ErrorSummary problems={problems} />
      <h1>{t.text('imports.title')}</h1>
      <p className="lead">{t.text('imports.lead')}</p>
      <section aria-labelledby="upload">
        <h2 id="upload">{t.text('imports.upload')}</h2>
        <Form action={paths.imports} multipart>
          <div className="field">
            <label htmlFor="field-file">{t.text('imports.file')}</label>
            <p className="hint" id="field-file-hint">
              {t.text('imports.file.hint')}
            </p>
            {problems.map(({ message }) => (
              <p className="field-problem" id="field-file-problem" key={message}>
                {message}
              </p>
            ))}
            <input
              type="file"
              id="field-file"
              name="file"
              multiple
              required
              accept=".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
              aria-invalid={problems.length > 0 || undefined}
              aria-describedby={
                problems.length > 0 ? 'field-file-hint field-file-problem' : 'field-file-hint'
              }
            />
          </div>
          <Choices
            name="test"
            kind="checkbox"
            optional
            label={t.text('imports.trial')}
            hint={t.text('imports.trial.hint')}
            options={[{ value: 'true', label: t.text('imports.trial.only') }]}
          />
          <Button text="imports.button" />
        </Form>
      </section>
      {imports.length === 0 ? null : <Earlier imports={imports} />}
      <aside className="aside">
        <h2>{t.text('imports.privacy')}</h2>
        <p>{t.text('imports.privacy.text')}</p>
      </aside>
    </>
  );
};

const Earlier = ({ imports }: Pick<ImportsProps, 'imports'>) => {
  const t = useTexts();
  return (
    <section aria-labelledby="earlier">
      <h2 id="earlier">{t.text('imports.earlier')}</h2>
      <ul className="rows">
        {imports.map(({ id, state, area, createdAt }) => {
          const isTrial = area === 'test';
          const of = isTrial ? 'imports.trial.of' : 'imports.of';
          const word =
            isTrial && state !== 'withdrawn'
              ? (`imports.trial.${state}` as const)
              : (`imports.state.${state}` as const);
          return (
            <li key={id}>
              <a href={pathTo(paths.import, { id })}>{t.text(of, { time: t.moment(createdAt) })}</a>
              <State tone={TONES[state]} word={t.text(word)} />
            </li>
          );
        })}
      </ul>
    </section>
  );
};
