import type { LearningEventData, TimelineItem } from '#contracts';

/** A learning event and what surrounds it. */
export interface Happened {
  readonly id: string;
  readonly time: string;
  readonly provider: TimelineItem['provider'];
  readonly voided: boolean;
  readonly superseded: boolean;
  readonly data: Pick<
    LearningEventData,
    'activity' | 'verb' | 'learningContext' | 'assurance' | 'result'
  >;
}

/**
 * One line of a learner's timeline. `languages` are the reader's, best first (BCP 47).
 * A score or hours that the event does not tell are left out.
 */
export const timelineItem = (
  { id, time, provider, voided, superseded, data }: Happened,
  languages: readonly string[],
): TimelineItem => {
  const { activity, verb, learningContext, assurance, result } = data;
  const hours = hoursOf(result?.duration) ?? activity.workloadHours;
  const scorePercent = percentOf(result?.score);
  return {
    id,
    time,
    title: inBestLanguage(activity.name, languages) ?? activity.id,
    verb,
    provider,
    learningContext,
    assurance: assurance.level,
    ...(hours === undefined ? {} : { hours: rounded(hours, 2) }),
    ...(scorePercent === undefined ? {} : { scorePercent: rounded(scorePercent, 1) }),
    voided,
    superseded,
  };
};

type Score = NonNullable<LearningEventData['result']>['score'];

/** For showing only; what decides about certificates counts exactly (accumulation). */
const percentOf = (score: Score): number | undefined => {
  const { scaled, raw, min = 0, max } = score ?? {};
  if (scaled !== undefined) return scaled * 100;
  if (raw === undefined || max === undefined || max <= min) return undefined;
  return ((raw - min) / (max - min)) * 100;
};

const DURATION =
  /^P(?=.)(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/u;
const HOURS = [168, 24, 1, 1 / 60, 1 / 3600];

/** An ISO 8601 duration in hours; years and months have no fixed length and tell none. */
const hoursOf = (duration: string | undefined): number | undefined => {
  const parts = DURATION.exec(duration ?? '')?.slice(1);
  if (parts?.every((part) => part === undefined) !== false) return undefined;
  const hours = parts.reduce((sum, part, n) => sum + Number(part ?? 0) * (HOURS[n] ?? 0), 0);
  return Number.isFinite(hours) ? hours : undefined;
};

const rounded = (value: number, places: number): number =>
  Number(`${Math.round(Number(`${value}e${places}`))}e-${places}`);

/** RFC 4647 lookup: each language, shortened from the right; then English, then any. */
const inBestLanguage = (
  names: Readonly<Record<string, string>> | undefined,
  languages: readonly string[],
): string | undefined => {
  const byTag = new Map(
    Object.entries(names ?? {}).map(([tag, name]) => [tag.toLowerCase(), name]),
  );
  for (const language of [...languages, 'en'])
    for (let tag = language.toLowerCase(); tag !== ''; tag = tag.replace(/-?[^-]*$/u, '')) {
      const found = byTag.get(tag) ?? [...byTag].find(([each]) => each.startsWith(`${tag}-`))?.[1];
      if (found !== undefined) return found;
    }
  return [...byTag.values()][0];
};

const LANGUAGES_MAX = 10;

/** The languages of an Accept-Language header (RFC 9110 §12.5.4), best first. */
export const languagesOf = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .split(',')
    .slice(0, LANGUAGES_MAX)
    .flatMap((part) => {
      const [, tag, q] = /^\s*([A-Za-z0-9-]+)\s*(?:;\s*q=([\d.]+))?\s*$/u.exec(part) ?? [];
      const quality = Number(q ?? 1);
      return tag !== undefined && quality > 0 ? [{ tag, quality }] : [];
    })
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
