/**
 * Terms of the official Open Badges 3.0.3 context (as published since 2026-06-29) that its npm
 * package does not have yet. Together they are the official file; a test proves it.
 */
export const OPEN_BADGES_3_0_3_ADDED = {
  endorsementJwt: {
    '@id': 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementJwt',
    '@container': '@set',
  },
  jti: { '@id': 'https://www.iana.org/assignments/jwt#jti', '@type': '@id' },
} as const;
