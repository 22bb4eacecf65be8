import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';
import { measureMessaging } from './messaging-metrics.js';

const away = (): Promise<never> => Promise.reject(new Error('away'));

const scrape = async (
  overrides: Partial<Parameters<typeof measureMessaging>[2]> = {},
  size?: number,
) => {
  const metrics = new Metrics('recorder');
  const head = size === undefined ? away : () => Promise.resolve({ size, root: '' });
  measureMessaging(
    metrics,
    { head },
    {
      status: () => ({
        transport: 'kafka',
        isReady: true,
        projections: [
          { name: 'one', lag: 0, topicsAnew: 0 },
          { name: 'two', lag: 0, topicsAnew: 2, stalledSince: new Date() },
        ],
        relay: { role: 'failing', cursor: 5, lag: 0 },
        intake: { recorded: 3, duplicate: 0, test: 2, refused: 1 },
      }),
      lags: away,
      deadLetters: { count: away },
      ...overrides,
    },
  );
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith('ledger_'));
};

describe('what waits', () => {
  it('is told from the log, the relay and the readers', async () => {
    const lags = () =>
      Promise.resolve([{ reader: 'intake', topic: 'learning-events.intake.v1', messages: 7 }]);
    const deadLetters = { count: () => Promise.resolve(new Map([['one', 2]])) };
    expect(await scrape({ lags, deadLetters }, 10)).toEqual(
      expect.arrayContaining([
        'ledger_log_entries{service="recorder"} 10',
        'ledger_relay_lag_entries{service="recorder"} 4',
        'ledger_consumer_lag_messages{reader="intake",topic="learning-events.intake.v1",service="recorder"} 7',
        'ledger_reader_stalled{reader="one",service="recorder"} 0',
        'ledger_reader_stalled{reader="two",service="recorder"} 1',
        'ledger_dead_letters_open{reader="one",service="recorder"} 2',
        'ledger_dead_letters_open{reader="two",service="recorder"} 0',
        'ledger_intake_answers_total{result="recorded",service="recorder"} 3',
        'ledger_intake_answers_total{result="test",service="recorder"} 2',
        'ledger_intake_answers_total{result="refused",service="recorder"} 1',
        'ledger_topics_anew_total{reader="one",service="recorder"} 0',
        'ledger_topics_anew_total{reader="two",service="recorder"} 2',
      ]),
    );
  });

  it('is left out where it cannot be known, and the rest is told', async () => {
    const lines = (await scrape()).join('\n');
    expect(lines).toContain('ledger_reader_stalled{reader="two",service="recorder"} 1');
    for (const name of ['log_entries', 'relay_lag_entries', 'consumer_lag', 'dead_letters_open'])
      expect(lines).not.toContain(`ledger_${name}`);
  });

  it('says nothing of a relay that another process leads', async () => {
    const status = () => ({
      transport: 'kafka' as const,
      isReady: true,
      projections: [],
      relay: { role: 'waiting' as const, cursor: undefined, lag: 0 },
    });
    expect((await scrape({ status }, 10)).join('\n')).not.toContain('relay');
  });
});
