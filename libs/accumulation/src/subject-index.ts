import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from '#vault';
import type { AchievementDefinition } from '#contracts';
import { subjectsOf } from './domain/rule.js';

const MAC_BYTES = 16;
/** There are far fewer activities than events; more are computed again. */
const CACHE_SIZE_MAX = 10_000;

/**
 * What a learner did is personal, so the read model finds learners by activity through a keyed hash
 * (a blind index): without the key, rows say neither which activity nor which achievement.
 */
@Injectable()
export class SubjectIndex {
  readonly #key: KeyObject;
  readonly #cache = new Map<string, string>();

  constructor(keyRing: KeyRing) {
    this.#key = createSecretKey(keyRing.secret('accumulation-index'));
  }

  ofActivity(id: string): string {
    return this.#mac(`activity|${id}`);
  }

  ofAchievement(id: string): string {
    return this.#mac(`achievement|${id}`);
  }

  /** What rules ask for that count hours of any activity. */
  get anyActivity(): string {
    return this.#mac('any-activity');
  }

  /** All that a definition asks about. */
  ofDefinition({ rule }: AchievementDefinition): readonly string[] {
    const { activities, achievements, anyActivity } = subjectsOf(rule);
    return [
      ...activities.map((id) => this.ofActivity(id)),
      ...achievements.map((id) => this.ofAchievement(id)),
      ...(anyActivity ? [this.anyActivity] : []),
    ];
  }

  /** In hexadecimal; the tables keep the bytes. */
  #mac(text: string): string {
    const cached = this.#cache.get(text);
    if (cached !== undefined) return cached;
    const mac = createHmac('sha256', this.#key).update(text).digest().toString('hex', 0, MAC_BYTES);
    if (this.#cache.size >= CACHE_SIZE_MAX) this.#cache.clear();
    this.#cache.set(text, mac);
    return mac;
  }
}
