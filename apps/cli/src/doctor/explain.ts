/** One thing the doctor looked at: what it found, and what to do about it. */
export interface Finding {
  readonly is: 'right' | 'doubtful' | 'wrong';
  readonly what: string;
  readonly whatToDo?: string;
}

export const right = (what: string): Finding => ({ is: 'right', what });
export const doubtful = (what: string, whatToDo: string): Finding => ({
  is: 'doubtful',
  what,
  whatToDo,
});
export const wrong = (what: string, whatToDo: string): Finding => ({
  is: 'wrong',
  what,
  whatToDo,
});

const TLS_PORT = 'Check http and https, and the port, in the address.';
/** Codes of Node's errors, in plain words. */
const UNREACHABLE: Readonly<Record<string, readonly [what: string, whatToDo: string]>> = {
  ENOTFOUND: ['No computer has this name.', 'Check the spelling of the address.'],
  EAI_AGAIN: ['The name could not be looked up.', 'Check the network and the DNS of this machine.'],
  ECONNREFUSED: [
    'Nobody answers at this address and port.',
    'Check the port; ask who runs the ledger whether it is running.',
  ],
  ECONNRESET: ['The connection was cut.', TLS_PORT],
  EHOSTUNREACH: ['There is no way to that machine.', 'Check the network and the firewall.'],
  ENETUNREACH: ['There is no way to that network.', 'Check the network and the firewall.'],
  CERT_HAS_EXPIRED: [
    'The TLS certificate has expired.',
    'Ask who runs the ledger to renew it; check the clock of this machine.',
  ],
  CERT_NOT_YET_VALID: ['The TLS certificate is not valid yet.', 'Check the clock of this machine.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'The TLS certificate is for another name.',
    'Use the name that the certificate is for, as who runs the ledger gave it to you.',
  ],
  EPROTO: ['The other side does not speak TLS.', TLS_PORT],
  ERR_SSL_WRONG_VERSION_NUMBER: ['The other side does not speak TLS.', TLS_PORT],
  UND_ERR_SOCKET: ['The connection was cut.', TLS_PORT],
  HPE_INVALID_CONSTANT: ['The other side does not speak HTTP.', TLS_PORT],
};
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

const codeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return '';
  if ('name' in error && error.name === 'TimeoutError') return 'TIMEOUT';
  if ('cause' in error && error.cause !== undefined) return codeOf(error.cause);
  // Tried at several addresses: the first says as much as the others.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return 'code' in error ? String(error.code) : '';
};

/** Why a request got no answer at all. */
export const explainSilence = (error: unknown): Finding => {
  const code = codeOf(error);
  if (code === 'TIMEOUT')
    return wrong('No answer came in time.', 'Check the firewall, and try again in a while.');
  if (UNTRUSTED.has(code))
    return wrong(
      'The TLS certificate is signed by nobody this machine trusts.',
      'Ask who runs the ledger for the whole chain, or trust their authority (NODE_EXTRA_CA_CERTS here; the trust store in your system).',
    );
  const [what, whatToDo] = UNREACHABLE[code] ?? [
    `The address could not be reached${code && ` (${code})`}.`,
    'Check the address, the network and the firewall.',
  ];
  return wrong(what, whatToDo);
};

/** An answer, as far as it can be understood. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

interface ProblemLike {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly whatToDo?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
const problemOf = ({ json }: Pick<Reply, 'json'>): ProblemLike =>
  typeof json === 'object' && json !== null ? json : {};

const NO_LEDGER =
  'Give the address of the ledger, without a path of its own: https://ledger.example';

/** Why an answer is not the one that was hoped for. `secret` names what was shown to get in. */
export const explainRefusal = (reply: Reply, secret: string): Finding => {
  const { status, headers } = reply;
  const problem = problemOf(reply);
  if (status >= 300 && status < 400)
    return wrong(
      `The address leads on to ${headers.get('location') ?? 'another one'}.`,
      'Use that address: on the way there, systems lose what they send, or the key.',
    );
  if (problem.code === undefined)
    return wrong(
      `What answers (${status}) is not the ledger.`,
      `${NO_LEDGER}. A proxy may answer.`,
    );
  return explainProblem(problem, reply, secret);
};

const explainProblem = (problem: ProblemLike, { headers }: Reply, secret: string): Finding => {
  const { code, title = '', detail = '', errors = [], whatToDo = '' } = problem;
  switch (code) {
    case 'not-signed-in':
      return wrong(
        'The key did not arrive, or is no longer valid.',
        'If something stands between you and the ledger, let it pass the header Authorization.',
      );
    case 'invalid-client':
      return wrong(
        `The key or the ${secret} is wrong.`,
        'The key is the id of the client. Each client has two secrets, one for xAPI and one for tokens: check that you took the right one, whole.',
      );
    case 'source-not-yours':
      return wrong(
        'The source is not registered for this client.',
        'Have it registered by who runs the ledger, or send the one that is.',
      );
    case 'time-in-future':
      return wrong('The clock of this machine is more than a day ahead.', 'Set the clock.');
    case 'quota-exceeded':
      return wrong(
        'The quota of this minute is used up.',
        `Wait ${headers.get('retry-after') ?? 'some'} seconds; ask for a larger quota if this is normal.`,
      );
    case 'unavailable':
      return wrong('A part of the ledger is away for a moment.', 'Try again in a minute.');
    case 'not-found':
      return wrong('There is a ledger, but not this address of it.', NO_LEDGER);
    default:
      break;
  }
  if (detail.includes('X-Experience-API-Version'))
    return wrong(
      'The header X-Experience-API-Version did not arrive.',
      'Let whatever stands between you and the ledger pass it.',
    );
  const places = errors.map(({ pointer, detail: why }) => `${pointer}: ${why}`).join(' ');
  return wrong([title, places || detail].filter(Boolean).join(' '), whatToDo);
};

const SKEW_DOUBTFUL_MS = 60_000;
const SKEW_WRONG_MS = 24 * 3_600_000;

/** How far the two clocks are apart, by the answer's own time. Undefined if they agree. */
export const explainClock = (date: string | null, now: Date): Finding | undefined => {
  const theirs = Date.parse(date ?? '');
  const skew = now.getTime() - theirs;
  if (Number.isNaN(theirs) || Math.abs(skew) < SKEW_DOUBTFUL_MS) return undefined;
  const seconds = Math.round(Math.abs(skew) / 1_000);
  const what = `The clock of this machine is ${seconds} seconds ${skew > 0 ? 'ahead' : 'behind'}.`;
  const advice = 'Set it by NTP: events more than a day ahead are refused.';
  return skew > SKEW_WRONG_MS ? wrong(what, advice) : doubtful(what, advice);
};
