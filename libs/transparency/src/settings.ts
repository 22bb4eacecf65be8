import type { PublicUrl } from '#kernel';
import { type NoteKey, parseVerifierKey } from '#merkle';
import type { WitnessAddress } from './witness-client.js';

/** What an installation says about its logs. */
export interface TransparencySettings {
  /** A folder outside the database; each log has one of its own in it. */
  readonly checkpointsDir: string;
  /** What this service's log is called in its checkpoints; by default its address. */
  readonly origin?: string;
  /** Who is asked to cosign the checkpoints of the own log. */
  readonly witnesses?: readonly WitnessAddress[];
  /** Logs of others, for which this installation is a witness: their verifier keys. */
  readonly witnessedLogs?: readonly NoteKey[];
  /** Whether it cosigns them with ML-DSA-44 beside Ed25519. */
  readonly isWitnessOfMlDsa?: boolean;
  /** Set where the meta-log is kept: one root over the logs of the installation. */
  readonly meta?: {
    /** Other services whose logs it takes, and the way to them. */
    readonly logs: readonly string[];
    readonly url: string;
    /** What the meta-log is called in its checkpoints; by default its address. */
    readonly origin?: string;
  };
}
export const SETTINGS = Symbol('transparency settings');

/**
 * Reads `<verifier key> <submission prefix>`, several with commas between. Throws an error that says
 * what is wrong with it.
 */
export const parseWitnesses = (text: string): readonly WitnessAddress[] =>
  listOf(text).map((entry) => {
    const [key = '', url = '', ...rest] = entry.split(/\s+/u);
    if (rest.length > 0 || !URL.canParse(url)) throw new Error('a witness is "key address"');
    return { key: parseVerifierKey(key), url };
  });

/** Reads verifier keys with commas between. Throws an error that says what is wrong with them. */
export const parseVerifierKeys = (text: string): readonly NoteKey[] =>
  listOf(text).map(parseVerifierKey);

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

/** What a log is called where nothing else is set: its address, without the scheme. */
export const originOf = ({ href }: PublicUrl, name: string): string =>
  `${href.replace(/^https?:\/\//u, '')}/log/${name}`;
