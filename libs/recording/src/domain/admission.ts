import type { Issue } from '#kernel';
import {
  type AssuranceLevel,
  type Client,
  correctedBy,
  isAssuredAtLeast,
  type ProblemCode,
} from '#contracts';
import type { Report, ReportedData } from './report.js';

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
 * Whether a provider may say this, now. In: `principal` where it says it for another, which lets it
 * correct (see Correctors). Out: nothing, or `source-not-yours` (also for an event of somebody else
 * that it would void or correct), `invalid-input`, `assurance-too-high`, `time-in-future`.
 */
export const refuse = (
  provider: Provider,
  report: Report,
  now: Date,
  principal?: Provider,
): Refusal | undefined => {
  const { source } = report;
  if (!principal && !provider.sources.includes(source))
    return refusal('source-not-yours', '#/source', 'This source is not registered for you.');
  // What was corrected for a provider is its own to correct, as what it said itself.
  const mayChange = (target: string): boolean =>
    principal
      ? sourceOf(target) === sourceOf(source)
      : provider.sources.includes(target) || provider.sources.includes(sourceOf(target));
  if (report.is === 'void' && !mayChange(report.target.source))
    return refusal('source-not-yours', '#/data/target/source', 'Void only what you have sent.');
  const latest = Math.max(...report.times);
  if (latest > now.getTime() + FUTURE_MAX_MS)
    return refusal('time-in-future', '#/time', 'More than 24 hours from now.');
  if (report.is === 'void') return undefined;

  const { supersedes, assurance } = report.data;
  if (supersedes && !mayChange(supersedes.source))
    return refusal(
      'source-not-yours',
      '#/data/supersedes/source',
      'Correct only what you have sent.',
    );
  if (principal) {
    const refused = refuseInCorrecting(report.data);
    if (refused) return refused;
  }
  const highest = highestOf(provider, principal);
  if (assurance && !isAssuredAtLeast(highest, assurance.level))
    return refusal('assurance-too-high', '#/data/assurance/level', `At most "${highest}".`);
  return undefined;
};

/** The source in which the provider itself says what this one corrects. */
const sourceOf = (source: string): string => correctedBy(source)?.source ?? source;

/** Who corrects for another says nothing new, and the ledger names both. */
const refuseInCorrecting = ({
  supersedes,
  provider,
  assurance,
}: ReportedData): Refusal | undefined => {
  if (!supersedes)
    return refusal('invalid-input', '#/data/supersedes', 'Required where you correct for another.');
  if (provider)
    return refusal('invalid-input', '#/data/provider', 'Leave it out: it stays who it was.');
  if (assurance?.qualityBody !== undefined)
    return refusal('invalid-input', '#/data/assurance/qualityBody', 'Leave it out: it is you.');
  return undefined;
};

/** What both may vouch for: who corrects no more than the provider, nor than itself. */
export const highestOf = (
  { highestAssurance }: Provider,
  principal: Provider | undefined,
): AssuranceLevel =>
  principal && isAssuredAtLeast(highestAssurance, principal.highestAssurance)
    ? principal.highestAssurance
    : highestAssurance;
