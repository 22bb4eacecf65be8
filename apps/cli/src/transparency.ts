import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  type NoteKey,
  openNote,
  parseCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  verifyInclusion,
} from '#merkle';
import type { Config, Service } from '#platform';
import type { Violation } from '#log';
import { bar } from './bar.js';
import { serviceOption, withService } from './service.js';

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);

interface FsckOptions {
  readonly service: string;
  readonly checkpoint?: string;
}

/** What was published of a log, as far as it is known here: kept files, and one that is given. */
const publishedOf = async (
  { keyRing }: Service['foundation'],
  name: string,
  { checkpointsDir }: Config,
  file?: string,
) => {
  const { checkpointKeyOf, openCheckpoint, storedCheckpoints } = await import('#transparency');
  const { checkpoints, unsigned } = await storedCheckpoints(checkpointsDir, keyRing, name);
  const kept = file === undefined ? undefined : readFileSync(file, 'utf8');
  const given =
    kept === undefined
      ? []
      : [openCheckpoint(kept, checkpointKeyOf(keyRing, name, kept)).checkpoint];
  const wrong = unsigned === 0 ? [] : [{ what: `${unsigned} checkpoints are not signed by us` }];
  return { published: [...checkpoints, ...given], wrong };
};

/** Prints what does not fit. */
const report = (
  name: string,
  { size, root }: { readonly size: number; readonly root: string },
  violations: readonly Violation[],
): void => {
  for (const { seq, what } of violations)
    out(`  ${seq === undefined ? '' : `entry ${seq}: `}${what}`);
  out(`log ${name}: ${size} entries, root ${root}, ${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
};

/**
 * Recomputes a log, and the meta-log where it is kept beside it; compares them with what was
 * published of them, with what the meta-log holds of the log, and with a checkpoint that was kept.
 */
const fsck = async (
  { foundation }: Service,
  config: Config,
  { checkpoint: file }: FsckOptions,
): Promise<void> => {
  const { checkLog } = await import('#log');
  const { checkMetaLog } = await import('#transparency');
  const { db, databaseUrl, log } = foundation;
  const own = await publishedOf(foundation, log.name, config, file);
  const ofMeta = await publishedOf(foundation, 'meta', config);
  const meta = await checkMetaLog(db, ofMeta.published);
  const inMeta = meta?.checkpoints.filter(({ origin }) => origin === own.published[0]?.origin);
  const checked = await checkLog({
    databaseUrl,
    name: log.name,
    published: [...own.published, ...(inMeta ?? [])],
    onProgress: bar('entries', process.stderr),
  });
  report(log.name, checked, [...checked.violations, ...own.wrong]);
  if (meta) report('meta', meta, [...meta.violations, ...ofMeta.wrong]);
};

interface PublishOptions {
  readonly service: string;
  readonly meta: boolean;
  readonly checkpoint?: string;
  readonly nothingWasPublished?: true;
}

/** Publishes a log that has entries and no published checkpoints here. */
const publishLog = async (
  { app, foundation }: Service,
  { checkpoint, meta }: PublishOptions,
): Promise<void> => {
  const { MetaLog, OwnLog } = await import('#transparency');
  const kept = checkpoint === undefined ? undefined : readFileSync(checkpoint, 'utf8');
  const log = app.get<InstanceType<typeof OwnLog | typeof MetaLog>>(meta ? MetaLog : OwnLog, {
    strict: false,
  });
  await log.start();
  try {
    await log.begin(kept);
  } finally {
    await log.stop();
  }
  out(`The log ${meta ? 'meta' : foundation.log.name} is published. Its service may start.`);
};

interface VerifyLogOptions {
  readonly vkey: string;
  readonly checkpoint?: string;
  readonly save?: string;
  readonly full: boolean;
  readonly entries: boolean;
}

const verifyLog = async (url: string, options: VerifyLogOptions): Promise<void> => {
  const transparency = await import('#transparency');
  const key = parseVerifierKey(options.vkey.trim());
  const log = new transparency.RemoteLog(url, key, {
    token: process.env['LEDGER_TOKEN'],
  });
  const { checkpoint: file } = options;
  const earlier =
    file === undefined ? undefined : transparency.openCheckpoint(readFileSync(file, 'utf8'), key);
  const now = await transparency.verifyLog(log, earlier);
  if (options.full || options.entries)
    await transparency.recomputeLog(log, now, {
      withEntries: options.entries,
      onProgress: bar('entries', process.stderr),
    });
  if (options.save !== undefined) writeFileSync(options.save, now.note);
  const { origin, size, root } = now.checkpoint;
  out(`${origin}: ${size} entries, root ${Buffer.from(root).toString('hex')}`);
  if (earlier) out(`consistent with the checkpoint of ${earlier.checkpoint.size} entries`);
  if (options.entries) out('every entry has its hash');
};

const verifyProof = (file: string, leafHash: string, key: NoteKey): void => {
  const { index, hashes, checkpoint } = parseTlogProof(readFileSync(file, 'utf8'));
  const { origin, size, root } = parseCheckpoint(openNote(checkpoint, [key]));
  const claim = { leafHash: Buffer.from(leafHash, 'hex'), index, size, proof: hashes, root };
  if (origin !== key.name || !verifyInclusion(claim))
    throw new Error('The proof does not show this entry to be in the log of that key.');
  out(`entry ${index} of ${origin} is in its first ${size} entries`);
};

/** What an auditor or a stranger runs says what is wrong in a line, without a trace. */
const orSay =
  <Parameters extends unknown[]>(run: (...parameters: Parameters) => Promise<void> | void) =>
  async (...parameters: Parameters): Promise<void> => {
    try {
      await run(...parameters);
    } catch (error) {
      note(error instanceof Error ? error.message : 'unknown error');
      process.exitCode = 1;
    }
  };

export const addTransparency = (program: Command, config: Config): void => {
  program
    .command('fsck')
    .description('recompute the whole log: hashes, tree, root, numbers, checkpoints')
    .addOption(serviceOption())
    .option('--checkpoint <file>', 'a checkpoint that somebody kept')
    .action((options: FsckOptions) =>
      withService(options, config, (service) => fsck(service, config, options)),
    );
  program
    .command('publish-log')
    .description('publish a log that has entries where no checkpoints of it are kept')
    .addOption(serviceOption())
    .option('--meta', 'the meta-log, which one of the services keeps, and not its own log', false)
    .option('--checkpoint <file>', 'the last one that somebody kept: it goes on from there')
    .option('--nothing-was-published', 'say that nobody holds a checkpoint of it')
    .action(async (options: PublishOptions) => {
      if ((options.checkpoint === undefined) === (options.nothingWasPublished === undefined))
        throw new Error('Give --checkpoint, or say --nothing-was-published.');
      await withService(options, config, (service) => publishLog(service, options));
    });
  program
    .command('verify-log <url>')
    .description('check a log over HTTP: https://…/log/<name>; needs its key and nothing else')
    .requiredOption('--vkey <key>', 'the verifier key of the log, from where you trust it')
    .option('--checkpoint <file>', 'a checkpoint that you kept: the log must begin with it')
    .option('--save <file>', 'keep what it publishes now for the next time')
    .option('--full', 'recompute the whole tree from its hashes', false)
    .option('--entries', 'and from the entries; LEDGER_TOKEN is an auditor’s token', false)
    .action(orSay(verifyLog));
  program
    .command('verify-proof <file>')
    .description('check a .tlog-proof file, without a network')
    .requiredOption('--vkey <key>', 'the verifier key of the log, from where you trust it')
    .requiredOption('--leaf-hash <hex>', 'the leafHash of the receipt')
    .action(
      orSay((file: string, { vkey, leafHash }: { vkey: string; leafHash: string }) =>
        verifyProof(file, leafHash, parseVerifierKey(vkey.trim())),
      ),
    );
};
