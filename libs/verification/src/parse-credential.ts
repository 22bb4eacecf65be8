import { DomainError } from '#kernel';
import type { Credential } from '#vc';

export const CREDENTIAL_BYTES_MAX = 1024 * 1024;
export const DEPTH_MAX = 32;
/** A badge has some hundred. What is built to be slow takes a second at this size, not more. */
export const VALUES_MAX = 5_000;
/** Names that change objects instead of being a member of them. No vocabulary has them. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A credential as it was handed in: an object, or a text that holds one. What comes out is small
 * and flat enough to be checked. Throws DomainError `malformed-json`, `too-large`, or
 * `invalid-input` with a pointer.
 */
export const parseCredential = (input: Credential | string): Credential => {
  if (typeof input !== 'string') return bounded(input);
  if (Buffer.byteLength(input) > CREDENTIAL_BYTES_MAX) throw tooLarge();
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch {
    throw new DomainError('malformed-json', 'The text in "credential" is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('A credential is a JSON object.');
  return bounded(value as Credential);
};

/** Walks without recursion: the depth is what is in question. */
const bounded = (credential: Credential): Credential => {
  let values = 0;
  const open: { readonly value: object; readonly depth: number }[] = [
    { value: credential, depth: 1 },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > DEPTH_MAX) throw invalid(`It is nested more than ${DEPTH_MAX} levels deep.`);
    for (const [key, member] of Object.entries(value)) {
      values += 1;
      if (values > VALUES_MAX) throw invalid(`It holds more than ${VALUES_MAX} values.`);
      if (!Array.isArray(value) && FORBIDDEN.has(key))
        throw invalid(`It has a member named ${key}.`);
      if (typeof member === 'object' && member !== null)
        open.push({ value: member as object, depth: depth + 1 });
    }
  }
  if (Buffer.byteLength(JSON.stringify(credential)) > CREDENTIAL_BYTES_MAX) throw tooLarge();
  return credential;
};

const tooLarge = (): DomainError =>
  new DomainError('too-large', `A credential has at most ${CREDENTIAL_BYTES_MAX} bytes here.`);
const invalid = (detail: string): DomainError =>
  new DomainError('invalid-input', undefined, [{ pointer: '#/credential', detail }]);
