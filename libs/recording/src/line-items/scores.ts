import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import type { Area, Client } from '#contracts';
import type { ItemAnswer } from '../domain/delivery.js';
import { FormatRoutes } from '../formats/routes.js';
import { LATE } from '../formats/series.js';
import { parseJson } from '../json-body.js';
import type { LineItem } from './line-item.js';

/** The format that a score with its line item is in. */
export const FORMAT = 'lti-ags-2.0';

/** Each failed try means that another score of this person in this line item was recorded. */
const TRIES_MAX = 8;

/** Scores as tools post them: the line item is in the address, and the body is the score alone. */
@Injectable()
export class Scores {
  constructor(private readonly formats: FormatRoutes) {}

  /**
   * Records a score (AGS 2.0 §3.4). Out: a receipt, or why nothing had to be recorded. Throws
   * DomainError for every refusal, with pointers into the score: `score-not-newer` where one as late
   * is recorded (§3.4.9), `invalid-input`, `malformed-json`, `time-in-future`, `unavailable` …
   */
  async record(client: Client, lineItem: LineItem, text: string, area: Area): Promise<ItemAnswer> {
    const body = postedWith(lineItem, text);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const answer = await this.#take(client, body, area);
      // Another score came at the same moment: with that one recorded it is placed anew.
      if (!('code' in answer && answer.code === 'already-superseded')) return accepted(answer);
    }
    throw new DomainError('unavailable', 'Other scores of this person come at once.');
  }

  async #take(client: Client, body: string, area: Area): Promise<ItemAnswer> {
    try {
      const [answer] = await this.formats.take(FORMAT, client, body, area);
      if (!answer) throw new Error('a score got no answer');
      return answer;
    } catch (error) {
      if (!(error instanceof DomainError) || error.issues.length === 0) throw error;
      throw new DomainError(error.code, error.detail, error.issues.map(inScore));
    }
  }
}

/** A score as the format has it. Throws `malformed-json`. */
export const postedWith = ({ id, label }: LineItem, text: string): string =>
  JSON.stringify({ lineItem: { id, label }, score: parseJson(text) });

const accepted = (answer: ItemAnswer): ItemAnswer => {
  if ('code' in answer)
    throw new DomainError(answer.code, answer.detail, answer.errors?.map(inScore));
  if (answer.status === 'telemetry' && answer.because === LATE)
    throw new DomainError('score-not-newer');
  return answer;
};

const inScore = ({ pointer, detail }: { readonly pointer: string; readonly detail: string }) => ({
  pointer: pointer.replace(/^#\/score/u, '#'),
  detail,
});
