import type { EntityManager } from 'typeorm';
import { DomainError } from '#kernel';
import type { Projection } from '#log';
import type { LetterReader, NewLetter, StoredLetter } from './dead-letters.js';
import { type Carried, isUnreadable, type Lane } from './due.js';
import type { Failure } from './failure.js';
import { parse, serialise } from './message-json.js';

/** A message that a projection can never take in. What cannot be read is somebody else's: sealed. */
export const letterOf = (
  projection: string,
  lane: Lane,
  { log, seq, content }: Carried,
  { code, detail }: Pick<Failure, 'code' | 'detail'>,
): NewLetter => {
  const place = { projection, partition: lane.partition, log, seq, reasonCode: code, detail };
  if (isUnreadable(content))
    return {
      ...place,
      topic: lane.topic,
      entryId: null,
      kind: null,
      bytes: content.raw,
      isSealed: true,
      isReadable: false,
    };
  return {
    ...place,
    topic: content.topic,
    entryId: content.id,
    kind: content.kind,
    bytes: serialise(content),
    isSealed: false,
    isReadable: true,
  };
};

/** The dead letters of a projection. */
export class ProjectionLetters implements LetterReader {
  constructor(private readonly projection: Projection) {}

  async retry({ bytes, isReadable }: StoredLetter, transaction: EntityManager): Promise<void> {
    if (!isReadable) throw new DomainError('invalid-input', 'the message cannot be read');
    await this.projection.handle([parse(bytes)], transaction);
  }
}
