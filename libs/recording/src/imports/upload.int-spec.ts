import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createService, loadConfig } from '#platform';
import {
  good,
  Importer,
  MULTIPART,
  multipartOf,
  table,
  usingImporter,
} from '../testing/importer.js';
import { PUBLIC_URL } from '../testing/running-recorder.js';
import { client } from '../testing/samples.js';
import { workbookOf } from '../testing/workbook.js';
import { CLIENT_BYTES_MAX } from './limits.js';
import { Uploads } from './upload.js';

/** What an upload may not be, and who may see one; on the real log and PostgreSQL. */
const { recorder, desk, other, query } = usingImporter((definition, settings) =>
  createService(definition, loadConfig({ ...settings, PORT: '0' })),
);

let url: URL;
beforeAll(async () => {
  const { app } = recorder().service;
  await app.listen(0, '127.0.0.1');
  url = new URL(await app.getUrl());
}, 60_000);

const kept = async (): Promise<string> =>
  JSON.stringify(
    await query(
      `select (select count(*) from recording.import) as imports,
         (select count(*) from recording.import_chunk) as chunks`,
    ),
  );

/** A file without end; says so after 4 MB. */
async function* endless(say: () => void): AsyncGenerator<Buffer> {
  yield multipartOf([{ name: 'a.csv', content: 'a,b\n' }]).subarray(0, -24);
  for (let n = 0; ; n += 1) {
    if (n === 4) say();
    yield Buffer.alloc(1024 ** 2, 'a,b\n');
    await sleep(1);
  }
}

describe('what is not let in', () => {
  const calls = (id: string): readonly (readonly ['GET' | 'PUT' | 'POST' | 'DELETE', string])[] => [
    ['GET', `/v1/imports/${id}`],
    ['GET', `/v1/imports/${id}/errors`],
    ['GET', `/v1/imports/${id}/refused.csv`],
    ['POST', `/v1/imports/${id}/confirm`],
    ['DELETE', `/v1/imports/${id}`],
    ['GET', `/v1/jobs/${id}`],
    ['GET', `/v1/jobs/${id}/events`],
  ];

  it('other clients find nothing of it, learners and strangers neither', async () => {
    const id = await desk().upload({ name: 'a.csv', content: table(good(1)) });
    const { app } = recorder().service;
    const learner = new Importer(app, await recorder().tokenFor({ id: 'per_x', role: 'learner' }));
    const nobody = new Importer(app, '');
    for (const [method, path] of [...calls(id), ...calls('imp_nowhere')]) {
      expect([path, (await other().send(method, path)).status]).toEqual([path, 404]);
      expect([path, (await learner.send(method, path)).status]).toEqual([path, 403]);
      expect([path, (await nobody.send(method, path)).status]).toEqual([path, 401]);
    }
    expect((await desk().show(id)).state).toBe('waiting');
    const list = JSON.parse((await other().send('GET', '/v1/imports')).text) as { data: unknown[] };
    expect(list.data).toEqual([]);
  });

  it.each<[string, string, Buffer | string, number, string]>([
    ['no file', MULTIPART, multipartOf([]), 400, 'invalid-input'],
    [
      'a form without a chosen file',
      MULTIPART,
      multipartOf([{ name: '', content: '' }]),
      400,
      'invalid-input',
    ],
    [
      'a body that breaks off',
      MULTIPART,
      multipartOf([{ name: 'a.csv', content: table(good(9)) }]).subarray(0, 300),
      400,
      'invalid-input',
    ],
    ['no boundary', 'multipart/form-data', 'x', 400, 'invalid-input'],
    ['noise', MULTIPART, 'x'.repeat(100_000), 400, 'invalid-input'],
    ['JSON', 'application/json', '{}', 415, 'unsupported-media-type'],
    [
      'too many files',
      MULTIPART,
      multipartOf(Array.from({ length: 402 }, (_, n) => ({ name: `${n}.csv`, content: 'a' }))),
      413,
      'too-large',
    ],
  ])('%s is refused, and nothing of it stays', async (_, type, payload, status, code) => {
    const before = await kept();
    const answer = await desk().send('POST', '/v1/imports', { type, payload });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, { code }]);
    expect(await kept()).toBe(before);
  });

  it('3 GB are refused before they come', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(url.port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/imports HTTP/1.1\r\nhost: x\r\nauthorization: ${desk().authorization}\r\ncontent-type: ${MULTIPART}\r\ncontent-length: ${3 * 1024 ** 3}\r\n\r\n--xx`,
        );
      });
      let text = '';
      socket.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (text.includes('bytes')) socket.destroy();
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /u);
    expect(answer).toContain('2147483648 bytes');
  });

  it.each([
    ['grows beyond the limit', 8 * 1024 ** 2, 'too-large'],
    ['is on its way when the process ends', Number.POSITIVE_INFINITY, 'unavailable'],
  ])('an upload that %s is cut off, and nothing of it stays', async (_, max, code) => {
    const before = await kept();
    const ending = new AbortController();
    const sent = recorder()
      .service.app.get(Uploads)
      .take(
        client.id,
        { 'content-type': MULTIPART },
        Readable.from(endless(() => max > 1024 ** 3 && ending.abort())),
        ending.signal,
        max,
      );
    await expect(sent).rejects.toMatchObject({ code });
    expect(await kept()).toBe(before);
  });

  it('what is still coming counts for what a client may have here, piece by piece', async () => {
    const before = await kept();
    const full = async (bytes: number): Promise<void> => {
      await query(
        `update recording.import set bytes = $1 where state = 'uploading' and client = $2`,
        [bytes, client.id],
      );
    };
    let begun = 0;
    const held: number[] = [];
    const more = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of endless(() => (begun += 1))) {
        yield piece;
        if (begun !== 1) continue;
        const [upload] = await query<{ bytes: string }>(
          `select bytes from recording.import where state = 'uploading'`,
        );
        held.push(Number(upload?.bytes));
        // As if the rest of what a client may have had come by another upload.
        await full(CLIENT_BYTES_MAX);
        begun += 1;
        const other = desk().upload({ name: 'b.csv', content: table(good(1)) });
        await expect(other).rejects.toThrow('imports-full');
      }
    };
    const sent = recorder()
      .service.app.get(Uploads)
      .take(
        client.id,
        { 'content-type': MULTIPART },
        Readable.from(more()),
        new AbortController().signal,
        32 * 1024 ** 2,
      );
    await expect(sent).rejects.toMatchObject({ code: 'imports-full' });
    expect(held[0]).toBeGreaterThanOrEqual(1024 ** 2);
    expect(await kept()).toBe(before);
  });

  it('an upload that is given up leaves nothing behind', async () => {
    const before = await kept();
    /** Until something of it is kept: one that was refused at once would leave nothing, too. */
    const begun = async (): Promise<void> => {
      while ((await kept()) === before) await sleep(20);
    };
    const body = multipartOf([{ name: 'a.csv', content: Buffer.alloc(8 * 1024 * 1024, 'a,b\n') }]);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(url.port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/imports HTTP/1.1\r\nhost: ${PUBLIC_URL}\r\nauthorization: ${desk().authorization}\r\ncontent-type: ${MULTIPART}\r\ncontent-length: ${body.length}\r\n\r\n`,
        );
        socket.write(
          body.subarray(0, 3 * 1024 * 1024),
          () => void begun().then(() => socket.destroy()),
        );
      });
      socket.on('close', () => resolve());
    });
    for (let n = 0; n < 100 && (await kept()) !== before; n += 1) await sleep(50);
    expect(await kept()).toBe(before);
  });

  it('a workbook that unpacks without end is said to be one, and the others go on', async () => {
    const more = { 'xl/worksheets/sheet1.xml': Buffer.alloc(64 * 1024 * 1024, '<a/>') };
    const id = await desk().upload(
      { name: 'bomb.xlsx', content: workbookOf('', { more }) },
      { name: 'good.csv', content: table(good(1)) },
    );
    expect((await desk().show(id)).files[0]?.problem?.reason).toMatch(
      /unpacks to far more|not as it/u,
    );
    expect((await desk().confirm(id)).counts).toMatchObject({ recorded: 1 });
  });
});
