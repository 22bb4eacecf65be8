import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { failpoint } from '#kernel';
import { PostgresReader } from '#log';
import { KafkaRelay } from '../kafka-relay.js';
import { KafkaJsClient } from '../kafkajs/client.js';
import type { MessagingLogger } from '../logger.js';
import type { FromRelay, RelaySettings, ToRelay } from './messages.js';

/** What is logged is said by who has the logger. */
const loggerTo = (post: (message: FromRelay) => void): MessagingLogger => {
  const at =
    (level: keyof MessagingLogger) =>
    (details: object, message: string): void =>
      post({ is: 'said', level, details, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

/** The thread of a relay: hears of commits from RelayThread, and tells it how far it is. */
const serve = async (port: MessagePort, settings: RelaySettings): Promise<void> => {
  const { databaseUrl, kafka } = settings;
  const post = (message: FromRelay): void => port.postMessage(message);
  const logger = loggerTo(post);
  const stopping = new AbortController();
  let onCommit = (): void => undefined;
  port.on('message', ({ is }: ToRelay) => {
    if (is === 'commit') onCommit();
    else stopping.abort();
  });
  const reader = new PostgresReader(settings);
  const relay = new KafkaRelay({
    databaseUrl,
    log: {
      name: reader.name,
      readVerbatim: (options) => reader.readVerbatim(options),
      head: () => reader.head(),
      onCommit: (listener) => {
        onCommit = listener;
        return () => undefined;
      },
    },
    kafka: new KafkaJsClient(kafka, logger),
    logger,
    failpoint,
    onStatus: (status) => post({ is: 'status', status }),
  });
  await relay.run(stopping.signal);
  await reader.close();
  post({ is: 'stopped' });
};

if (parentPort) await serve(parentPort, workerData as RelaySettings);
