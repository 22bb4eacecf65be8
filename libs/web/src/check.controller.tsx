import '@fastify/multipart';
import { Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import { Fields, type FormState } from './form-state.js';
import { Pages } from './pages.decorator.js';
import { CheckPage, CheckResultPage } from './pages/check-pages.js';
import { SharePage } from './pages/share-page.js';
import { paths, pathTo } from './paths.js';
import { readSubmission } from './submission.js';
import { type Visit, Visits } from './visit.js';

/** What everybody may do: check a credential, and open what a learner shares. */
@Pages()
export class CheckController {
  constructor(private readonly visits: Visits) {}

  @Get(paths.check)
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    showForm(await this.visits.begin(request, reply));
  }

  @Post(paths.check)
  async check(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const sent = await sentIn(request);
    const visit = await this.visits.begin(request, reply);
    const submission = readSubmission(sent.fromFile ?? sent.pasted);
    const values = { credential: [sent.pasted] };
    switch (submission.is) {
      case 'share':
        visit.redirect(pathTo(paths.share, { shareId: submission.shareId }));
        return;
      case 'credential':
        await visit.attempt(
          async () => {
            const verification = await visit.ledger.verify(submission.credential);
            const title = `verdict.${verification.verdict}` as const;
            visit.show({ title, body: <CheckResultPage verification={verification} /> });
          },
          ({ problems }) => showForm(visit, { values, problems }),
        );
        return;
      case 'unreadable': {
        const message = visit.texts.text(submission.because);
        showForm(visit, { values, problems: [{ field: 'credential', message }] });
      }
    }
  }

  @Get(paths.share)
  async share(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('shareId') shareId: string,
  ): Promise<void> {
    // An address that gives something away: not to be found by search engines, nor kept.
    void reply.header('x-robots-tag', 'noindex');
    const visit = await this.visits.begin(request, reply);
    const { until, credentials } = await visit.ledger.shared(shareId);
    const verifications = await Promise.all(
      credentials.map((credential) => visit.ledger.verify(credential)),
    );
    visit.show({
      title: { title: visit.texts.text('share.title', { count: verifications.length }) },
      body: <SharePage until={until} verifications={verifications} />,
      isPrivate: true,
    });
  }
}

const showForm = (visit: Visit, state?: FormState): void => {
  const body = state === undefined ? <CheckPage /> : <CheckPage state={state} />;
  const view = { title: 'check.title', body, current: paths.check } as const;
  if (state === undefined) visit.show(view);
  else visit.showAgain(view);
};

interface Sent {
  readonly pasted: string;
  readonly fromFile?: string;
}

/** What the form sent: a text, a file, or both (the file wins). Throws `too-large`. */
const sentIn = async (request: FastifyRequest): Promise<Sent> => {
  if (!request.isMultipart()) return { pasted: new Fields(request.body).text('credential') };
  try {
    return await readParts(request);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const isTooLarge = error instanceof Error && 'statusCode' in error && error.statusCode === 413;
    // What is left is a body that breaks off or is no multipart at all.
    throw new DomainError(isTooLarge ? 'too-large' : 'invalid-input');
  }
};

const readParts = async (request: FastifyRequest): Promise<Sent> => {
  let pasted = '';
  let fromFile: string | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const text = (await part.toBuffer()).toString('utf8');
      if (part.fieldname === 'file' && text.trim() !== '') fromFile = text;
    } else if (part.fieldname === 'credential' && typeof part.value === 'string') {
      if (part.valueTruncated) throw new DomainError('too-large');
      pasted = part.value;
    }
  }
  return fromFile === undefined ? { pasted } : { pasted, fromFile };
};
