import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command, Option } from 'commander';
import type { Config, Service } from '#platform';
import { bar } from './bar.js';
import { serviceOption, type ServiceOption, withService } from './service.js';

/** How often a command that waits looks how far it is. */
const LOOK_MS = 500;

const out = (line: string): void => void process.stdout.write(`${line}\n`);

const messagingOf = ({ foundation }: Service) => {
  const messaging = foundation.messaging();
  if (!messaging) throw new Error('This service has no log.');
  return messaging;
};
type Messaging = ReturnType<typeof messagingOf>;

/** Starts to read, and looks until nothing is left; says what holds it up. Out: how much it was. */
const work = async (
  what: string,
  messaging: Messaging,
  left: () => Promise<number>,
): Promise<number> => {
  const advance = bar(what, process.stderr);
  const told = new Set<string>();
  const total = await left();
  await messaging.start();
  for (let now = total; now > 0; await sleep(LOOK_MS)) {
    // What is away for a moment is asked again.
    now = await left().catch(() => now);
    advance(Math.max(0, total - now), total);
    for (const { name, lastError } of messaging.status().projections)
      if (lastError !== undefined && !told.has(`${name} ${lastError}`)) {
        told.add(`${name} ${lastError}`);
        process.stderr.write(`${name} waits: ${lastError}\n`);
      }
  }
  return total;
};

const waiting = async (messaging: Messaging, readers: readonly string[]): Promise<number> =>
  (await messaging.lags())
    .filter(({ reader }) => readers.length === 0 || readers.includes(reader))
    .reduce((sum, { messages }) => sum + messages, 0);

/** Empties read models, reads everything to them again, here or where the service runs. */
const replay = async (service: Service, readers: readonly string[]): Promise<void> => {
  const messaging = messagingOf(service);
  await messaging.rebuild(readers.length > 0 ? readers : undefined);
  const read = await work('messages', messaging, () => waiting(messaging, readers));
  out(`${read} messages were read again.`);
};

/** Publishes the log anew; who has seen it skips it. */
const backfill = async (service: Service): Promise<void> => {
  const messaging = messagingOf(service);
  const { size } = await service.foundation.log.head();
  await messaging.republish();
  const left = async (): Promise<number> => Math.max(0, size - 1 - (await messaging.published()));
  await work('entries', messaging, left);
  out(`${size} entries of the log are in Kafka.`);
};

/** Reads intake topics again from their oldest message. What is recorded is not recorded again. */
const reread = async (service: Service): Promise<void> => {
  const messaging = messagingOf(service);
  await messaging.rereadIntake();
  const read = await work('messages', messaging, () =>
    waiting(messaging, [messaging.intake ?? '']),
  );
  out(`${read} messages were read again and answered.`);
};

const lag = async (service: Service): Promise<void> => {
  for (const { reader, topic, messages } of await messagingOf(service).lags())
    out(`${String(messages).padStart(10)}  ${reader}  ${topic}`);
};

interface LetterOptions extends ServiceOption {
  readonly reader?: string;
}

async function* lettersOf({ deadLetters }: Messaging, reader: string | undefined) {
  let after = 0;
  for (;;) {
    const page = await deadLetters.list(reader, after);
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)?.id ?? after;
  }
}

const listDeadLetters = async (service: Service, { reader }: LetterOptions): Promise<void> => {
  let count = 0;
  for await (const letter of lettersOf(messagingOf(service), reader)) {
    out(JSON.stringify(letter));
    count += 1;
  }
  out(`${count} dead letters`);
};

/** Tries each again; a letter that fails again stays where it is. */
const retryDeadLetters = async (service: Service, { reader }: LetterOptions): Promise<void> => {
  const messaging = messagingOf(service);
  const open = await messaging.deadLetters.count();
  const total = [...open]
    .filter(([name]) => reader === undefined || name === reader)
    .reduce((sum, [, n]) => sum + n, 0);
  const advance = bar('dead letters', process.stderr);
  let [tried, resolved] = [0, 0];
  for await (const { id } of lettersOf(messaging, reader)) {
    if (await messaging.deadLetters.retry(id)) resolved += 1;
    advance((tried += 1), total);
  }
  out(`${resolved} of ${tried} dead letters went through`);
};

/** What carries messages, looked after by hand. */
export const addMessages = (program: Command, config: Config): void => {
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).addOption(serviceOption());
  const on = (run: (opened: Service) => Promise<void>) => (options: ServiceOption) =>
    withService(options, config, run);

  command(
    'rebuild',
    'empty the read models; they are made anew from the log at the next start',
  ).action(
    on(async (service) => {
      await messagingOf(service).rebuild();
      out('The read models are empty. They fill when the service starts.');
    }),
  );
  command('replay', 'empty read models and read everything to them again, with a progress bar')
    .addArgument(new Argument('[readers...]', 'which ones; all of the service if none is named'))
    .action((readers: readonly string[], options: ServiceOption) =>
      withService(options, config, (service) => replay(service, readers)),
    );
  command('backfill', 'publish the whole log to Kafka again; readers skip what they have').action(
    on(backfill),
  );
  command(
    'reread-intake',
    'read the intake topics again from the oldest message that Kafka has',
  ).action(on(reread));
  command('lag', 'how many messages wait for each reader').action(on(lag));

  const letters = program.command('dead-letters').description('messages that were set aside');
  const reader = () => new Option('--reader <name>', 'only those of one reader');
  const each =
    (run: (opened: Service, options: LetterOptions) => Promise<void>) => (options: LetterOptions) =>
      withService(options, config, (service) => run(service, options));
  letters
    .command('list', { isDefault: true })
    .addOption(serviceOption())
    .addOption(reader())
    .action(each(listDeadLetters));
  letters
    .command('retry')
    .addOption(serviceOption())
    .addOption(reader())
    .action(each(retryDeadLetters));
};
