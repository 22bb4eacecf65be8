import { receiptsTopicOf } from '#contracts';
import type { IntakeAnswer, IntakeMessage } from '#log';
import { sourceOf, typeOf } from './attributes.js';
import type { Lane } from './due.js';
import type { Incoming, Outgoing } from './kafka.js';

/** Where a message stands: whose topic it is, and its place there. */
export interface IntakePlace {
  readonly client: string;
  readonly lane: Lane;
  readonly offset: number;
}

/** A record as its intake sees it. */
export const messageOf = ({ key = null, value, headers = {} }: Incoming): IntakeMessage => ({
  key,
  value,
  headers: Object.entries(headers).flatMap(([name, given]) =>
    [given]
      .flat()
      .flatMap((one): [string, string][] =>
        typeof one === 'string' || Buffer.isBuffer(one) ? [[name, one.toString()]] : [],
      ),
  ),
});

/**
 * The answer to a message, for the client's receipts topic: what POST /v1/events would give
 * (a receipt, a problem, or that it was a trial), as CloudEvents in binary mode, under the key of the message. Its id is
 * the message's place, so that an answer given again after a crash can be told.
 */
export const toAnswer = (
  log: string,
  { client, lane, offset }: IntakePlace,
  key: Uint8Array | null,
  { result, source, id }: IntakeAnswer,
): Outgoing => {
  const isProblem = 'code' in result;
  return {
    topic: receiptsTopicOf(client),
    key: key === null ? null : Buffer.from(key),
    value: JSON.stringify(result),
    headers: {
      'content-type': isProblem ? 'application/problem+json' : 'application/json',
      ce_specversion: '1.0',
      ce_id: `${client}/${lane.partition}/${offset}`,
      ce_source: sourceOf(log),
      ce_type: typeOf(isProblem ? 'problem' : 'receipt'),
      ce_intakepartition: `${lane.partition}`,
      ce_intakeoffset: `${offset}`,
      ...(source === undefined ? {} : { ce_eventsource: source }),
      ...(id === undefined ? {} : { ce_eventid: id }),
    },
  };
};
