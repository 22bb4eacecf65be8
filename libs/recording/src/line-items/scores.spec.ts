import { describe, expect, it } from '@jest/globals';
import { type Client, problemOf } from '#contracts';
import type { ItemAnswer } from '../domain/delivery.js';
import type { FormatRoutes } from '../formats/routes.js';
import { Scores } from './scores.js';

const lineItem = { id: 'https://ledger.example/1', label: 'Final', scoreMaximum: 60 };

describe('the answer to a score', () => {
  /** In: what the format answers, one try after the other. */
  const answered = (...answers: readonly ItemAnswer[]) => {
    const left = answers.values();
    const take: FormatRoutes['take'] = async () => [left.next().value ?? { status: 'test' }];
    const scores = new Scores({ take } as FormatRoutes);
    return scores.record({ id: 'uni' } as Client, lineItem, '{}', 'live');
  };
  const late = problemOf('already-superseded');

  it('says all of why it was refused, and points into the score', async () => {
    const refused = problemOf('too-large', 'An event may have 131072 bytes.', [
      { pointer: '#/score/comment', detail: 'Too long.' },
      { pointer: '#/score', detail: 'Too long.' },
    ]);
    await expect(answered(refused)).rejects.toMatchObject({
      code: 'too-large',
      detail: 'An event may have 131072 bytes.',
      issues: [
        { pointer: '#/comment', detail: 'Too long.' },
        { pointer: '#', detail: 'Too long.' },
      ],
    });
  });

  it('comes of the try that found its place, of eight at most', async () => {
    expect(await answered(late, late)).toEqual({ status: 'test' });
    await expect(answered(...Array.from({ length: 8 }, () => late))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
