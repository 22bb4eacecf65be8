import { expect, it } from '@jest/globals';
import { LogGuard } from '#log';
import { Metrics } from './metrics.js';
import { measurePublishing } from './published-metrics.js';

it('tells how far a log is published, and whether it is trusted', async () => {
  const metrics = new Metrics('recorder');
  const guard = new LogGuard();
  measurePublishing(metrics, guard);
  const scrape = async (): Promise<readonly string[]> =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => /^ledger_(?:pub|log)/u.test(line));
  guard.trust(7);
  expect(await scrape()).toEqual([
    'ledger_published_entries{service="recorder"} 7',
    'ledger_log_trusted{service="recorder"} 1',
  ]);
  guard.refuse('not-as-published');
  expect((await scrape())[1]).toBe('ledger_log_trusted{service="recorder"} 0');
});
