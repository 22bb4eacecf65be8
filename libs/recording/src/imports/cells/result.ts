import type { Fault } from '../faults.js';

/** What a cell says, or what is wrong with it. */
export type Read<T> = { readonly value: T } | Fault;

export const isFault = (read: object): read is Fault => 'reason' in read;
export const fault = (reason: string, fix: string): Fault => ({ reason, fix });
