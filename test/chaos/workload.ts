import type { Random } from './random.js';

export const PROVIDER = 'chaos';
export const HOME_PAGE = 'https://chaos.example';
/** Who learns at a time; the next class begins when each client has said so much about this one. */
const LEARNERS = 120;
const CLASS_EVENTS = 1_000;
/** Of these achievements are earned; of the others nothing is. */
const COUNTED = [1, 2, 3, 4].map((n) => `${HOME_PAGE}/exam/${n}`);
const OTHERS = Array.from({ length: 40 }, (_, n) => `${HOME_PAGE}/quiz/${n}`);
const COUNTED_SHARE = 0.15;
const CORRECTED_SHARE = 0.06;
const VOIDED_SHARE = 0.04;
export const PASS = 0.5;
/** Remembered by each client: what it may correct, take back or send again. */
const REMEMBERED = 300;

export const achievements = [
  ...COUNTED.slice(0, 3).map((activity, n) => ({
    id: `chaos-exam-${n + 1}`,
    rule: { passed: activity, minScore: PASS },
  })),
  { id: 'chaos-two-of-four', rule: { nOf: 2, activities: COUNTED } },
].map((each) => ({
  ...each,
  name: each.id,
  description: each.id,
  criteria: each.id,
  type: 'Badge',
}));

/** An event that a client means to get recorded, and what it says. */
export interface Sent {
  readonly source: string;
  readonly id: string;
  readonly body: object;
  readonly says: Said;
}
export type Said =
  | {
      readonly is: 'learning';
      readonly learner: string;
      readonly activity: string;
      readonly score: number;
      readonly supersedes?: string;
    }
  | { readonly is: 'void'; readonly target: string };

interface Remembered {
  readonly event: Sent & { readonly says: Said & { readonly is: 'learning' } };
  readonly revision: number;
}

/** What one client has to say: new results, corrections of its own and voids, in a seeded order. */
export class Workload {
  readonly #recent: Remembered[] = [];
  #made = 0;

  constructor(
    readonly source: string,
    private readonly random: Random,
  ) {}

  /** The next events. Some stand before what they correct or take back. */
  next(count: number): readonly Sent[] {
    const events = Array.from({ length: count }, () => this.#one());
    for (let n = events.length - 1; n > 0; n -= 1) {
      const other = this.random.int(Math.max(0, n - 5), n);
      [events[n], events[other]] = [events[other] as Sent, events[n] as Sent];
    }
    return events;
  }

  #one(): Sent {
    const dice = this.random.next();
    if (dice < CORRECTED_SHARE && this.#recent.length > 0) return this.#correction();
    if (dice < CORRECTED_SHARE + VOIDED_SHARE && this.#recent.length > 0) return this.#void();
    const nth = Math.floor(this.#made / CLASS_EVENTS);
    return this.#learning(
      `learner-${nth}-${this.random.int(1, LEARNERS)}`,
      this.random.chance(COUNTED_SHARE) ? this.random.pick(COUNTED) : this.random.pick(OTHERS),
    );
  }

  #id(): string {
    this.#made += 1;
    return `e${this.#made}`;
  }

  #learning(learner: string, activity: string, corrects?: Remembered): Sent {
    const id = this.#id();
    const { source } = this;
    const score = this.random.int(20, 100) / 100;
    const verb = score >= PASS ? 'passed' : 'failed';
    const time = new Date(Date.now() - this.random.int(0, 40 * 86_400_000)).toISOString();
    const revision = (corrects?.revision ?? 0) + 1;
    const supersedes = corrects?.event.id;
    const body = {
      specversion: '1.0',
      id,
      source,
      type: `org.learning-ledger.${verb}.v1`,
      time,
      datacontenttype: 'application/json',
      ...(corrects ? { revision } : {}),
      data: {
        learner: { account: { homePage: HOME_PAGE, name: learner } },
        activity: { id: activity, type: 'assessment' },
        verb,
        occurredAt: time,
        result: { status: 'final', success: verb === 'passed', score: { scaled: score } },
        ...(supersedes === undefined
          ? {}
          : { supersedes: { source, id: supersedes, reason: 'data-correction' } }),
      },
    };
    const says = {
      is: 'learning' as const,
      learner,
      activity,
      score,
      ...(supersedes === undefined ? {} : { supersedes }),
    };
    const event = { source, id, body, says };
    this.#recent.push({ event, revision });
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    return event;
  }

  /** Each event is corrected or voided once: a chain is linear, and nobody takes back a void. */
  #taken(): Remembered {
    const at = this.random.int(0, this.#recent.length - 1);
    return this.#recent.splice(at, 1)[0] as Remembered;
  }

  #correction(): Sent {
    const corrected = this.#taken();
    const { learner, activity } = corrected.event.says;
    return this.#learning(learner, activity, corrected);
  }

  #void(): Sent {
    const { event } = this.#taken();
    const id = this.#id();
    const { source } = this;
    const target = { source, id: event.id };
    const body = {
      specversion: '1.0',
      id,
      source,
      type: 'org.learning-ledger.voided.v1',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { target, reason: 'entered-in-error' },
    };
    return { source, id, body, says: { is: 'void', target: event.id } };
  }
}
