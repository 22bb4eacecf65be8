import { expect, it } from '@jest/globals';
import { LogGuard } from '#log';
import { Metrics } from './metrics.js';
import { measurePublishing } from './published-metrics.js';

const scraperOf = (metaLog?: LogGuard) => {
  const metrics = new Metrics('recorder');
  const log = new LogGuard();
  measurePublishing(metrics, { log, metaLog });
  const scrape = async (): Promise<readonly string[]> =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => /^ledger_(?:pub|log|meta)/u.test(line));
  return { log, scrape };
};

it('tells how far a log is published, and whether it is trusted', async () => {
  const { log, scrape } = scraperOf();
  log.trust(7);
  expect(await scrape()).toEqual([
    'ledger_published_entries{service="recorder"} 7',
    'ledger_log_trusted{service="recorder"} 1',
  ]);
  log.refuse('not-as-published');
  expect((await scrape())[1]).toBe('ledger_log_trusted{service="recorder"} 0');
});

it('tells the same of the meta-log, apart', async () => {
  const metaLog = new LogGuard();
  const { log, scrape } = scraperOf(metaLog);
  log.trust(7);
  metaLog.trust(3);
  metaLog.refuse('behind-the-published-checkpoint');
  expect(await scrape()).toEqual([
    'ledger_published_entries{service="recorder"} 7',
    'ledger_log_trusted{service="recorder"} 1',
    'ledger_meta_log_published_entries{service="recorder"} 3',
    'ledger_meta_log_trusted{service="recorder"} 0',
  ]);
  metaLog.trust(4);
  log.refuse('not-as-published');
  expect((await scrape()).map((line) => line.split(' ')[1])).toEqual(['7', '0', '4', '1']);
});
