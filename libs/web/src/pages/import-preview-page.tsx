import {
  CreditSystem,
  DATE_ORDERS,
  ImportEncoding,
  ImportField,
  type Import,
  Verb,
} from '#contracts';
import { ErrorSummary, Form, Select, TextField } from '../components/form.js';
import { State } from '../components/mark.js';
import { FileProblems } from '../components/import-files.js';
import { ScrollTable } from '../components/scroll-table.js';
import { columnField } from '../import-form.js';
import type { FormState } from '../form-state.js';
import { paths, pathTo } from '../paths.js';
import { useTexts } from '../texts.js';

interface PreviewProps {
  readonly shown: Import;
  readonly state: FormState;
}

/** What would be recorded, and what the columns are taken for. Nothing is recorded yet. */
export const ImportPreviewPage = ({ shown, state }: PreviewProps) => {
  const t = useTexts();
  const { id, files, remembered, area } = shown;
  const isTrial = area === 'test';
  const [first] = files;
  return (
    <>
      <ErrorSummary problems={state.problems} />
      <p className="back">
        <a href={paths.imports}>{t.text('imports.title')}</a>
      </p>
      <h1>{t.text('import.title')}</h1>
      <p className="lead">
        {t.text('import.lead', { count: files.length, name: first?.name ?? '' })}
      </p>
      {isTrial ? <State tone="plain" word={t.text('import.trial')} /> : null}
      <FileProblems files={files} />
      {remembered ? <p>{t.text('import.remembered')}</p> : null}
      <Form action={pathTo(paths.import, { id })} state={state}>
        <Columns shown={shown} />
        <Same shown={shown} />
        <Preview shown={shown} />
        <div className="actions-row">
          <button type="submit" name="action" value="record" className="button">
            {t.text(isTrial ? 'import.trial.record' : 'import.record')}
          </button>
          <button type="submit" name="action" value="preview" className="button button-quiet">
            {t.text('import.again')}
          </button>
        </div>
      </Form>
      <form method="post" action={pathTo(paths.importDelete, { id })}>
        <button type="submit" className="button button-danger">
          {t.text('import.delete')}
        </button>
      </form>
    </>
  );
};

const Columns = ({ shown: { columns } }: { readonly shown: Import }) => {
  const t = useTexts();
  if (columns.length === 0) return null;
  return (
    <section aria-labelledby="columns">
      <h2 id="columns">{t.text('import.columns')}</h2>
      <p>{t.text('import.columns.text')}</p>
      <div className="columns">
        {columns.map(({ name, samples }, n) => (
          <Select
            key={name}
            name={columnField(n)}
            label={name}
            hint={
              samples.length === 0
                ? t.text('import.sample.none')
                : t.text('import.sample', { samples: samples.map(short).join(' · ') })
            }
            options={ImportField.options.map((field) => ({
              value: field,
              label: t.text(`import.field.${field}`),
            }))}
          />
        ))}
      </div>
    </section>
  );
};

const SAMPLE_SHOWN = 40;
const short = (sample: string): string =>
  sample.length > SAMPLE_SHOWN ? `${sample.slice(0, SAMPLE_SHOWN)}…` : sample;

const Same = ({ shown }: { readonly shown: Import }) => {
  const { columns } = shown;
  const t = useTexts();
  const has = (field: ImportField): boolean => columns.some((column) => column.field === field);
  return (
    <section aria-labelledby="same">
      <h2 id="same">{t.text('import.same')}</h2>
      <p>{t.text('import.same.text')}</p>
      <TextField
        name="title"
        label={t.text('import.same.title')}
        hint={t.text('import.same.title.hint')}
        optional={has('title') || has('activity')}
      />
      <Select
        name="verb"
        label={t.text('import.same.verb')}
        hint={t.text('import.same.verb.hint')}
        optional={has('verb')}
        options={[
          { value: '', label: t.text('import.same.column') },
          ...Verb.options.map((verb) => ({ value: verb, label: t.text(`verb.${verb}`) })),
        ]}
      />
      <TextField
        name="date"
        type="date"
        size="short"
        label={t.text('import.same.date')}
        hint={t.text('import.same.date.hint')}
        optional={has('date')}
      />
      <Written shown={shown} />
    </section>
  );
};

/** How people write dates and numbers where the table comes from. */
const Written = ({ shown: { files, columns } }: { readonly shown: Import }) => {
  const t = useTexts();
  return (
    <>
      <Select
        name="dateOrder"
        label={t.text('import.dateOrder')}
        options={DATE_ORDERS.map((order) => ({
          value: order,
          label: t.text(`import.dateOrder.${order}`),
        }))}
      />
      <Select
        name="decimal"
        label={t.text('import.decimal')}
        options={[
          { value: '.', label: t.text('import.decimal.point') },
          { value: ',', label: t.text('import.decimal.comma') },
        ]}
      />
      {columns.some(({ field }) => field === 'credits') ? (
        <Select
          name="creditSystem"
          label={t.text('decide.system')}
          options={CreditSystem.options.map((system) => ({ value: system, label: system }))}
        />
      ) : null}
      {files.some(({ kind }) => kind === 'csv') ? (
        <Select
          name="encoding"
          label={t.text('import.encoding')}
          hint={t.text('import.encoding.hint')}
          options={[
            {
              value: '',
              label: t.text('import.encoding.found', {
                encoding: files.find(({ encoding }) => encoding)?.encoding ?? 'utf-8',
              }),
            },
            ...ImportEncoding.options.map((encoding) => ({ value: encoding, label: encoding })),
          ]}
        />
      ) : null}
    </>
  );
};

const Preview = ({ shown: { rows, missing, files } }: { readonly shown: Import }) => {
  const t = useTexts();
  const several = files.length > 1;
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">{t.text('import.preview')}</h2>
      {rows.length === 0 ? (
        <p>{t.text(missing.length > 0 ? 'import.preview.later' : 'import.preview.none')}</p>
      ) : (
        <>
          <p>{t.text('import.preview.text')}</p>
          <ScrollTable
            label={t.text('import.preview')}
            head={[
              t.text('import.row'),
              t.text('import.learner'),
              t.text('import.what'),
              t.text('provider.happened'),
              t.text('import.when'),
              t.text('import.more'),
            ]}
            rows={rows.map((row) => ({
              key: `${row.file}-${row.row}`,
              cells:
                row.problems.length > 0
                  ? [
                      several ? `${row.file}: ${row.row}` : String(row.row),
                      <RowProblems key="problems" problems={row.problems} />,
                    ]
                  : [
                      several ? `${row.file}: ${row.row}` : String(row.row),
                      row.learner ?? '',
                      row.title ?? '',
                      row.verb === undefined ? '' : t.text(`verb.${row.verb}`),
                      row.date === undefined ? '' : t.day(row.date),
                      row.more ?? '',
                    ],
            }))}
          />
        </>
      )}
    </section>
  );
};

const RowProblems = ({ problems }: { readonly problems: Import['rows'][number]['problems'] }) => {
  const t = useTexts();
  return (
    <>
      <State tone="fail" word={t.text('import.refused')} />
      {problems.map(({ column, reason, fix }) => (
        <p key={`${column} ${reason}`}>
          {column === '' ? reason : t.text('form.problem', { label: column, message: reason })}{' '}
          {fix}
        </p>
      ))}
    </>
  );
};
