import { UnavailableError } from '#kernel';
import type { Submission } from '../../content.js';
import type { Recorded, Recorder } from '../../recorder.js';
import type { SealedStatement } from './new-statement.js';
import type { Waiting } from './waiting.js';

/** A request whose statements may be stored: those that are new, and what the ledger is told. */
export interface Decided {
  readonly waiting: Waiting;
  readonly fresh: readonly SealedStatement[];
  readonly toRecord: readonly { readonly id: string; readonly submission: Submission }[];
}

/** The same, and what the ledger answered, by the statement's id. */
export interface Accepted extends Omit<Decided, 'toRecord'> {
  readonly receipts: ReadonlyMap<string, Recorded>;
}

type Refuse = (waiting: Waiting, error: unknown) => void;

/**
 * Records what requests have to say, those of a client together: one append costs little more than
 * each of them alone. Where it refuses one of them, each is told by itself, so that it costs the
 * others nothing. Out: those that are recorded.
 */
export const tellLedger = async (
  recorder: Recorder,
  decided: readonly Decided[],
  refuse: Refuse,
): Promise<readonly Accepted[]> => {
  const byClient = Map.groupBy(decided, ({ waiting }) => waiting.batch.client.id);
  const told = await Promise.all(
    [...byClient.values()].map((each) => tellTogether(recorder, each, refuse)),
  );
  return told.flat();
};

const tellTogether = async (
  recorder: Recorder,
  decided: readonly Decided[],
  refuse: Refuse,
): Promise<readonly Accepted[]> => {
  try {
    const recorded = (await record(recorder, decided)).values();
    return decided.map(({ waiting, fresh, toRecord }) => ({
      waiting,
      fresh,
      receipts: new Map(
        toRecord.flatMap(({ id }) => {
          const one = recorded.next().value;
          return one ? [[id, one] as const] : [];
        }),
      ),
    }));
  } catch (error) {
    if (decided.length > 1 && !(error instanceof UnavailableError))
      return (
        await Promise.all(decided.map((one) => tellTogether(recorder, [one], refuse)))
      ).flat();
    for (const { waiting } of decided) refuse(waiting, error);
    return [];
  }
};

const record = async (
  recorder: Recorder,
  decided: readonly Decided[],
): Promise<readonly Recorded[]> => {
  const submissions = decided.flatMap(({ toRecord }) =>
    toRecord.map(({ submission }) => submission),
  );
  const client = decided[0]?.waiting.batch.client;
  return client === undefined || submissions.length === 0
    ? []
    : recorder.recordWhole(client, submissions);
};
