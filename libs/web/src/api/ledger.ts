import type { Readable } from 'node:stream';
import { z } from 'zod';
import {
  Achievements,
  Claim,
  ClaimCode,
  Claims,
  CreditAccount,
  type DecisionRequest,
  Import,
  ImportErrors,
  type ImportMapping,
  Imports,
  Deliveries,
  DeliveryDays,
  DeliveryDetails,
  Institutions,
  Invitation,
  IssuedCredentials,
  Job,
  Me,
  MergeCode,
  Merges,
  Profile,
  Receipt,
  RecognitionCase,
  RecognitionCases,
  type RecognitionRequest,
  RefusedItems,
  Results,
  Revocation,
  type SelfReport,
  Share,
  SharedCredentials,
  Shares,
  type ShareRequest,
  Timeline,
  TokenResponse,
  Verification,
  WalletCredentials,
} from '#contracts';
import { queryOf } from '../paths.js';
import { Calls } from './calls.js';

type Body<Schema extends z.ZodType> = z.infer<Schema>;
type Json = Readonly<Record<string, unknown>>;
const Uploaded = z.object({ id: z.string() });
const segment = encodeURIComponent;
/** The endpoints of the public API that pages use, as one visitor may call them. */
export class Ledger {
  constructor(private readonly calls: Calls) {}

  // Everybody
  me = () => this.calls.get('/v1/me', Me);
  signIn = (code: string) => this.calls.post('/v1/sign-in', { code }, TokenResponse);
  demoSignIn = (persona: string) => this.calls.post('/v1/demo/sign-in', { persona }, TokenResponse);
  verify = (credential: Json | string) =>
    this.calls.post('/v1/verifications', { credential }, Verification);
  shared = (id: string) => this.calls.get(`/v1/shares/${segment(id)}`, SharedCredentials);
  achievements = async () => (await this.calls.get('/v1/achievements', Achievements)).data;
  institutions = async () => (await this.calls.get('/v1/institutions', Institutions)).data;

  // Learner
  timeline = (cursor?: string) =>
    this.calls.get(`/v1/me/timeline${cursor ? `?cursor=${segment(cursor)}` : ''}`, Timeline);
  credits = () => this.calls.get('/v1/me/credits', CreditAccount);
  credentials = async () => (await this.calls.get('/v1/me/credentials', WalletCredentials)).data;
  /** The signed credential itself, as it was issued. */
  credentialFile = (id: string) =>
    this.calls.get(`/v1/me/credentials/${segment(id)}`, z.record(z.string(), z.unknown()));
  claims = async () => (await this.calls.get('/v1/me/claims', Claims)).data;
  claim = (code: string) => this.calls.post('/v1/me/claims', { code }, Claim);
  releaseClaim = (id: string) => this.calls.send('DELETE', `/v1/me/claims/${segment(id)}`);
  restoreClaim = (id: string) => this.calls.post(`/v1/me/claims/${segment(id)}/restore`, {}, Claim);
  mergeCode = () => this.calls.post('/v1/me/merge-codes', {}, MergeCode);
  merges = async () => (await this.calls.get('/v1/me/merges', Merges)).data;
  merge = (code: string) => this.calls.post('/v1/me/merges', { code }, Merges);
  splitMerge = async (id: string) =>
    Invitation.parse(
      JSON.parse((await this.calls.send('DELETE', `/v1/me/merges/${segment(id)}`)).text),
    );
  report = (body: SelfReport, key?: string) =>
    this.calls.post('/v1/me/events', body, Receipt, { idempotencyKey: key });
  shares = async () => (await this.calls.get('/v1/me/shares', Shares)).data;
  share = (body: Body<typeof ShareRequest>) => this.calls.post('/v1/shares', body, Share);
  stopShare = (id: string) => this.calls.send('DELETE', `/v1/shares/${segment(id)}`);
  requestRecognition = (body: RecognitionRequest, key?: string) =>
    this.calls.post('/v1/recognition/cases', body, RecognitionCase, { idempotencyKey: key });
  saveProfile = (profile: Profile) => this.calls.send('PUT', '/v1/me/profile', profile);
  profile = () => this.calls.get('/v1/me/profile', Profile);
  erase = () => this.calls.send('DELETE', '/v1/me');
  transcript = () =>
    this.calls.send('GET', '/v1/me/transcript', undefined, { accept: 'application/xml' });

  // Provider
  recordEvent = async (event: Json) => {
    const media = { contentType: 'application/cloudevents+json' };
    const [result] = (await this.calls.post('/v1/events', event, Results, media)).results;
    return result;
  };
  claimCode = (account: { readonly homePage: string; readonly name: string }) =>
    this.calls.post('/v1/claim-codes', { learner: { account } }, ClaimCode);
  issued = async () => (await this.calls.get('/v1/credentials', IssuedCredentials)).data;
  revoke = (id: string, reason: string) =>
    this.calls.post(`/v1/credentials/${segment(id)}/revoke`, { reason }, Revocation);

  upload = (stream: Readable, contentType: string, length: string | undefined) =>
    this.calls.post('/v1/imports', undefined, Uploaded, { stream, contentType, length });
  imports = async () => (await this.calls.get('/v1/imports', Imports)).data;
  import = (id: string) => this.calls.get(`/v1/imports/${segment(id)}`, Import);
  mapImport = (id: string, mapping: ImportMapping) =>
    this.calls.send('PUT', `/v1/imports/${segment(id)}/mapping`, mapping);
  confirmImport = (id: string) =>
    this.calls.post(`/v1/imports/${segment(id)}/confirm`, undefined, Job);
  deleteImport = (id: string) => this.calls.send('DELETE', `/v1/imports/${segment(id)}`);
  importErrors = (id: string, cursor?: string) =>
    this.calls.get(
      `/v1/imports/${segment(id)}/errors${cursor ? `?cursor=${segment(cursor)}` : ''}`,
      ImportErrors,
    );
  refusedRows = (id: string) => this.calls.open(`/v1/imports/${segment(id)}/refused.csv`);
  job = (id: string) => this.calls.get(`/v1/jobs/${segment(id)}`, Job);
  deliveries = (filter: Readonly<Record<string, string | undefined>>) =>
    this.calls.get(`/v1/deliveries?${queryOf(filter)}`, Deliveries);
  deliveryDays = () => this.calls.get('/v1/deliveries/days', DeliveryDays);
  delivery = (id: string) => this.calls.get(`/v1/deliveries/${segment(id)}`, DeliveryDetails);
  refusedItems = (id: string) =>
    this.calls.get(`/v1/deliveries/${segment(id)}/refused`, RefusedItems);
  retryDelivery = (id: string) =>
    this.calls.post(`/v1/deliveries/${segment(id)}/retry`, {}, DeliveryDetails);

  // Learner and officer
  cases = async () => (await this.calls.get('/v1/recognition/cases', RecognitionCases)).data;
  case = (id: string) => this.calls.get(`/v1/recognition/cases/${segment(id)}`, RecognitionCase);
  decide = (id: string, body: Body<typeof DecisionRequest>) =>
    this.calls.post(`/v1/recognition/cases/${segment(id)}/decision`, body, RecognitionCase);
}
