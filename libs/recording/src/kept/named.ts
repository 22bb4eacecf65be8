import { LearnerIdentity } from '#contracts';
import type { ScopedIdentity } from '#vault';
import { mailHash } from '../content.js';
import { momentOf } from '../domain/report.js';
import { isMail } from '../imports/columns.js';

const NAME_MAX = 256;

/**
 * An identity in all the ways in which a provider may have written it elsewhere: without the space
 * around a name, with its letters composed (Unicode NFC), and what is a mail address as its hash.
 */
export const spellingsOf = (identity: LearnerIdentity): readonly LearnerIdentity[] => {
  if (!('account' in identity)) return [identity];
  const { homePage, name } = identity.account;
  const trimmed = name.trim();
  const composed = trimmed.normalize('NFC');
  const names = new Set(
    [name, trimmed, composed].filter(({ length }) => length > 0 && length <= NAME_MAX),
  );
  return [
    ...[...names].map((each) => ({ account: { homePage, name: each } })),
    ...(isMail(composed) ? [{ mailHash: mailHash(`mailto:${composed.toLowerCase()}`) }] : []),
  ];
};

/**
 * Whom an event names that was refused, however it was. Out: nobody where that cannot be told, as
 * the learner is written in a form that we do not know.
 */
export const namedInEvent = (provider: string, event: unknown): readonly ScopedIdentity[] => {
  const { data, time } = membersOf(event);
  const { learner, occurredAt } = membersOf(data);
  const known = LearnerIdentity.safeParse(learner);
  if (!known.success) return [];
  const at = [occurredAt, time].map(momentIn).find((moment) => moment !== undefined);
  return spellingsOf(known.data).map((identity) => ({ provider, identity, at }));
};

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const momentIn = (time: unknown): number | undefined =>
  typeof time === 'string' ? momentOf(time) : undefined;
