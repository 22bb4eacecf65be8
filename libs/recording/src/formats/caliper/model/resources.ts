import {
  count,
  decimal,
  duration,
  entity,
  integer,
  list,
  term,
  text,
  time,
  type TypeRow,
  yesOrNo,
} from './kinds.js';
import { MESSAGE_TYPES } from './terms.js';

/** Digital resources and their collections, questions and responses (Caliper 1.2, Entities). */
export const resources: Readonly<Record<string, TypeRow>> = {
  DigitalResource: {
    kindOf: ['Entity'],
    has: {
      storageName: text,
      creators: list(entity('Agent')),
      mediaType: text,
      keywords: list(text),
      learningObjectives: list(entity('LearningObjective')),
      isPartOf: entity('Entity'),
      datePublished: time,
      version: text,
    },
  },
  Chapter: { kindOf: ['DigitalResource'] },
  Document: { kindOf: ['DigitalResource'] },
  Frame: { kindOf: ['DigitalResource'], has: { index: count } },
  Page: { kindOf: ['DigitalResource'] },
  WebPage: { kindOf: ['DigitalResource'] },
  LtiLink: {
    kindOf: ['DigitalResource'],
    has: { messageType: term('LTI message type', MESSAGE_TYPES) },
  },
  Message: {
    kindOf: ['DigitalResource'],
    has: {
      replyTo: entity('Message'),
      body: text,
      attachments: list(entity('DigitalResource')),
    },
  },

  MediaObject: { kindOf: ['DigitalResource'], has: { duration } },
  AudioObject: {
    kindOf: ['MediaObject'],
    has: { volumeLevel: text, volumeMin: text, volumeMax: text, muted: yesOrNo },
  },
  ImageObject: { kindOf: ['MediaObject'] },
  VideoObject: { kindOf: ['MediaObject'] },
  MediaLocation: { kindOf: ['DigitalResource'], has: { currentTime: duration } },

  AssignableDigitalResource: {
    kindOf: ['DigitalResource'],
    has: {
      dateToActivate: time,
      dateToShow: time,
      dateToStartOn: time,
      dateToSubmit: time,
      maxAttempts: count,
      maxSubmits: count,
      maxScore: decimal,
    },
  },
  Assessment: {
    kindOf: ['AssignableDigitalResource', 'DigitalResourceCollection'],
    has: { items: list(entity('AssessmentItem')) },
  },
  AssessmentItem: { kindOf: ['AssignableDigitalResource'], has: { isTimeDependent: yesOrNo } },

  Collection: { kindOf: ['Entity'], has: { items: list(entity('Entity')) } },
  DigitalResourceCollection: {
    kindOf: ['Collection', 'DigitalResource'],
    has: { items: list(entity('DigitalResource')) },
  },
  Forum: { kindOf: ['DigitalResourceCollection'], has: { items: list(entity('Thread')) } },
  Thread: { kindOf: ['DigitalResourceCollection'], has: { items: list(entity('Message')) } },
  Questionnaire: {
    kindOf: ['DigitalResourceCollection'],
    has: { items: list(entity('QuestionnaireItem')) },
    needs: ['items'],
  },
  Survey: { kindOf: ['Collection'], has: { items: list(entity('Questionnaire')) } },
  SurveyInvitation: {
    kindOf: ['DigitalResource'],
    has: { rater: entity('Person'), survey: entity('Survey'), sentCount: count, dateSent: time },
  },

  QuestionnaireItem: {
    kindOf: ['DigitalResource'],
    has: { question: entity('Question'), categories: list(text), weight: decimal },
  },
  Question: { kindOf: ['DigitalResource'], has: { questionPosed: text } },
  DateTimeQuestion: {
    kindOf: ['Question'],
    has: { minDateTime: time, minLabel: text, maxDateTime: time, maxLabel: text },
  },
  MultiselectQuestion: {
    kindOf: ['Question'],
    has: { points: count, itemLabels: list(text), itemValues: list(text) },
  },
  OpenEndedQuestion: { kindOf: ['Question'] },
  RatingScaleQuestion: { kindOf: ['Question'], has: { scale: entity('Scale') } },

  Response: {
    kindOf: ['Entity'],
    has: {
      attempt: entity('Attempt'),
      startedAtTime: time,
      endedAtTime: time,
      duration,
    },
  },
  DateTimeResponse: { kindOf: ['Response'], has: { dateTimeSelected: time } },
  FillinBlankResponse: { kindOf: ['Response'], has: { values: list(text) } },
  MultipleChoiceResponse: { kindOf: ['Response'], has: { value: text } },
  MultipleResponseResponse: { kindOf: ['Response'], has: { values: list(text) } },
  MultiselectResponse: { kindOf: ['Response'], has: { selections: list(text) } },
  OpenEndedResponse: { kindOf: ['Response'], has: { value: text } },
  RatingScaleResponse: { kindOf: ['Response'], has: { selections: list(text) } },
  SelectTextResponse: { kindOf: ['Response'], has: { values: list(text) } },
  TrueFalseResponse: { kindOf: ['Response'], has: { value: text } },
};

/** Gone in 1.2, still sent by systems that speak 1.1. */
export const deprecatedResources: Readonly<Record<string, TypeRow>> = {
  EpubChapter: { kindOf: ['DigitalResource'] },
  EpubPart: { kindOf: ['DigitalResource'] },
  EpubSubChapter: { kindOf: ['DigitalResource'] },
  EpubVolume: { kindOf: ['DigitalResource'] },
  Reading: { kindOf: ['DigitalResource'], has: { index: integer } },
};
