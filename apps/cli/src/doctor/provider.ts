import { z } from 'zod';
import { doubtful, explainClock, explainRefusal, explainSilence } from './explain.js';
import { type Finding, type Reply, right, wrong } from './explain.js';

const TIMEOUT_MS = 10_000;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Nobody's: names below .invalid lead nowhere (RFC 6761). */
const PROBE = 'https://doctor.invalid/probe';

/** What a provider was given. */
export interface Access {
  readonly url: string;
  /** The client's id: the key of xAPI too. */
  readonly key?: string | undefined;
  readonly secret?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly token?: string | undefined;
  readonly source?: string | undefined;
}

/**
 * Looks at a provider's way into the ledger, step by step, with probes to the test area: nothing
 * is recorded. What is wrong is the last finding; what rests on it is not looked at.
 */
export async function* examine(access: Access): AsyncGenerator<Finding> {
  const base = baseOf(access.url);
  if (base === undefined) {
    yield wrong('This is not an address.', 'Give one like https://ledger.example');
    return;
  }
  if (base.protocol === 'http:' && !LOOPBACK.has(base.hostname))
    yield doubtful('The way is not encrypted (http).', 'Use https: keys travel on it.');
  yield* stepsOf(access, base.href.replace(/\/$/u, ''));
}

/** People paste the address of a resource: what follows the ledger's own address is left out. */
const baseOf = (text: string): URL | undefined => {
  if (!URL.canParse(text) || !/^https?:/iu.test(text)) return undefined;
  const url = new URL(text);
  const known = /\/(?:xapi|xapi-test|caliper|v1|oauth)(?:\/.*)?$/u;
  url.pathname = url.pathname.replace(known, '/');
  url.search = '';
  url.hash = '';
  return url;
};

async function* stepsOf(access: Access, base: string): AsyncGenerator<Finding> {
  const steps = [
    () => reach(base),
    ...(access.secret === undefined ? [] : [() => tryXapi(access, base)]),
    ...(access.clientSecret === undefined && access.token === undefined
      ? []
      : [() => tryEvents(access, base)]),
  ];
  for (const step of steps)
    for (const finding of await orSilence(step)) {
      yield finding;
      if (finding.is === 'wrong') return;
    }
}

type Findings = readonly Finding[];

const orSilence = async (step: () => Promise<Findings>): Promise<Findings> => {
  try {
    return await step();
  } catch (error) {
    return [explainSilence(error)];
  }
};

const ask = async (
  url: string,
  method: 'GET' | 'POST',
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Reply> => {
  const response = await fetch(url, {
    method,
    headers: { accept: 'application/json', ...headers },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: parsed(text) };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const basic = (id = '', secret = ''): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

const About = z.object({ version: z.array(z.string()) });

const reach = async (base: string): Promise<Findings> => {
  const reply = await ask(`${base}/xapi/about`, 'GET');
  const about = About.safeParse(reply.json);
  if (reply.status !== 200 || !about.success) return [explainRefusal(reply, 'secret')];
  const skew = explainClock(reply.headers.get('date'), new Date());
  return [
    right(`The ledger answers, and speaks xAPI ${about.data.version.join(' and ')}.`),
    skew ?? right('The clocks agree.'),
  ];
};

const tryXapi = async ({ key, secret }: Access, base: string): Promise<Findings> => {
  const headers = {
    authorization: basic(key, secret),
    'content-type': 'application/json',
    'x-experience-api-version': '1.0.3',
  };
  const reply = await ask(
    `${base}/xapi-test/statements`,
    'POST',
    headers,
    JSON.stringify(STATEMENT),
  );
  if (reply.status !== 200) return [explainRefusal(reply, 'xAPI secret')];
  return [right(`The xAPI key works: a statement was taken by the test area${deliveryIn(reply)}.`)];
};

const learner = { account: { homePage: 'https://doctor.invalid', name: 'probe' } };
const STATEMENT = {
  actor: { objectType: 'Agent', ...learner },
  verb: { id: 'http://adlnet.gov/expapi/verbs/completed' },
  object: { id: PROBE },
};
const eventOf = (source: string): object => ({
  specversion: '1.0',
  source,
  type: 'org.learning-ledger.completed.v1',
  data: { learner, activity: { id: PROBE, type: 'course' }, verb: 'completed', occurredAt: now() },
});
const now = (): string => new Date().toISOString();

const deliveryIn = ({ headers }: Reply): string => {
  const id = headers.get('ledger-delivery');
  return id === null ? '' : ` (${id})`;
};

const Token = z.object({ access_token: z.string() });
const Me = z.object({
  organisation: z.object({ name: z.string(), sources: z.array(z.string()).default([]) }),
});
const Answer = z.object({ results: z.array(z.looseObject({ status: z.unknown() })).length(1) });

const tryEvents = async (access: Access, base: string): Promise<Findings> => {
  const token = access.token ?? (await tokenOf(access, base));
  if (typeof token !== 'string') return [token];
  const authorization = `Bearer ${token}`;
  const who = await ask(`${base}/v1/me`, 'GET', { authorization });
  const me = Me.safeParse(who.json);
  if (who.status !== 200) return [explainRefusal(who, 'token')];
  if (!me.success) return [wrong('The token is no provider’s.', 'Use a token of your client.')];
  const { name, sources } = me.data.organisation;
  const known = right(`The token works: you are ${name}.`);
  const source = access.source ?? sources[0];
  if (source === undefined || !sources.includes(source))
    return [known, notRegistered(source, sources)];
  return [known, await tryEvent(base, authorization, source)];
};

const tokenOf = async ({ key, clientSecret }: Access, base: string): Promise<string | Finding> => {
  const headers = { authorization: basic(key, clientSecret), 'content-type': 'application/json' };
  const body = JSON.stringify({ grant_type: 'client_credentials' });
  const reply = await ask(`${base}/oauth/token`, 'POST', headers, body);
  const token = Token.safeParse(reply.json);
  return reply.status === 200 && token.success
    ? token.data.access_token
    : explainRefusal(reply, 'client secret');
};

const notRegistered = (source: string | undefined, sources: readonly string[]): Finding =>
  sources.length === 0
    ? wrong('No source is registered for this client.', 'Have one registered: client add --source.')
    : wrong(`The source ${source} is not registered.`, `Send one of: ${sources.join(', ')}`);

const tryEvent = async (base: string, authorization: string, source: string): Promise<Finding> => {
  const headers = {
    authorization,
    'content-type': 'application/cloudevents+json',
    'x-ledger-test': 'true',
  };
  const reply = await ask(`${base}/v1/events`, 'POST', headers, JSON.stringify(eventOf(source)));
  const answer = Answer.safeParse(reply.json);
  const [result] = answer.success ? answer.data.results : [];
  if (!result) return explainRefusal(reply, 'token');
  return result.status === 'test'
    ? right(`An event of ${source} was taken by the test area${deliveryIn(reply)}.`)
    : explainRefusal({ ...reply, status: Number(result.status), json: result }, 'token');
};
