import type { Client } from '#contracts';
import { agentOf, checkParameters, parameterCheck } from './document-parameters.js';
import type { XapiAnswer, XapiRequest, XapiResource } from '../resource.js';

/** What a client's statements say of an activity. */
export abstract class ActivityDefinitions {
  /** The definition (1.0.3 part 2 §2.4.4.1) as far as it is known; undefined if nothing is. */
  abstract definitionOf(client: Client, activityId: string): Promise<object | undefined>;
}

/**
 * The Agents resource (1.0.3 part 3 §2.4): a Person of what the request says. Nothing more is told
 * of anybody: who has which accounts is known to the person and to the vault.
 */
export class AgentsResource implements XapiResource {
  readonly path = '/agents';
  readonly methods = ['GET', 'HEAD'] as const;
  readonly #check = parameterCheck(['agent']);

  handle(request: XapiRequest): Promise<XapiAnswer> {
    // Promise.resolve().then: what is thrown arrives as a rejection.
    return Promise.resolve().then(() => {
      checkParameters(this.#check, request.parameters);
      const { objectType: _, ...identified } = agentOf(request.parameters, 'agent');
      const lists = Object.entries(identified).map(([name, value]) => [name, [value]] as const);
      return { status: 200, body: { objectType: 'Person', ...Object.fromEntries(lists) } };
    });
  }
}

/** The Activities resource (1.0.3 part 3 §2.5): an Activity also where nothing is known of it. */
export class ActivitiesResource implements XapiResource {
  readonly path = '/activities';
  readonly methods = ['GET', 'HEAD'] as const;
  readonly #check = parameterCheck(['activityId']);

  constructor(private readonly definitions: ActivityDefinitions) {}

  async handle({ parameters, client }: XapiRequest): Promise<XapiAnswer> {
    checkParameters(this.#check, parameters);
    const { activityId: id = '' } = parameters;
    const definition = await this.definitions.definitionOf(client, id);
    return { status: 200, body: { objectType: 'Activity', id, ...(definition && { definition }) } };
  }
}
