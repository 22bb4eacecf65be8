import { entity, type EventRow, map, term, time, type TypeRow, uuid } from './kinds.js';
import { ACTIONS, actions, PROFILES } from './terms.js';

/** What every event has, of whatever type (Caliper 1.2, Event). `action` is in each row below. */
export const EVENT: TypeRow = {
  has: {
    id: uuid,
    profile: term('profile', PROFILES),
    actor: entity('Agent'),
    object: entity('Entity'),
    eventTime: time,
    edApp: entity('SoftwareApplication'),
    generated: entity('Entity'),
    target: entity('Entity'),
    referrer: entity('Entity'),
    group: entity('Organization'),
    membership: entity('Membership'),
    session: entity('Session'),
    federatedSession: entity('LtiSession'),
    extensions: map,
  },
  needs: ['id', 'actor', 'action', 'object', 'eventTime'],
};

const person = entity('Person');
const resource = entity('DigitalResource');
const application = entity('SoftwareApplication');
const resourceOrApplication = entity('DigitalResource', 'SoftwareApplication');
const attempt = entity('Attempt');
const attemptOrResponse = entity('Attempt', 'Response');
const frame = entity('Frame');

const completed = { Completed: { has: { generated: entity('Response') } } };
const untilCompleted = {
  ...completed,
  Started: { has: { generated: attempt } },
  Skipped: { has: { generated: attempt } },
};
/** "Pair the action with the appropriate Annotation subtype" (Annotation Profile). */
const annotation = (type: string) => ({ has: { generated: entity(type, '=Annotation') } });
const login = { has: { actor: person, object: application } };

export const events: Readonly<Record<string, EventRow>> = {
  // "For a generic Event set the profile property value to the string term GeneralProfile."
  Event: {
    actions: ACTIONS,
    has: { profile: term('profile of generic events', new Set(['GeneralProfile'])) },
  },
  AnnotationEvent: {
    actions: actions('Bookmarked Highlighted Shared Tagged'),
    has: { actor: person, object: resource, target: frame, generated: entity('Annotation') },
    when: {
      Bookmarked: annotation('BookmarkAnnotation'),
      Highlighted: annotation('HighlightAnnotation'),
      Shared: annotation('SharedAnnotation'),
      Tagged: annotation('TagAnnotation'),
    },
  },
  AssessmentEvent: {
    actions: actions('Started Paused Resumed Restarted Reset Submitted'),
    has: { actor: person, object: entity('Assessment'), generated: attempt },
  },
  AssessmentItemEvent: {
    actions: actions('Started Skipped Completed'),
    has: {
      actor: person,
      object: entity('AssessmentItem'),
      generated: attemptOrResponse,
      referrer: entity('AssessmentItem'),
    },
    when: untilCompleted,
  },
  AssignableEvent: {
    actions: actions('Activated Deactivated Started Completed Submitted Reviewed'),
    has: {
      actor: person,
      object: entity('AssignableDigitalResource'),
      target: frame,
      generated: attempt,
    },
  },
  FeedbackEvent: {
    actions: actions('Commented Ranked'),
    has: { actor: person, target: frame, generated: entity('Rating', 'Comment') },
    when: {
      Commented: { has: { generated: entity('Comment') } },
      Ranked: { has: { generated: entity('Rating') } },
    },
  },
  ForumEvent: {
    actions: actions('Subscribed Unsubscribed'),
    has: { actor: person, object: entity('Forum') },
  },
  GradeEvent: {
    actions: actions('Graded'),
    has: { object: attempt, generated: entity('Score') },
  },
  MediaEvent: {
    actions: actions(
      'Started Ended Paused Resumed Restarted ForwardedTo JumpedTo ChangedResolution ChangedSize',
      'ChangedSpeed ChangedVolume EnteredFullScreen ExitedFullScreen Muted Unmuted OpenedPopout',
      'ClosedPopout EnabledClosedCaptioning EnabledCloseCaptioning DisabledClosedCaptioning',
      'DisabledCloseCaptioning',
    ),
    has: { actor: person, object: entity('MediaObject'), target: entity('MediaLocation') },
  },
  MessageEvent: {
    actions: actions('MarkedAsRead MarkedAsUnRead MarkedAsUnread Posted'),
    has: { actor: person, object: entity('Message') },
  },
  NavigationEvent: {
    actions: actions('NavigatedTo'),
    has: {
      actor: person,
      object: resourceOrApplication,
      target: resource,
      referrer: resourceOrApplication,
    },
  },
  QuestionnaireEvent: {
    actions: actions('Started Submitted'),
    has: { actor: person, object: entity('Questionnaire'), generated: attempt },
  },
  QuestionnaireItemEvent: {
    actions: actions('Started Skipped Completed'),
    has: { actor: person, object: entity('QuestionnaireItem'), generated: attemptOrResponse },
    when: untilCompleted,
  },
  ResourceManagementEvent: {
    actions: actions(
      'Archived Copied Created Deleted Described Downloaded Modified Printed Published Restored',
      'Retrieved Saved Unpublished Uploaded',
    ),
    has: { actor: person, object: resource, generated: resource },
    when: { Copied: { needs: ['generated'] } },
  },
  SearchEvent: {
    actions: actions('Searched'),
    // Its own table says Entity, the Search Profile says these two.
    has: {
      actor: person,
      object: resourceOrApplication,
      generated: entity('SearchResponse'),
    },
  },
  SessionEvent: {
    actions: actions('LoggedIn LoggedOut TimedOut'),
    has: {
      actor: entity('Person', 'SoftwareApplication'),
      object: entity('Session', 'SoftwareApplication'),
      target: resource,
      referrer: resourceOrApplication,
    },
    when: {
      LoggedIn: login,
      LoggedOut: login,
      TimedOut: { has: { actor: application, object: entity('Session') } },
    },
  },
  SurveyEvent: {
    actions: actions('OptedIn OptedOut'),
    has: { actor: person, object: entity('Survey') },
  },
  SurveyInvitationEvent: {
    actions: actions('Accepted Declined Sent'),
    has: { actor: person, object: entity('SurveyInvitation') },
  },
  ThreadEvent: {
    actions: actions('MarkedAsRead MarkedAsUnRead MarkedAsUnread'),
    has: { actor: person, object: entity('Thread') },
  },
  ToolLaunchEvent: {
    actions: actions('Launched Returned'),
    has: {
      actor: person,
      object: application,
      generated: resource,
      target: entity('Link', 'LtiLink'),
    },
    when: { Launched: { needs: ['federatedSession'] } },
  },
  ToolUseEvent: {
    actions: actions('Used'),
    has: {
      actor: person,
      object: application,
      target: application,
      generated: entity('AggregateMeasureCollection'),
    },
  },
  ViewEvent: {
    actions: actions('Viewed'),
    // A Result is no resource; the Grading Profile has it viewed all the same.
    has: { actor: person, object: entity('DigitalResource', 'Result'), target: resource },
  },
};

/** Gone in 1.2, still sent by systems that speak 1.1. */
export const deprecatedEvents: Readonly<Record<string, EventRow>> = {
  OutcomeEvent: {
    actions: actions('Graded'),
    has: { object: attempt, generated: entity('Result') },
  },
  ReadingEvent: {
    actions: actions('NavigatedTo Searched Viewed'),
    has: { actor: person, object: resource, target: frame },
  },
};
