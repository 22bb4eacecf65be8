import type { Issue } from '#kernel';
import { type Client, isAssuredAtLeast, type ProblemCode } from '#contracts';
import type { Report } from './report.js';

/** What the rules below need to know of who is sending. */
export type Provider = Pick<
  Client,
  'id' | 'type' | 'sources' | 'learningContext' | 'highestAssurance'
> &
  Partial<Pick<Client, 'country'>>;

/** Clocks differ; a day also covers a time zone that was forgotten. */
const FUTURE_MAX_MS = 24 * 3_600_000;

interface Refusal {
  readonly code: ProblemCode;
  readonly issues: readonly Issue[];
}
const refusal = (code: ProblemCode, pointer: string, detail: string): Refusal => ({
  code,
  issues: [{ pointer, detail }],
});

/**
 * Whether a provider may say this, now. Out: nothing, or `source-not-yours` (also for an event of
 * somebody else that it would void or correct), `assurance-too-high`, `time-in-future`.
 */
export const refuse = (provider: Provider, report: Report, now: Date): Refusal | undefined => {
  const isMine = (source: string): boolean => provider.sources.includes(source);
  if (!isMine(report.source))
    return refusal('source-not-yours', '#/source', 'This source is not registered for you.');
  if (report.is === 'void' && !isMine(report.target.source))
    return refusal('source-not-yours', '#/data/target/source', 'Void only what you have sent.');
  const latest = Math.max(...report.times);
  if (latest > now.getTime() + FUTURE_MAX_MS)
    return refusal('time-in-future', '#/time', 'More than 24 hours from now.');
  if (report.is === 'void') return undefined;

  const { supersedes, assurance } = report.data;
  if (supersedes && !isMine(supersedes.source))
    return refusal(
      'source-not-yours',
      '#/data/supersedes/source',
      'Correct only what you have sent.',
    );
  if (assurance && !isAssuredAtLeast(provider.highestAssurance, assurance.level))
    return refusal(
      'assurance-too-high',
      '#/data/assurance/level',
      `At most "${provider.highestAssurance}".`,
    );
  return undefined;
};
