import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { Credential } from '#vc';
import { isCompactJws } from '../../compact-jws.js';

/** A badge has some hundred. What is built to be slow takes a second at this size, not more. */
const VALUES_MAX = 5_000;
const DEPTH_MAX = 32;
/** Names that change objects instead of being a member of them. No vocabulary has them. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const ENVELOPED = /^data:application\/vc\+jwt,(?<jws>.+)$/u;

export type Kind = 'open-badges-3.0' | 'open-badges-2.0' | 'clr-2.0';

/** A credential with the signature in it or around it, read but not verified. */
export interface Signed {
  readonly credential: Credential;
  /** The signature around it, where it is not in it (VC-JWT, or a signed badge of version 2). */
  readonly jws?: string;
  /** `iss` and `exp` of a JWT, where it has them. */
  readonly claims: { readonly iss?: unknown; readonly exp?: unknown };
}

/** What somebody handed in. */
export interface Paper extends Signed {
  readonly kind: Kind;
  /** What was signed or is published of it, where `credential` has more: what is pointed at, looked up. */
  readonly asPublished?: Credential;
}

/** In: a credential as JSON, or as a compact JWS. Out: what it is, or in plain words why nothing. */
export const readPaper = (value: unknown): Paper | { readonly detail: string } => {
  const signed = readSigned(value);
  if ('detail' in signed) return signed;
  const kind = kindOf(signed.credential);
  return kind ? { kind, ...signed } : { detail: 'Neither an Open Badge (2.0, 3.0) nor a CLR 2.0.' };
};

/** The same, of whatever kind it is. */
export const readSigned = (value: unknown): Signed | { readonly detail: string } => {
  const jws = jwsOf(value);
  const body = jws === undefined ? value : payloadOf(jws);
  if (!isObject(body)) return { detail: 'A credential is a JSON object, or a compact JWS of one.' };
  const trouble = boundsOf(body);
  if (trouble !== undefined) return { detail: trouble };
  const { iss, exp, vc } = body;
  const credential = isObject(vc) ? vc : body;
  return { credential, claims: { iss, exp }, ...(jws === undefined ? {} : { jws }) };
};

export const isObject = (value: unknown): value is Credential =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One of them, or none: a list may be written as its only member. */
export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : [value].flat();

const jwsOf = (value: unknown): string | undefined => {
  const id = isObject(value) ? value['id'] : undefined;
  const text = typeof id === 'string' ? ENVELOPED.exec(id)?.groups?.['jws'] : value;
  return typeof text === 'string' && isCompactJws(text) ? text : undefined;
};

const payloadOf = (jws: string): unknown => {
  try {
    decodeProtectedHeader(jws);
    return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
};

const Types = z.union([z.string().transform((type) => [type]), z.array(z.string())]);

/** What it says it is; nothing where it does not. */
export const typesOf = (credential: Credential): readonly string[] =>
  Types.safeParse(credential['type']).data ?? [];

const kindOf = (credential: Credential): Kind | undefined => {
  const types = typesOf(credential);
  if (types.includes('ClrCredential')) return 'clr-2.0';
  if (types.includes('OpenBadgeCredential') || types.includes('AchievementCredential'))
    return 'open-badges-3.0';
  return types.includes('Assertion') ? 'open-badges-2.0' : undefined;
};

/**
 * What is wrong with its size, in plain words; undefined if nothing is. Walks without recursion: the
 * depth is what is in question.
 */
export const boundsOf = (credential: Credential, valuesMax = VALUES_MAX): string | undefined => {
  let values = 0;
  const open: { readonly value: object; readonly depth: number }[] = [
    { value: credential, depth: 1 },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > DEPTH_MAX) return `It is nested more than ${DEPTH_MAX} levels deep.`;
    for (const [key, member] of Object.entries(value)) {
      values += 1;
      if (values > valuesMax) return `It holds more than ${valuesMax} values.`;
      if (!Array.isArray(value) && FORBIDDEN.has(key)) return `It has a member named ${key}.`;
      if (typeof member === 'object' && member !== null)
        open.push({ value: member as object, depth: depth + 1 });
    }
  }
  return undefined;
};
