import { freePort, LedgerProcess } from '../../processes/ledger-process.js';
import { openCopyLimit } from '../copy-limit.js';
import { entries } from '../entries.js';
import { events } from '../events.js';
import { postAll } from '../load.js';
import { batches, BATCH_TYPE, openRecorder, resultsAre } from '../recorder.js';
import type { Prepared, Row } from '../row.js';

const BATCH = 100;

/** Batches of 100 over HTTP, answered after the commit, beside a COPY of as many. */
export const postBatches: Row = {
  row: 'post-batches',
  unit: 'events/s',
  must: 0.35,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 20_000 : 100_000;
    const recorder = await openRecorder(bench);
    const { url, databaseUrl, authorization } = recorder;
    const limit = await openCopyLimit(databaseUrl);
    const headers = { authorization, 'content-type': BATCH_TYPE };
    return {
      ours: () => {
        const bodies = batches(count, BATCH);
        return postAll({ url, headers, bodies, check: resultsAre(BATCH) }, BATCH);
      },
      limit: () => limit.round(entries(count)),
      close: async () => {
        await recorder.close();
        await limit.close();
      },
    };
  },
};

/** One event a request, answered after the commit, beside a route that only parses and answers. */
export const postSingle: Row = {
  row: 'post-single',
  unit: 'events/s',
  must: 0.35,
  prepare: async (bench): Promise<Prepared> => {
    const count = bench.isQuick ? 5_000 : 30_000;
    const recorder = await openRecorder(bench);
    const { url, authorization } = recorder;
    const bareUrl = `http://127.0.0.1:${await freePort()}`;
    const bare = new LedgerProcess('test/benchmark/bare-route.js', bareUrl, {
      PORT: new URL(bareUrl).port,
    });
    bare.start();
    await bare.ready();
    const headers = { authorization, 'content-type': 'application/cloudevents+json' };
    const post = (to: string) => {
      const bodies = events(count).map((event) => JSON.stringify(event));
      return postAll({ url: to, headers, bodies, check: resultsAre(1) });
    };
    return {
      ours: () => post(url),
      limit: () => post(`${bareUrl}/v1/events`),
      close: async () => {
        await recorder.close();
        await bare.stop();
      },
    };
  },
};
