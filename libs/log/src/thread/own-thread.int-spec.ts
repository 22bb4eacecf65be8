import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const OWN_THREAD = pathToFileURL('dist/libs/log/src/thread/own-thread.js').href;

/** A process that has a thread which runs `body`, and itself runs `then` with it. */
const processWith = (body: string, then = ''): Promise<{ code: unknown; stderr: string }> =>
  new Promise((resolve) => {
    const main = `data:text/javascript,${encodeURIComponent(body)}`;
    const script = `
      import { OwnThread } from '${OWN_THREAD}';
      const thread = new OwnThread(new URL(${JSON.stringify(main)}), 7, (said) => {
        console.error('heard ' + said);
        void thread.end();
      });
      ${then}`;
    execFile(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { env: { ...process.env, NODE_OPTIONS: '' }, timeout: 20_000 },
      (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr }),
    );
  });

describe('a thread of a process', () => {
  it('is given what it needs, says something, and is ended', async () => {
    const says = `import { parentPort, workerData } from 'node:worker_threads';
      parentPort.on('message', (n) => parentPort.postMessage(n + workerData));`;
    const { code, stderr } = await processWith(says, 'thread.tell(1);');
    expect(stderr).toBe('heard 8\n');
    expect(code).toBe(0);
  });

  it('ends the process if it ends by itself', async () => {
    const { code, stderr } = await processWith('process.exit(0)', 'setInterval(() => 0, 1000);');
    expect(code).not.toBe(0);
    expect(stderr).toContain('ended by itself (0)');
  });

  it('ends the process if it fails', async () => {
    const { code, stderr } = await processWith(
      `throw new RangeError('no more')`,
      'setInterval(() => 0, 1000);',
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('RangeError: no more');
  });
});
