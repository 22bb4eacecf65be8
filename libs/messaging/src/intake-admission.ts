import { clientOfIntake } from '#contracts';
import type { Intake } from '#log';
import { type Lane, nameOfLane } from './due.js';
import type { Incoming } from './kafka.js';

/** Which records the intake lets in now, and after how long the others are worth another try. */
export interface Admitted {
  readonly chunk: readonly Incoming[];
  readonly waitMs: number;
}

/** Asks the intake for each record once, however often Kafka gives it within an assignment. */
export class IntakeAdmission {
  /** The last offset of each lane that was let in. */
  readonly #upTo = new Map<string, number>();

  constructor(private readonly intake: Intake) {}

  /** Another assignment: whoever had the lanes meanwhile may have let in more. */
  clear(): void {
    this.#upTo.clear();
  }

  /** The first records of a chunk that may be taken in now. */
  async admit(lane: Lane, chunk: readonly Incoming[]): Promise<Admitted> {
    const name = nameOfLane(lane);
    const before = this.#upTo.get(name) ?? -1;
    const known = chunk.filter(({ offset }) => Number(offset) <= before).length;
    if (known === chunk.length) return { chunk, waitMs: 0 };
    const client = clientOfIntake(lane.topic) ?? '';
    const { messages, waitMs } = await this.intake.admit(client, chunk.length - known);
    const admitted = chunk.slice(0, known + messages);
    this.#upTo.set(name, Number(admitted.at(-1)?.offset ?? before));
    return { chunk: admitted, waitMs };
  }
}
