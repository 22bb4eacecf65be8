/** Every page, in one table: controllers serve these, and links are made of these. */
export const paths = {
  start: '/',
  signIn: '/sign-in',
  signInWith: '/sign-in/:code',
  demoSignIn: '/demo/sign-in/:persona',
  signOut: '/sign-out',
  stylesheet: '/assets/:file',

  check: '/check',
  share: '/v/:shareId',

  wallet: '/wallet',
  credential: '/wallet/credentials/:id',
  credentialFile: '/wallet/credentials/:id/credential.json',
  claim: '/wallet/claim',
  releaseClaim: '/wallet/claims/:id/release',
  restoreClaim: '/wallet/claims/:id/restore',
  report: '/wallet/report',
  shares: '/wallet/shares',
  stopShare: '/wallet/shares/:id/stop',
  recognition: '/wallet/recognition',
  profile: '/wallet/profile',
  merge: '/wallet/profile/merge',
  mergeCode: '/wallet/profile/merge-code',
  splitMerge: '/wallet/profile/merges/:id/split',
  erase: '/wallet/profile/erase',
  transcript: '/wallet/transcript.xml',

  provider: '/provider',
  providerEvents: '/provider/events',
  claimCodes: '/provider/claim-codes',
  revoke: '/provider/credentials/:id/revoke',
  deliveries: '/provider/deliveries',
  delivery: '/provider/deliveries/:id',
  refused: '/provider/deliveries/:id/refused.json',
  retryDelivery: '/provider/deliveries/:id/retry',

  imports: '/provider/imports',
  import: '/provider/imports/:id',
  importDelete: '/provider/imports/:id/delete',
  importEvents: '/provider/imports/:id/events',
  importRefused: '/provider/imports/:id/refused.csv',

  cases: '/cases',
  case: '/cases/:id',
} as const;

export type Path = (typeof paths)[keyof typeof paths];

/** The address of a page: `pathTo(paths.case, { id })`. Parameters are encoded. */
export const pathTo = (path: Path, parameters: Readonly<Record<string, string>>): string =>
  path.replace(/:(?<name>\w+)/gu, (whole, name: string) =>
    encodeURIComponent(parameters[name] ?? whole),
  );

/** The query of an address; what is not known is left out. */
export const queryOf = (parts: Readonly<Record<string, string | undefined>>): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parts))
    if (value !== undefined) query.set(name, value);
  return query.toString();
};
