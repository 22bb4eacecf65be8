import { Readable } from 'node:stream';
import { problemOf, SharedCredentials } from '#contracts';
import { Api, type ApiRequest, type ApiResponse, type OpenedResponse } from '../api/api.js';
import { deliveries, delivery, deliveryDays } from './sample-deliveries.js';
import * as imports from './sample-imports.js';
import { people } from './sample-people.js';
import { achievements, issued } from './sample-provider.js';
import { decidedCase, openCase } from './sample-recognition.js';
import * as verifications from './sample-verifications.js';
import * as wallet from './sample-wallet.js';

type Answer = (request: ApiRequest, parts: readonly string[]) => readonly [number, unknown];

const institutions = [
  { id: 'aurora-university', name: 'Aurora Open University', country: 'ES', recognises: false },
  {
    id: 'borealis-university',
    name: 'Borealis University of Applied Sciences',
    country: 'NO',
    recognises: true,
  },
];
const receipt = {
  eventId: 'evt_k7w2m5q4x3n6p2r5t7v2b4c6d3',
  log: 'all-in-one',
  seq: 9412,
  leafHash: '5f0b7e0c6b1c9d2a4e8f3a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d',
  status: 'recorded',
};
const bodyOf = (request: ApiRequest) => request.body as Readonly<Record<string, unknown>>;

/** Which sample a credential that is sent to be checked asks for, by its `sample` member. */
const verify: Answer = (request) => {
  const { credential } = bodyOf(request) as { credential: { sample?: string } | string };
  const sample = typeof credential === 'string' ? undefined : credential.sample;
  if (sample === 'changed') return [200, verifications.changed];
  return [200, sample === 'withdrawn' ? verifications.withdrawn : verifications.genuine];
};

const answers: Readonly<Record<string, Answer>> = {
  'POST /v1/sign-in': (request) =>
    bodyOf(request)['code'] === 'good'
      ? [200, { access_token: 'learner', token_type: 'Bearer', expires_in: 3600 }]
      : [410, problemOf('sign-in-link-invalid')],
  'POST /v1/demo/sign-in': (request) => {
    const persona = String(bodyOf(request)['persona']);
    const roles: Readonly<Record<string, string>> = {
      library: 'provider',
      university: 'provider',
      mooc: 'provider',
      'second-university': 'officer',
    };
    const token = roles[persona] ?? persona;
    return [200, { access_token: token, token_type: 'Bearer', expires_in: 3600 }];
  },
  'POST /v1/verifications': verify,
  'GET /v1/shares/:id': (_, [id]) => {
    if (id === 'shr_stopped') return [410, problemOf('share-stopped')];
    const shared = [{ sample: 'genuine' }, { sample: 'withdrawn' }];
    return [200, SharedCredentials.parse({ until: '2026-12-24T23:59:59Z', credentials: shared })];
  },
  'GET /v1/achievements': () => [200, { data: achievements }],
  'GET /v1/institutions': () => [200, { data: institutions }],
  'GET /v1/me/timeline': () => [200, { data: wallet.timeline, nextCursor: 'c2' }],
  'GET /v1/me/credits': () => [200, wallet.credits],
  'GET /v1/me/credentials': () => [200, { data: wallet.credentials }],
  'GET /v1/me/credentials/:id': (_, [id]) =>
    wallet.credentials.some((credential) => credential.id === id)
      ? [200, { id, sample: 'genuine' }]
      : [404, problemOf('credential-not-yours')],
  'GET /v1/me/claims': () => [
    200,
    {
      data: [
        {
          id: 'clm_a',
          provider: 'aurora-university',
          providerName: 'Aurora Open University',
          claimedAt: '2025-09-01T10:00:00Z',
          state: 'claimed',
        },
        {
          id: 'clm_b',
          provider: 'ring-library',
          providerName: 'Ring Libraries',
          claimedAt: '2025-09-01T10:00:00Z',
          state: 'released',
          releasedAt: '2026-11-01T10:00:00Z',
          restorableUntil: '2026-12-01T10:00:00Z',
        },
      ],
    },
  ],
  'DELETE /v1/me/claims/:id': () => [204, undefined],
  'POST /v1/me/claims/:id/restore': () => [409, problemOf('account-claimed')],
  'POST /v1/me/claims': () => [422, problemOf('claim-code-invalid')],
  'POST /v1/me/merge-codes': () => [
    201,
    { code: 'ABCD-EFGH-JKLM-NPQR', expiresAt: '2026-11-25T15:00:00Z' },
  ],
  'GET /v1/me/merges': () => [200, { data: [{ id: 'mrg_a', mergedAt: '2026-11-01T10:00:00Z' }] }],
  'POST /v1/me/merges': (request) =>
    bodyOf(request)['code'] === 'GOOD-CODE'
      ? [200, { data: [] }]
      : [422, problemOf('merge-code-invalid')],
  'DELETE /v1/me/merges/:id': (_, [id]) =>
    id === 'mrg_a'
      ? [200, { url: 'https://ledger.example/sign-in/x', expiresAt: '2026-12-02T10:00:00Z' }]
      : [404, problemOf('not-found')],
  'POST /v1/me/events': () => [201, receipt],
  'GET /v1/me/shares': () => [200, { data: wallet.shares }],
  'POST /v1/shares': () => [201, wallet.shares[0]],
  'DELETE /v1/shares/:id': () => [204, undefined],
  'GET /v1/me/profile': () => [404, problemOf('not-found')],
  'PUT /v1/me/profile': () => [204, undefined],
  'DELETE /v1/me': () => [204, undefined],
  'GET /v1/me/transcript': () => [422, problemOf('profile-incomplete')],
  'POST /v1/events': () => [200, { results: [receipt] }],
  'POST /v1/imports': (request) => {
    request.stream?.resume();
    return [202, { id: 'imp_waiting' }];
  },
  'GET /v1/imports': () => [200, { data: imports.all }],
  'GET /v1/imports/:id': (_, [id]) => {
    const found = imports.all.find((item) => item.id === id);
    return found ? [200, found] : [404, problemOf('not-found')];
  },
  'PUT /v1/imports/:id/mapping': (_, [id]) => [200, { id }],
  'POST /v1/imports/:id/confirm': () => [202, imports.runningJob],
  'DELETE /v1/imports/:id': () => [204, undefined],
  'GET /v1/imports/:id/errors': () => [200, imports.errors],
  'GET /v1/jobs/:id': (_, [id]) => [200, imports.jobs[id ?? ''] ?? imports.runningJob],
  'POST /v1/claim-codes': () => [
    201,
    { code: 'ABCD-EFGH-JKLM-NPQR', expiresAt: '2026-12-09T10:00:00Z' },
  ],
  'GET /v1/deliveries': () => [200, deliveries],
  'GET /v1/deliveries/days': () => [200, deliveryDays],
  'GET /v1/deliveries/:id': (_, [id]) =>
    id === delivery.id ? [200, delivery] : [404, problemOf('not-found')],
  'GET /v1/deliveries/:id/refused': () => [
    200,
    { data: [{ index: 2, code: 'invalid-input', errors: [], event: { id: 'e' } }] },
  ],
  'POST /v1/deliveries/:id/retry': (_, [id]) =>
    id === delivery.id
      ? [200, { ...delivery, id: 'dlv_new' }]
      : [409, problemOf('nothing-to-retry')],
  'GET /v1/credentials': () => [200, { data: issued, nextCursor: null }],
  'POST /v1/credentials/:id/revoke': (_, [id]) => [200, { id, revokedAt: '2026-11-25T14:02:00Z' }],
  'GET /v1/recognition/cases': () => [200, { data: [openCase, decidedCase] }],
  'POST /v1/recognition/cases': () => [201, openCase],
  'GET /v1/recognition/cases/:id': (_, [id]) => {
    const found = [openCase, decidedCase].find((item) => item.id === id);
    return found ? [200, found] : [404, problemOf('not-found')];
  },
  'POST /v1/recognition/cases/:id/decision': (request) =>
    bodyOf(request)['outcome'] === 'Negative'
      ? [
          422,
          problemOf('difference-not-substantial', undefined, [
            { pointer: '#/findings', detail: 'None of the five criteria differs substantially.' },
            {
              pointer: '#/findings/level/evidence',
              detail: 'Say what shows the difference.',
            },
          ]),
        ]
      : [200, decidedCase],
};

/** The API, answered from samples. A token is the name of a role; it records what it was sent. */
export class SampleApi extends Api {
  readonly sent: ApiRequest[] = [];
  /** Set to have every call answered with this problem. */
  problem: Parameters<typeof problemOf>[0] | undefined;

  open(request: ApiRequest): Promise<OpenedResponse> {
    this.sent.push(request);
    return Promise.resolve({ status: 200, body: Readable.from(['a,b']) });
  }

  request(request: ApiRequest): Promise<ApiResponse> {
    this.sent.push(request);
    const [status, body] = this.#answer(request);
    const text = body === undefined ? '' : JSON.stringify(body);
    return Promise.resolve({ status, headers: { 'content-type': 'application/json' }, text });
  }

  #answer(request: ApiRequest): readonly [number, unknown] {
    if (this.problem !== undefined) {
      const problem = problemOf(this.problem);
      return [problem.status, problem];
    }
    const path = request.path.split('?', 1)[0] ?? '';
    if (path === '/v1/me' && request.method === 'GET') {
      const me = people[request.token ?? ''];
      return me ? [200, me] : [401, problemOf('not-signed-in')];
    }
    for (const [route, answer] of Object.entries(answers)) {
      const [method = '', pattern = ''] = route.split(' ');
      const match = new RegExp(`^${pattern.replace(':id', '([^/]+)')}$`, 'u').exec(path);
      if (match && method === request.method) return answer(request, match.slice(1));
    }
    return [404, problemOf('not-found')];
  }
}
