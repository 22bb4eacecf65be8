import type { Credit } from '#contracts';

/** What ELMO 1.7 says of a learner, in our words. Dates are RFC 3339. */
export interface Transcript {
  readonly generatedAt: string;
  readonly learner: TranscriptLearner;
  /** One for each institution; never empty. */
  readonly reports: readonly Report[];
}

interface TranscriptLearner {
  readonly givenNames: string;
  readonly familyName: string;
  /** A day: 1958-03-02. */
  readonly birthDate?: string | undefined;
}

export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/** The institution at which something was learned, or by which it was recognised. */
export interface Institution {
  readonly title: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
  /** At least one. */
  readonly identifiers: readonly Identifier[];
  readonly url: string;
}

export interface Report {
  readonly issuer: Institution;
  readonly opportunities: readonly LearningOpportunity[];
}

/** One thing learned (or recognised) and passed: a specification with its instance. */
export interface LearningOpportunity {
  /** Of the specification, at its issuer. */
  readonly identifiers: readonly Identifier[];
  /** Of the instance: the credential. */
  readonly instanceIdentifiers: readonly Identifier[];
  readonly title: string;
  /** In the language of the title. */
  readonly description?: string | undefined;
  /** What we add to the description, in English. */
  readonly note?: string | undefined;
  readonly language?: string | undefined;
  /** Left out where none of ELMO's four words fits. */
  readonly type?: 'Degree Programme' | 'Module' | 'Course' | 'Class' | undefined;
  /** ISCED-F 2013. */
  readonly iscedCode?: string | undefined;
  readonly url?: string | undefined;
  /** When it was finished. */
  readonly date: string;
  /** The final grade, as the institution prints it. */
  readonly resultLabel?: string | undefined;
  readonly credit?: Credit | undefined;
  readonly eqfLevel?: number | undefined;
  /** Hours of attendance. Workload is something else and has no place in ELMO. */
  readonly contactHours?: number | undefined;
}
