import { setTimeout as sleep } from 'node:timers/promises';
import { Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock, DomainError } from '#kernel';
import { type Import, ImportMapping } from '#contracts';
import { noticeOf } from './components/notice.js';
import type { FormState } from './form-state.js';
import { readForm } from './form-state.js';
import { formField, formOf, importLabels, mappingFrom, missingProblems } from './import-form.js';
import { jobWords } from './job-words.js';
import { Pages } from './pages.decorator.js';
import { endTitle, ImportDonePage, ImportRunningPage } from './pages/import-job-pages.js';
import { ImportPreviewPage } from './pages/import-preview-page.js';
import { ImportsPage } from './pages/imports-page.js';
import { paths, pathTo } from './paths.js';
import { progressScript } from './progress-script.js';
import { type Visit, Visits } from './visit.js';

/** How often the API is asked how far a job is, and for how long; then the browser asks anew. */
const LOOK_MS = 1_000;
const FOLLOW_MS_MAX = 5 * 60_000;
const view = { title: 'imports.title', current: paths.imports } as const;

/** Spreadsheets, for a person at a provider's desk. */
@Pages()
export class ImportsController {
  constructor(
    private readonly visits: Visits,
    private readonly clock: Clock,
  ) {}

  @Get(paths.imports)
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const imports = await visit.ledger.imports();
    visit.show({ ...view, body: <ImportsPage imports={imports} notice={noticeOf(done)} /> });
  }

  /** What the browser sends goes on to the API as it comes. */
  @Post(paths.imports)
  @RouteConfig({ takesLong: true })
  async upload(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const { 'content-type': type = '', 'content-length': length } = request.headers;
    try {
      const { id } = await visit.ledger.upload(request.raw, type, length);
      visit.redirect(pathTo(paths.import, { id }));
    } catch (error) {
      const key = error instanceof DomainError ? UPLOAD_PROBLEMS[error.code] : undefined;
      if (key === undefined) throw error;
      const problems = [{ field: 'file', message: visit.texts.text(key) }];
      const imports = await visit.ledger.imports();
      visit.showAgain({ ...view, body: <ImportsPage {...{ imports, problems }} /> });
    }
  }

  @Get(paths.import)
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('cursor') cursor?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const shown = await visit.ledger.import(id);
    if (shown.state === 'waiting') return this.#preview(visit, shown);
    const job = await visit.ledger.job(id);
    if (job.state === 'running') {
      const words = jobWords(job, visit.texts);
      const body = <ImportRunningPage {...{ id, job, words }} />;
      const title = job.area === 'test' ? 'job.trial.title' : 'job.title';
      return visit.show({ ...view, title, body, script: progressScript.href });
    }
    const errors = await visit.ledger.importErrors(id, cursor);
    const body = <ImportDonePage {...{ shown, job, errors }} />;
    return visit.show({
      ...view,
      title: endTitle(job),
      body,
      wide: true,
    });
  }

  /** Keeps what was chosen; then shows the preview again, or records. */
  @Post(paths.import)
  async change(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const { fields, texts } = visit;
    const shown = await visit.ledger.import(id);
    if (shown.state !== 'waiting') return visit.redirect(pathTo(paths.import, { id }));
    const labels = importLabels(texts, shown);
    const again = ({ problems, values }: FormState): void => {
      const named = problems.map((problem) => {
        const field = problem.field === undefined ? undefined : formField(problem.field);
        const label = field === undefined ? undefined : labels[field];
        return { ...problem, ...(field === undefined ? {} : { field }), label };
      });
      this.#preview(visit, shown, { values, problems: named });
    };
    const form = readForm(ImportMapping, mappingFrom(fields, shown), texts, labels);
    if ('problems' in form) return again(visit.refused(form.problems));
    return visit.attempt(async () => {
      await visit.ledger.mapImport(id, form.body);
      if (fields.text('action') === 'record') {
        const mapped = await visit.ledger.import(id);
        if (mapped.missing.length > 0)
          return this.#preview(visit, mapped, {
            ...formOf(mapped, this.#today),
            problems: missingProblems(texts, mapped),
          });
        await visit.ledger.confirmImport(id);
      }
      visit.redirect(`${pathTo(paths.import, { id })}#preview`);
    }, again);
  }

  @Post(paths.importDelete)
  async remove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    await visit.ledger.deleteImport(id);
    visit.redirect(paths.imports, 'importDeleted');
  }

  @Get(paths.importRefused)
  async refused(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    const rows = await visit.ledger.refusedRows(id);
    visit.download('refused-rows.csv', 'text/csv; charset=utf-8', rows);
  }

  /** How far it is, for the script of the page. */
  @Get(paths.importEvents)
  async events(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'provider');
    await visit.ledger.job(id);
    visit.follow(progress(visit, id, request));
  }

  #preview(visit: Visit, shown: Import, state?: FormState): void {
    const form = state ?? formOf(shown, this.#today);
    const body = <ImportPreviewPage {...{ shown, state: form }} />;
    const preview = { ...view, title: 'import.title', body, wide: true } as const;
    if (form.problems.length > 0) visit.showAgain(preview);
    else visit.show(preview);
  }

  get #today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }
}

const UPLOAD_PROBLEMS: Readonly<
  Record<string, 'imports.tooLarge' | 'imports.noFile' | 'imports.full'>
> = {
  'too-large': 'imports.tooLarge',
  'invalid-input': 'imports.noFile',
  'imports-full': 'imports.full',
};

async function* progress(
  { ledger, texts }: Visit,
  id: string,
  { raw }: FastifyRequest,
): AsyncGenerator<string> {
  const until = performance.now() + FOLLOW_MS_MAX;
  while (performance.now() < until && !raw.destroyed) {
    const words = jobWords(await ledger.job(id), texts);
    yield `event: job\ndata: ${JSON.stringify(words)}\n\n`;
    if (words.hasEnded) return;
    await sleep(LOOK_MS);
  }
}
