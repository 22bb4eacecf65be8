import { AssuranceLevel, LearningContext, type TimelineItem, Verb } from '#contracts';
import type { Texts } from '../texts.js';

/** What happened, in a word; a verb we have no word for is shown as it came. */
export const verbText = (t: Texts, verb: string): string => {
  const known = Verb.safeParse(verb);
  return known.success ? t.text(`verb.${known.data}`) : verb;
};

const contextText = (t: Texts, context: string): string => {
  const known = LearningContext.safeParse(context);
  return known.success ? t.text(`context.${known.data}`) : context;
};

const assuranceText = (t: Texts, level: string): string => {
  const known = AssuranceLevel.safeParse(level);
  return known.success ? t.text(`assurance.${known.data}`) : level;
};

/** The small print of an event: score, hours, where it was learned, who vouches for it. */
export const eventDetails = (t: Texts, item: TimelineItem): readonly string[] => [
  ...(item.scorePercent === undefined
    ? []
    : [t.text('wallet.score', { percent: t.number(item.scorePercent) })]),
  ...(item.hours === undefined
    ? []
    : [t.text('wallet.hours', { hours: item.hours, shown: t.number(item.hours) })]),
  contextText(t, item.learningContext),
  assuranceText(t, item.assurance),
];
