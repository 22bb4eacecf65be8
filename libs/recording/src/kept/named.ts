import { LearnerIdentity } from '#contracts';
import type { ScopedIdentity } from '#vault';
import { mailHash } from '../content.js';
import { momentOf } from '../domain/report.js';
import { isMail } from '../imports/columns.js';
import { intakeSchema } from '../intake-schema.js';
import { compileKnown } from '../json-schema.js';

const NAME_MAX = 256;

/** Somebody whom a provider names in what was refused. */
export interface Named extends ScopedIdentity {
  /** Other ways in which they may be written elsewhere: they count where they are known. */
  readonly others: readonly LearnerIdentity[];
}

/**
 * An identity as it is mostly written, and in the other ways in which a provider may have written it
 * elsewhere. Mostly there is no space around a name, and its letters are composed (Unicode NFC); what
 * is a mail address may stand as its hash.
 */
export const spellingsOf = (identity: LearnerIdentity): Pick<Named, 'identity' | 'others'> => {
  if (!('account' in identity)) return { identity, others: [] };
  const { homePage, name } = identity.account;
  const trimmed = name.trim();
  const composed = trimmed.normalize('NFC');
  const names = new Set(
    [composed, trimmed, name].filter(({ length }) => length > 0 && length <= NAME_MAX),
  );
  const [first = name, ...others] = [...names];
  return {
    identity: { account: { homePage, name: first } },
    others: [
      ...others.map((each) => ({ account: { homePage, name: each } })),
      ...(isMail(composed) ? [{ mailHash: mailHash(`mailto:${composed.toLowerCase()}`) }] : []),
    ],
  };
};

const isKnown = compileKnown(intakeSchema);

/**
 * Whom an event names that was refused, however it was. Out: nobody where that cannot be told, as
 * the learner is written in a form that we do not know, or something stands beside them that may
 * name others.
 */
export const namedInEvent = (provider: string, event: unknown): readonly Named[] => {
  const { data, time } = membersOf(event);
  const { learner, occurredAt } = membersOf(data);
  const known = LearnerIdentity.safeParse(learner);
  if (!known.success || !isKnown(event)) return [];
  const at = [occurredAt, time].map(momentIn).find((moment) => moment !== undefined);
  return [{ provider, at, ...spellingsOf(known.data) }];
};

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const momentIn = (time: unknown): number | undefined =>
  typeof time === 'string' ? momentOf(time) : undefined;
