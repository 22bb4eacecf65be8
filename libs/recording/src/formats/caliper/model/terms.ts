/** The vocabularies of Caliper 1.2 (its JSON-LD context, and the appendices of its text). */
const words = (...lines: readonly string[]): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => line.split(' ')));

export const ACTIONS = words(
  'Abandoned Accepted Activated Added Archived Attached Bookmarked ChangedResolution ChangedSize',
  'ChangedSpeed ChangedVolume Classified ClosedPopout Commented Completed Copied Created',
  'Deactivated Declined Deleted Described Disliked Downloaded Ended EnteredFullScreen',
  'ExitedFullScreen ForwardedTo Graded Hid Highlighted Identified JumpedTo Launched Liked Linked',
  'LoggedIn LoggedOut MarkedAsRead Modified Muted NavigatedTo OpenedPopout OptedIn OptedOut Paused',
  'Posted Printed Published Questioned Ranked Recommended Removed Reset Restarted Restored Resumed',
  'Retrieved Returned Reviewed Rewound Saved Searched Sent Shared Showed Skipped Started Submitted',
  'Subscribed Tagged TimedOut Unmuted Unpublished Unsubscribed Uploaded Used Viewed',
  // The text spells these one way and the context another; both are sent.
  'MarkedAsUnread MarkedAsUnRead DisabledClosedCaptioning DisabledCloseCaptioning',
  'EnabledClosedCaptioning EnabledCloseCaptioning',
);

export const PROFILES: ReadonlySet<string> = new Set(
  [
    ...words('Annotation Assessment Assignable Feedback Forum General Grading Media Reading'),
    ...words('ResourceManagement Search Session Survey ToolLaunch ToolUse'),
  ].map((name) => `${name}Profile`),
);

const SUBROLES: Readonly<Record<string, string>> = {
  Administrator:
    'Administrator Developer ExternalDeveloper ExternalSupport ExternalSystemAdministrator Support SystemAdministrator',
  ContentDeveloper: 'ContentDeveloper ContentExpert ExternalContentExpert Librarian',
  Instructor:
    'ExternalInstructor Grader GuestInstructor Instructor Lecturer PrimaryInstructor SecondaryInstructor TeachingAssistant TeachingAssistantGroup TeachingAssistantOffering TeachingAssistantSection TeachingAssistantTemplate',
  Learner: 'ExternalLearner GuestLearner Learner NonCreditLearner',
  Manager: 'AreaManager CourseCoordinator ExternalObserver Manager Observer',
  Member: 'Member',
  Mentor:
    'Advisor Auditor ExternalAdvisor ExternalAuditor ExternalLearningFacilitator ExternalMentor ExternalReviewer ExternalTutor LearningFacilitator Mentor Reviewer Tutor',
  Officer: 'Chair Secretary Treasurer Vice-Chair',
};

/** LIS roles: a context role, or one with a subrole such as Instructor#Grader. */
export const ROLES: ReadonlySet<string> = new Set(
  Object.entries(SUBROLES).flatMap(([role, subroles]) => [
    role,
    ...subroles.split(' ').map((subrole) => `${role}#${subrole}`),
  ]),
);

export const STATUSES = words('Active Inactive');

export const METRICS = words(
  'AssessmentsPassed AssessmentsSubmitted MinutesOnTask SkillsMastered StandardsMastered',
  'UnitsCompleted UnitsPassed WordsRead',
);

export const MESSAGE_TYPES = words(
  'LtiDeepLinkingRequest LtiDeepLinkingResponse LtiResourceLinkRequest',
);

export const IDENTIFIER_TYPES = words(
  'AccountUserName CaseItemUri EmailAddress LisSourcedId LtiContextId LtiDeploymentId',
  'LtiPlatformId LtiToolId LtiUserId OneRosterSourcedId Other SisSourcedId SystemId',
);

/** Some of the actions, by name. */
export const actions = (...lines: readonly string[]): ReadonlySet<string> => words(...lines);
