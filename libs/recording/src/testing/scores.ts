import { SCORE } from '../line-items/routes.js';
import { pathOf, usingGradebook } from './gradebook.js';
import type { Answer, StartService } from './running-recorder.js';
import { times } from './samples.js';

/** When a score was given: so many minutes after nine. */
export const at = (minute: number): string =>
  new Date(Date.UTC(2026, 3, 16, 9, minute, 36, 736)).toISOString().replace('Z', '+00:00');

/** A score as a tool posts it; each part can be said otherwise, undefined leaves it out. */
export const score = (part: object = {}) => ({
  userId: '5323497',
  timestamp: at(0),
  scoreGiven: 83,
  scoreMaximum: 100,
  comment: 'Well done, Amina',
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  ...part,
});

/** A client that posts scores to the line items of its gradebook, for all tests of a file. */
export const usingScores = (startService: StartService) => {
  const gradebook = usingGradebook(startService);
  const { ask, recorder } = gradebook;
  const post = (
    lineItem: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    ask('POST', `${pathOf(lineItem)}/scores`, body, { 'content-type': SCORE, ...headers });
  return {
    ...gradebook,
    /** Posts a score to a line item. */
    post,
    /** What a score becomes that is posted; with its status where it is refused. */
    become: async (lineItem: string, part: object): Promise<unknown> => {
      const { status, json } = await post(lineItem, score(part));
      return json['code'] === undefined ? json['status'] : [status, json['code']];
    },
    /** What something adds to the log, opened. */
    added: async (work: () => Promise<unknown>): Promise<readonly object[]> => {
      const before = await recorder().size();
      await work();
      const count = (await recorder().size()) - before;
      const entries = await Promise.all(times(count, (n) => recorder().entryAt(before + n)));
      return entries.flatMap(({ data }) => data ?? []);
    },
  };
};
