import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { recording } from '#recording';
import { LAST_ANSWERS_MS } from './create-service.js';
import { type RunningService, startService } from './testing/running-service.js';

let recorder: RunningService;
beforeAll(async () => {
  recorder = await startService([recording], { HOST: '127.0.0.1', PORT: '0' });
}, 60_000);
afterAll(() => recorder?.stop());

it('a service ends in time, though somebody still sends', async () => {
  const { service, authorization } = recorder;
  const { port } = new URL(await service.listen());
  const sender = connect(Number(port), '127.0.0.1');
  const ended = new Promise((resolve) => sender.once('close', resolve));
  sender.write(
    'POST /v1/events HTTP/1.1\r\nhost: ledger.example\r\ncontent-type: application/json\r\n' +
      `authorization: ${await authorization('uni')}\r\ncontent-length: 1000\r\n\r\n[`,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const since = performance.now();
  await service.close();
  expect(performance.now() - since).toBeLessThan(LAST_ANSWERS_MS + 5_000);
  await ended;
}, 60_000);
