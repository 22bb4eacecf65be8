import type { Verb } from '#contracts';

/**
 * Which events say something about learning, and what (event type, action, verb). Every other
 * event is telemetry: accepted, and no entry.
 */
export const VERBS: Readonly<Record<string, Readonly<Record<string, Verb>>>> = {
  AssessmentEvent: {
    Started: 'started',
    Restarted: 'started',
    Paused: 'progressed',
    Resumed: 'progressed',
    Submitted: 'submitted',
  },
  AssessmentItemEvent: { Completed: 'submitted' },
  AssignableEvent: { Started: 'started', Completed: 'completed', Submitted: 'submitted' },
  GradeEvent: { Graded: 'assessed' },
  // Caliper 1.1; its Result is the score.
  OutcomeEvent: { Graded: 'assessed' },
};

/** What an entity type is to the ledger; `other` if none of its supertypes is here. */
export const ACTIVITY_TYPES: Readonly<Record<string, string>> = {
  Assessment: 'assessment',
  AssessmentItem: 'assessment',
  AssignableDigitalResource: 'assignment',
  Chapter: 'reading',
  Document: 'reading',
  Page: 'reading',
  WebPage: 'reading',
  MediaObject: 'media',
  AudioObject: 'media',
  ImageObject: 'media',
  VideoObject: 'media',
  Forum: 'discussion',
  Thread: 'discussion',
  Message: 'discussion',
  Questionnaire: 'assessment',
};

/** What the object of an event type is, where it was sent by its IRI alone. */
export const OBJECT_TYPES: Readonly<Record<string, string>> = {
  AssessmentEvent: 'assessment',
  AssessmentItemEvent: 'assessment',
  AssignableEvent: 'assignment',
};
