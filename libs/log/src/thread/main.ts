import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Hmac } from '#merkle';
import { LogGuard } from '../log-guard.js';
import { Writer } from '../writer.js';
import type { FromWriter, ToWriter, WriterSettings } from './messages.js';
import { packAnswers, type Settled } from './packed-answers.js';
import { unpackCalls } from './packed-calls.js';

/** The thread of a writer: takes calls from WriterThread, and tells it what became of them. */
const serve = (port: MessagePort, { identityKey, ...settings }: WriterSettings): void => {
  const post = (message: FromWriter): void => port.postMessage(message);
  const guard = new LogGuard();
  /** As it was last heard from the other side: to that nothing is told. */
  let heard = guard.distrust;
  guard.onChange(() => {
    if (guard.distrust !== undefined && guard.distrust !== heard)
      post({ is: 'distrust', distrust: guard.distrust });
  });
  const writer = new Writer({
    ...settings,
    guard,
    identity: new Hmac(identityKey),
    onCommit: ({ size, topics }) => post({ is: 'commit', size, topics: [...topics] }),
  });

  /** What was settled in this turn: one message tells it all. */
  let settled: Settled[] = [];
  const answer = (): void => {
    const answers = packAnswers(settled);
    settled = [];
    post({ is: 'answers', answers });
  };
  const settle = (one: Settled): void => {
    if (settled.push(one) === 1) setImmediate(answer);
  };

  port.on('message', (message: ToWriter) => {
    switch (message.is) {
      case 'calls':
        for (const [n, each] of unpackCalls(message.calls).entries()) {
          const call = message.calls.first + n;
          writer.append(each).then(
            (answers) => settle({ call, answers }),
            (error: unknown) => settle({ call, error }),
          );
        }
        return;
      case 'guard': {
        const { published, distrust } = message.guard;
        heard = distrust;
        guard.trust(published);
        if (distrust !== undefined) guard.refuse(distrust);
        return;
      }
      case 'close':
        // What was settled last is told first.
        void writer.close().then(() => setImmediate(() => post({ is: 'closed' })));
    }
  });
};

if (parentPort) serve(parentPort, workerData as WriterSettings);
