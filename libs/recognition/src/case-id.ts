import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { base32, newId } from '#kernel';
import { KeyRing } from '#vault';

const ID_BYTES = 16;

/**
 * Ids of cases. With an Idempotency-Key the id follows from person and key, so that sending a
 * request again meets the case that it made; the secret keeps it from being guessed.
 */
@Injectable()
export class CaseIds {
  constructor(private readonly keyRing: KeyRing) {}

  next(person: string, idempotencyKey: string | undefined): string {
    if (idempotencyKey === undefined) return newId('rec');
    const mac = createHmac('sha256', this.keyRing.secret('recognition-requests'))
      .update(JSON.stringify([person, idempotencyKey]))
      .digest();
    return `rec_${base32(mac.subarray(0, ID_BYTES))}`;
  }
}
