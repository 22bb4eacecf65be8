import { Injectable } from '@nestjs/common';
import { DomainError, Gathering } from '#kernel';
import {
  type Area,
  type Client,
  type Problem,
  problemOf,
  type Receipt,
  type Tried,
} from '#contracts';
import type { Submission } from './content.js';
import { Correctors } from './correctors.js';
import { readNativeEvent } from './native-event.js';
import { type Outcome, Recorder } from './recorder.js';

export type Result = Receipt | Problem;
const TRIED: Tried = { status: 'test' };

/** CloudEvents as providers send them, whatever brought them: HTTP or Kafka. */
@Injectable()
export class NativeEvents {
  /** Most providers send one event at a time, and many at once. */
  readonly #recording = new Gathering((client: Client, events: readonly unknown[]) =>
    this.#recordAll(client, events),
  );

  constructor(
    private readonly recorder: Recorder,
    private readonly correctors: Correctors,
  ) {}

  /**
   * Records a batch item by item: what is wrong with one is no trouble to the others. In: events as
   * parsed JSON, or why one could not be read. Out: a receipt or a problem for each, in order.
   * Throws UnavailableError when the vault or the log is away: then repeat the call.
   */
  record(client: Client, events: readonly unknown[]): Promise<readonly Result[]> {
    return this.#recording.call(client, events);
  }

  async #recordAll(client: Client, events: readonly unknown[]): Promise<readonly Result[]> {
    const read = await this.#read(client, events);
    const submissions = read.filter((item) => 'report' in item);
    const outcomes = (await this.recorder.record(client, submissions)).values();
    return read.map((item) => ('report' in item ? resultOf(outcomes.next().value) : item));
  }

  /** The same in the test area: checked alike, and recorded nowhere. */
  async try(client: Client, events: readonly unknown[]): Promise<readonly (Problem | Tried)[]> {
    const read = await this.#read(client, events);
    return read.map((item) => ('report' in item ? TRIED : item));
  }

  /** In whichever area. */
  async take(
    client: Client,
    events: readonly unknown[],
    area: Area,
  ): Promise<readonly (Result | Tried)[]> {
    return area === 'test' ? await this.try(client, events) : await this.record(client, events);
  }

  async #read(
    client: Client,
    events: readonly unknown[],
  ): Promise<readonly (Submission | Problem)[]> {
    const read = events.map(submissionOf);
    const principals = await this.correctors.principals(
      client,
      read.flatMap((item) => ('report' in item ? [item.report.source] : [])),
    );
    return read.map((item) => {
      if (!('report' in item)) return item;
      const principal = principals.get(item.report.source);
      const submission = principal ? { ...item, principal } : item;
      const refusal = this.recorder.refusal(client, submission);
      return refusal ? toProblem(refusal) : submission;
    });
  }
}

const submissionOf = (event: unknown): Submission | Problem => {
  if (event instanceof DomainError) return toProblem(event);
  try {
    return readNativeEvent(event);
  } catch (error) {
    if (error instanceof DomainError) return toProblem(error);
    throw error;
  }
};

/** Why something was refused, as its sender is told. */
export const toProblem = ({ code, detail, issues }: DomainError): Problem =>
  problemOf(code, detail, issues);

const resultOf = (outcome: Outcome | undefined): Result => {
  if (!outcome) throw new Error('an event got no answer');
  return outcome.is === 'recorded' ? outcome.receipt : toProblem(outcome.error);
};
