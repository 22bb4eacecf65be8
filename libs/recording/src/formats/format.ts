import type { Issue } from '#kernel';
import type { LearningEventData } from '#contracts';
import type { ReadPublished } from '../published-documents.js';
import type { LearningReport, VoidReport } from '../domain/report.js';

/** What the ledger knows of a request before it is read. */
export interface Reading {
  /** Where the events come from: the source under which the client is registered. */
  readonly source: string;
  /** The address of the client: what account names are scoped by where nothing else is said. */
  readonly homePage: string;
  readonly now: Date;
  /** What an item only points at, where somebody else publishes it. */
  readonly readPublished: ReadPublished;
}

/** What one item of a body is to the ledger. `pointer` says where in the body it stands. */
export type Item = { readonly pointer: string } & (
  | {
      readonly is: 'event';
      readonly report: LearningReport | VoidReport;
      /** The item as it was sent, any JSON value: its hash is kept as `raw.sha256`. */
      readonly said: unknown;
      /** What is compared when the same source and id come again; if absent, `report.data`. */
      readonly content?: string;
      /** The provider's own word for what happened. */
      readonly verb?: string;
      /** What `raw.format` says of it, where that is not the format's name. */
      readonly format?: Format['name'];
      /**
       * Of one result that changes (the score of a person in a line item) only the state that is
       * latest by its time counts. The events of a series are chained, each as a correction of the
       * one before, and get ids of their own; one that comes late is telemetry. Needs a time.
       */
      readonly series?: {
        /** By what the provider knows the result; the learner is part of it anyway. */
        readonly key: readonly string[];
        readonly reason: NonNullable<LearningEventData['supersedes']>['reason'];
        /** Why it is telemetry as the first of its series: it only takes something back. */
        readonly notFirst?: string;
      };
      /** What the provider is told beside the receipt. */
      readonly note?: string;
    }
  /** Accepted, earns nothing, is no entry. `because` is plain text for the provider. */
  | { readonly is: 'telemetry'; readonly because: string }
  | { readonly is: 'refused'; readonly issues: readonly Issue[] }
);

/**
 * A language that providers speak. Each is a folder beside this file whose `index.ts` exports a
 * `format`; nothing else names it. Its items are answered one by one, as POST /v1/events does.
 */
export interface Format {
  /** What `raw.format` says of its events (an enumeration of the canonical event). */
  readonly name: LearningEventData['raw']['format'];
  /** Where it is posted. */
  readonly path: `/${string}`;
  readonly mediaTypes: readonly string[];
  /** One line for the API's description. */
  readonly summary: string;
  /** What GET of the same path tells those who may send, where the language has such a question. */
  readonly about?: { readonly summary: string; readonly answer: object };
  /** A body as it came, or what was parsed of it where `mediaTypes` are JSON. */
  readonly parse?: (text: string) => unknown;
  /**
   * In: the parsed body. Out: its items, in the order sent. What is wrong with one item is said of
   * that item (pointers into the body, and never the value); throws DomainError `invalid-input`
   * for a body that is no such format at all.
   */
  readonly read: (body: unknown, reading: Reading) => readonly Item[] | Promise<readonly Item[]>;
}
