import type { Topic } from '#contracts';
import type { Distrust } from '../log-guard.js';
import type { PackedAnswers } from './packed-answers.js';
import type { PackedCalls } from './packed-calls.js';

/** What a writer's thread is given when it begins. */
export interface WriterSettings {
  readonly name: string;
  readonly databaseUrl: string;
  readonly identityKey: Uint8Array;
}

/** What is known of what was published: see LogGuard. */
export interface GuardState {
  readonly published: number;
  readonly distrust: Distrust | undefined;
}

/** To the writer's thread. */
export type ToWriter =
  | { readonly is: 'calls'; readonly calls: PackedCalls }
  | { readonly is: 'guard'; readonly guard: GuardState }
  | { readonly is: 'close' };

/** From the writer's thread. */
export type FromWriter =
  | { readonly is: 'answers'; readonly answers: PackedAnswers }
  | { readonly is: 'commit'; readonly size: number; readonly topics: readonly Topic[] }
  | { readonly is: 'distrust'; readonly distrust: Distrust }
  | { readonly is: 'closed' };
