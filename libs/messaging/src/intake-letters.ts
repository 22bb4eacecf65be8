import { z } from 'zod';
import { DomainError } from '#kernel';
import type { EntityManager } from 'typeorm';
import { clientOfIntake } from '#contracts';
import type { Intake, IntakeMessage } from '#log';
import type { DeadLetters, LetterReader, StoredLetter } from './dead-letters.js';
import type { Answered, IntakeReceipts } from './intake-receipts.js';
import { BY_OFFSET } from './places.js';

/** What could never be taken in is kept up to here, for whoever looks for its writer. */
const KEPT_BYTES_MAX = 256 * 1024;

/** A message as it is kept: bytes in base64. */
const Kept = z.strictObject({
  key: z.string().nullable(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  value: z.string().nullable(),
});

/** Everything that was refused, but for trials and what an erased learner must not leave behind. */
export const isBuried = ({ answer: { result, isTrial = false } }: Answered): boolean =>
  'code' in result && result.code !== 'event-erased' && !isTrial;

/** The dead letters of an intake. They are what somebody wrote, unsealed: so they are sealed here. */
export class IntakeLetters implements LetterReader {
  constructor(
    private readonly intake: Intake,
    private readonly receipts: IntakeReceipts,
    private readonly deadLetters: DeadLetters,
  ) {}

  async bury(transaction: EntityManager, { place, message, answer }: Answered): Promise<void> {
    const { result } = answer;
    if (!('code' in result)) return;
    const isWhole = (message.value?.length ?? 0) <= KEPT_BYTES_MAX;
    await this.deadLetters.put(transaction, {
      projection: this.intake.name,
      topic: place.lane.topic,
      partition: place.lane.partition,
      log: BY_OFFSET,
      seq: place.offset,
      entryId: null,
      kind: null,
      reasonCode: result.code,
      // Not the pointers: they hold names of fields, which could be anything.
      detail: result.detail ?? '',
      bytes: keep(message),
      isSealed: true,
      isReadable: isWhole,
    });
  }

  forgetOld(): Promise<number> {
    return this.deadLetters.forgetOld();
  }

  /** Takes a letter in once more and answers it. Throws why it is still refused. */
  async retry({ topic, partition, seq, bytes }: StoredLetter): Promise<void> {
    const client = clientOfIntake(topic) ?? '';
    const message = unkeep(bytes);
    const [answer] = await this.intake.take(client, [message]);
    if (!answer) throw new Error('a message got no answer');
    const place = { client, lane: { topic, partition }, offset: seq };
    await this.receipts.publish([{ place, message, answer }]);
    const { result } = answer;
    if ('code' in result && result.code !== 'event-erased')
      throw new DomainError(result.code, result.detail);
  }
}

const keep = ({ key, headers, value }: IntakeMessage): Buffer =>
  Buffer.from(
    JSON.stringify({
      key: base64(key),
      headers,
      value: base64(value && value.subarray(0, KEPT_BYTES_MAX)),
    }),
  );

const unkeep = (bytes: Uint8Array): IntakeMessage => {
  const { key, headers, value } = Kept.parse(JSON.parse(Buffer.from(bytes).toString()));
  return { key: bytesOf(key), headers, value: bytesOf(value) };
};

const base64 = (bytes: Uint8Array | null): string | null =>
  bytes && Buffer.from(bytes).toString('base64');
const bytesOf = (text: string | null): Uint8Array | null =>
  text === null ? null : Buffer.from(text, 'base64');
