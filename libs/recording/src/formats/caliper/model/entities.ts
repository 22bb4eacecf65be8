import {
  count,
  decimal,
  duration,
  entity,
  integer,
  list,
  map,
  node,
  term,
  text,
  time,
  type TypeRow,
} from './kinds.js';
import { IDENTIFIER_TYPES, METRICS, ROLES, STATUSES } from './terms.js';

/** Everything that is no resource, question or answer (Caliper 1.2, Entities). */
export const entities: Readonly<Record<string, TypeRow>> = {
  Entity: {
    has: {
      id: node,
      name: text,
      description: text,
      dateCreated: time,
      dateModified: time,
      otherIdentifiers: list(entity('SystemIdentifier')),
      extensions: map,
    },
    needs: ['id'],
  },

  Agent: { kindOf: ['Entity'] },
  Person: { kindOf: ['Agent'] },
  SoftwareApplication: {
    kindOf: ['Agent'],
    has: { host: text, ipAddress: text, userAgent: text, version: text },
  },
  Organization: {
    kindOf: ['Agent'],
    has: { subOrganizationOf: entity('Organization'), members: list(entity('Agent')) },
  },
  Group: { kindOf: ['Organization'] },
  CourseOffering: {
    kindOf: ['Organization'],
    has: { courseNumber: text, academicSession: text },
  },
  CourseSection: { kindOf: ['CourseOffering'], has: { category: text } },
  Membership: {
    kindOf: ['Entity'],
    has: {
      organization: entity('Organization'),
      member: entity('Person'),
      roles: list(term('role', ROLES)),
      status: term('status', STATUSES),
    },
  },

  Session: {
    kindOf: ['Entity'],
    has: {
      user: entity('Person'),
      client: entity('SoftwareApplication'),
      startedAtTime: time,
      endedAtTime: time,
      duration,
    },
  },
  LtiSession: { kindOf: ['Session'], has: { messageParameters: map } },

  Attempt: {
    kindOf: ['Entity'],
    has: {
      assignee: entity('Person'),
      assignable: entity('DigitalResource'),
      // Not in its table; the Assessment, Assignable and Survey Profiles tell how to use it.
      isPartOf: entity('Attempt'),
      count,
      startedAtTime: time,
      endedAtTime: time,
      duration,
    },
  },
  Score: {
    kindOf: ['Entity'],
    has: {
      attempt: entity('Attempt'),
      maxScore: decimal,
      scoreGiven: decimal,
      scoredBy: entity('Agent'),
      comment: text,
    },
  },
  Result: {
    kindOf: ['Entity'],
    has: {
      attempt: entity('Attempt'),
      maxResultScore: decimal,
      resultScore: decimal,
      scoredBy: entity('Agent'),
      comment: text,
    },
  },
  AggregateMeasure: {
    kindOf: ['Entity'],
    has: {
      metric: term('metric', METRICS),
      metricValue: decimal,
      maxMetricValue: decimal,
      startedAtTime: time,
      endedAtTime: time,
    },
    needs: ['metric', 'metricValue'],
  },
  AggregateMeasureCollection: {
    kindOf: ['Collection'],
    has: { items: list(entity('AggregateMeasure')) },
  },

  Annotation: {
    kindOf: ['Entity'],
    has: { annotator: entity('Person'), annotated: entity('DigitalResource') },
  },
  BookmarkAnnotation: { kindOf: ['Annotation'], has: { bookmarkNotes: text } },
  HighlightAnnotation: {
    kindOf: ['Annotation'],
    has: { selection: entity('Selector'), selectionText: text },
  },
  SharedAnnotation: { kindOf: ['Annotation'], has: { withAgents: list(entity('Agent')) } },
  TagAnnotation: { kindOf: ['Annotation'], has: { tags: list(text) } },

  Comment: {
    kindOf: ['Entity'],
    has: { commenter: entity('Person'), commentedOn: entity('Entity'), value: text },
  },
  Rating: {
    kindOf: ['Entity'],
    has: {
      rater: entity('Person'),
      rated: entity('Entity'),
      question: entity('Question'),
      selections: list(text),
      ratingComment: entity('Comment'),
    },
  },

  Query: {
    kindOf: ['Entity'],
    has: { creator: entity('Person'), searchTarget: entity('Entity'), searchTerms: text },
  },
  SearchResponse: {
    kindOf: ['Entity'],
    has: {
      searchProvider: entity('SoftwareApplication'),
      searchTarget: entity('Entity'),
      query: entity('Query'),
      searchResultsItemCount: count,
      // Not in its table; the Search Profile speaks of them.
      searchResults: list(entity('Entity')),
    },
  },

  LearningObjective: { kindOf: ['Entity'] },
  Link: { kindOf: ['Entity'] },

  Scale: { kindOf: ['Entity'] },
  LikertScale: {
    kindOf: ['Scale'],
    has: { scalePoints: integer, itemLabels: list(text), itemValues: list(text) },
  },
  MultiselectScale: {
    kindOf: ['Scale'],
    has: {
      scalePoints: integer,
      itemLabels: list(text),
      itemValues: list(text),
      isOrderedSelection: { is: 'boolean' },
      minSelections: integer,
      maxSelections: integer,
    },
  },
  NumericScale: {
    kindOf: ['Scale'],
    has: { minValue: decimal, minLabel: text, maxValue: decimal, maxLabel: text, step: decimal },
  },

  // These two are no entities: they have no id ("Entities with no id properties").
  SystemIdentifier: {
    has: {
      id: node,
      identifierType: term('system identifier type', IDENTIFIER_TYPES),
      identifier: text,
      source: entity('SoftwareApplication'),
      extensions: map,
    },
    needs: ['identifierType', 'identifier'],
  },
  Selector: {},
  TextPositionSelector: {
    kindOf: ['Selector'],
    has: { id: node, start: count, end: count },
    needs: ['start', 'end'],
  },
};
