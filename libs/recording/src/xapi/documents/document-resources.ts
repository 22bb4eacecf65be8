import { Inject, Injectable } from '@nestjs/common';
import { type DocumentKind, DocumentResource } from './document-resource.js';
import { Documents } from './documents.js';
import {
  ActivitiesResource,
  ActivityDefinitions,
  AgentsResource,
} from './people-and-activities.js';
import type { XapiResource } from '../resource.js';

const KINDS: readonly DocumentKind[] = [
  {
    name: 'state',
    path: '/activities/state',
    id: 'stateId',
    context: ['activityId', 'agent'],
  },
  {
    name: 'activity-profile',
    path: '/activities/profile',
    id: 'profileId',
    context: ['activityId'],
  },
  { name: 'agent-profile', path: '/agents/profile', id: 'profileId', context: ['agent'] },
];

/** The resources of xAPI beside statements and `/about`, for the routes to offer. */
@Injectable()
export class DocumentResources {
  readonly resources: readonly XapiResource[];

  constructor(documents: Documents, @Inject(ActivityDefinitions) definitions: ActivityDefinitions) {
    this.resources = [
      ...KINDS.map((kind) => new DocumentResource(kind, documents)),
      new AgentsResource(),
      new ActivitiesResource(definitions),
    ];
  }
}
