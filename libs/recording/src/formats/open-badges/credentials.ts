import { DomainError } from '#kernel';
import { LearnerIdentity } from '#contracts';
import { itemsOf } from '../../json-body.js';
import type { Item, Reading } from '../format.js';
import { achievedBy, subjectOf } from './meaning.js';
import { prove } from './proof.js';
import { isObject, listOf, type Paper, readPaper } from './reading.js';

/** Each signature costs some milliseconds. Those inside a CLR count too. */
const CREDENTIALS_MAX = 50;

const SIGNERS = {
  key:
    'The signature fits, but nobody here knows the issuer: recorded as self-asserted, with the key ' +
    'that signed it.',
  address:
    'Its issuer publishes it, or the key that signed it is published, but nobody here knows the issuer: ' +
    'recorded as self-asserted, with the address that publishes.',
} as const;
const STANDINGS = {
  stands: 'Its issuer has not withdrawn it so far.',
  unknown: 'Whether its issuer has withdrawn it could not be found out here.',
  unsaid: 'It does not say where its issuer publishes whether it was withdrawn.',
} as const;

/** A body of one credential or a list of them, as items; a CLR is those of the credentials in it. */
export const readCredentials = (body: unknown, reading: Reading): Promise<readonly Item[]> => {
  const isList = Array.isArray(body);
  const work = itemsOf(body).map((value, n) => handedIn(value, isList ? `#/${n}` : '#'));
  return readAll(work, reading, { left: CREDENTIALS_MAX });
};

interface Work {
  readonly value: unknown;
  readonly pointer: string;
  /** As the provider names the learner, and where; else the credential has to. */
  readonly learner?: { readonly value: unknown; readonly pointer: string };
  /** Whom the record around it is about. */
  readonly within?: unknown;
}

/** A credential, or `{credential, learner}`. */
const handedIn = (value: unknown, pointer: string): Work => {
  if (!isObject(value) || !('credential' in value) || 'type' in value) return { value, pointer };
  const { credential, learner } = value;
  return {
    value: credential,
    pointer: `${pointer}/credential`,
    ...(learner === undefined
      ? {}
      : { learner: { value: learner, pointer: `${pointer}/learner` } }),
  };
};

/** What a CLR holds takes its place in the order. Throws `too-large`. */
const readAll = async (
  work: readonly Work[],
  reading: Reading,
  credentials: { left: number },
): Promise<readonly Item[]> => {
  credentials.left -= work.length;
  if (credentials.left < 0)
    throw new DomainError('too-large', `A body may hold ${CREDENTIALS_MAX} credentials.`);
  const items: Item[] = [];
  for (const one of work) {
    const read = await readOne(one, reading);
    items.push(...('is' in read ? [read] : await readAll(read, reading, credentials)));
  }
  return items;
};

const readOne = async (work: Work, reading: Reading): Promise<Item | readonly Work[]> => {
  const { pointer } = work;
  const refused = (detail: string, at = pointer): Item => ({
    pointer,
    is: 'refused',
    issues: [{ pointer: at, detail }],
  });
  const named = work.learner && LearnerIdentity.safeParse(work.learner.value);
  if (work.learner && !named?.success)
    return refused('By account, mail hash or DID, one of them.', work.learner.pointer);
  const paper = readPaper(work.value);
  if ('detail' in paper) return refused(paper.detail);
  if (isOfSomebodyElse(work, paper)) return refused('It is about somebody else than the record.');
  const proven = await prove(paper, reading.now, reading.readPublished);
  if ('detail' in proven) return refused(proven.detail);
  if (paper.kind === 'clr-2.0') return insideOf(work, paper) ?? refused('It holds no credential.');
  const learner = named?.data ?? subjectOf(proven.paper);
  if (!learner)
    return refused(
      'It does not name its holder in a way that can be known: say "learner" beside it.',
    );
  const achieved = achievedBy(proven.paper, proven.signer, reading.now);
  if ('detail' in achieved) return refused(achieved.detail);
  return {
    pointer,
    is: 'event',
    said: work.value,
    format: paper.kind,
    note: `${SIGNERS[proven.by]} ${STANDINGS[proven.standing]}`,
    report: {
      is: 'learning',
      source: reading.source,
      times: [achieved.happened],
      learner,
      data: achieved.data,
    },
  };
};

/** The credentials in a CLR (§5.1), to be looked at like any other; undefined if there are none. */
const insideOf = (work: Work, { credential }: Paper): readonly Work[] | undefined => {
  // A record in a record: each costs a signature, and nobody sends them.
  if (work.within !== undefined) return undefined;
  const subject = credential['credentialSubject'];
  if (!isObject(subject)) return undefined;
  const inside = listOf(subject['verifiableCredential']);
  const within = subject['id'] ?? '';
  return inside.length === 0
    ? undefined
    : inside.map((value, n) => ({
        value,
        within,
        ...(work.learner ? { learner: work.learner } : {}),
        pointer: `${work.pointer}/credentialSubject/verifiableCredential/${n}`,
      }));
};

const isOfSomebodyElse = ({ within }: Work, { credential }: Paper): boolean => {
  const subject = credential['credentialSubject'];
  const id = isObject(subject) ? subject['id'] : undefined;
  return within !== undefined && within !== '' && id !== undefined && id !== within;
};
