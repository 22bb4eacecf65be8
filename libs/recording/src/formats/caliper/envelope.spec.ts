import { expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { describeWithStandards } from '#testing';
import { CONTEXT, example, read } from '../../testing/caliper-mapped.js';
import { reading } from '../../testing/formats.js';
import { format } from './index.js';
import { parseWritten } from './written.js';

describeWithStandards('what Caliper says to the ledger', () => {
  it('answers items one by one, and knows 1.1', async () => {
    const items = await read(
      [
        { ...example('caliperEventGradeGraded'), '@context': undefined },
        { ...example('caliperEventGradeGraded'), '@context': undefined, type: 'Grading' },
        7,
      ],
      'http://purl.imsglobal.org/ctx/caliper/v1p1',
    );
    expect(items).toMatchObject([
      { is: 'event', format: 'caliper-1.1' },
      { is: 'refused', issues: [{ pointer: '#/data/1/type' }] },
      { is: 'refused', issues: [{ pointer: '#/data/2' }] },
    ]);
  });

  it.each<[unknown, string]>([
    [{}, 'invalid-input'],
    [[], 'invalid-input'],
    [null, 'invalid-input'],
    ['text', 'invalid-input'],
    [{ '@context': CONTEXT, id: 'https://a.example/1', type: 'Person' }, 'invalid-input'],
  ])('is no envelope: %j', (value, code) => {
    const refused = () => format.read(parseWritten(JSON.stringify(value)), reading);
    expect(refused).toThrow(DomainError);
    expect(refused).toThrow(expect.objectContaining({ code }));
  });
});
