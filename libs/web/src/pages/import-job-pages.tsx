import type { Import, ImportErrors, Job } from '#contracts';
import { FileProblems } from '../components/import-files.js';
import { State } from '../components/mark.js';
import { ScrollTable } from '../components/scroll-table.js';
import type { jobWords } from '../job-words.js';
import { paths, pathTo } from '../paths.js';
import { useTexts } from '../texts.js';

const Back = () => {
  const t = useTexts();
  return (
    <p className="back">
      <a href={paths.imports}>{t.text('imports.title')}</a>
    </p>
  );
};

interface RunningProps {
  readonly id: string;
  readonly job: Job;
  readonly words: ReturnType<typeof jobWords>;
}

/** While it runs: a word and a bar, which move by themselves where there are scripts. */
export const ImportRunningPage = ({ id, job, words }: RunningProps) => {
  const t = useTexts();
  const isTrial = job.area === 'test';
  return (
    <>
      <Back />
      <h1>{t.text(isTrial ? 'job.trial.title' : 'job.title')}</h1>
      {isTrial ? <State tone="plain" word={t.text('import.trial')} /> : null}
      <p className="lead">{t.text('job.lead')}</p>
      <div id="job" data-events={pathTo(paths.importEvents, { id })}>
        <label htmlFor="job-bar" className="bar-label">
          {t.text('job.bar')}
        </label>
        <progress id="job-bar" max={100} value={words.percent ?? undefined} />
        <p id="job-line">{words.line}</p>
        <p id="job-said" role="status" className="only-said">
          {words.said}
        </p>
      </div>
      <p>
        <a href={pathTo(paths.import, { id })}>{t.text('job.look')}</a>
      </p>
      <form method="post" action={pathTo(paths.importDelete, { id })}>
        <button type="submit" className="button button-danger">
          {t.text('job.stop')}
        </button>
      </form>
    </>
  );
};

const endOf = ({ state }: Job): 'done' | 'cancelled' | 'withdrawn' =>
  state === 'done' || state === 'withdrawn' ? state : 'cancelled';

/** What is written above how it ended. */
export const endTitle = (job: Job) => {
  const end = endOf(job);
  return job.area === 'test' && end !== 'withdrawn'
    ? (`imports.trial.${end}` as const)
    : (`job.${end}.title` as const);
};

interface DoneProps {
  readonly shown: Import;
  readonly job: Job;
  readonly errors: ImportErrors;
}

/** What became of it: counts, every row that was not recorded, and a file to correct them in. */
export const ImportDonePage = ({ shown: { id, files }, job, errors }: DoneProps) => {
  const t = useTexts();
  const isTrial = job.area === 'test';
  const end = endOf(job);
  return (
    <>
      <Back />
      <h1>{t.text(endTitle(job))}</h1>
      <p className="lead">
        {t.text(isTrial && end !== 'withdrawn' ? `job.trial.${end}` : `job.${end}.lead`)}
      </p>
      <Counts job={job} />
      <FileProblems files={files} />
      {errors.data.length === 0 ? null : (
        <section aria-labelledby="refused">
          <h2 id="refused">{t.text(isTrial ? 'job.trial.errors' : 'job.errors')}</h2>
          <p>{t.text('job.errors.text')}</p>
          <p>
            <a className="button" href={pathTo(paths.importRefused, { id })} download>
              {t.text('job.download')}
            </a>
          </p>
          <Errors errors={errors} several={files.length > 1} />
          {errors.nextCursor === null ? null : (
            <p>
              <a href={`${pathTo(paths.import, { id })}?cursor=${errors.nextCursor}#refused`}>
                {t.text('job.errors.next')}
              </a>
            </p>
          )}
        </section>
      )}
    </>
  );
};

const Counts = ({ job: { area, counts } }: Pick<DoneProps, 'job'>) => {
  const t = useTexts();
  const { recorded, duplicate, test, refused } = counts;
  const isTrial = area === 'test';
  return (
    <ul className="rows">
      {isTrial ? (
        <li>
          <State tone="pass" word={t.text('job.trial.taken', { count: test })} />
        </li>
      ) : (
        <>
          <li>
            <State tone="pass" word={t.text('job.recorded', { count: recorded })} />
          </li>
          <li>
            <State tone="plain" word={t.text('job.duplicate', { count: duplicate })} />
          </li>
        </>
      )}
      <li>
        <State
          tone={refused > 0 ? 'fail' : 'plain'}
          word={t.text(isTrial ? 'job.trial.refused' : 'job.refused', { count: refused })}
        />
      </li>
    </ul>
  );
};

const Errors = (props: { readonly errors: ImportErrors; readonly several: boolean }) => {
  const { errors, several } = props;
  const t = useTexts();
  return (
    <ScrollTable
      label={t.text('job.errors')}
      head={[
        t.text('import.row'),
        t.text('job.column'),
        t.text('job.value'),
        t.text('job.reason'),
        t.text('job.fix'),
      ]}
      rows={errors.data.map(({ file, row, column, value, reason, fix }, n) => ({
        key: `${file}-${row}-${n}`,
        cells: [several ? `${file}: ${row}` : String(row), column, value, reason, fix],
      }))}
    />
  );
};
