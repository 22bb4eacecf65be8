const CLR = 'https://purl.imsglobal.org/spec/vc/clr/vocab.html#';
const set = (name: string, type: string) => ({
  '@id': `${CLR}${name}`,
  '@type': type,
  '@container': '@set',
});

/**
 * The context of the Comprehensive Learner Record 2.0.1, which no package holds: its few terms, and
 * a hash of the official file that this must be.
 */
export const CLR_2_0_1 = {
  '@context': {
    id: '@id',
    type: '@type',
    ClrCredential: {
      '@id': `${CLR}ClrCredential`,
      '@context': {
        id: '@id',
        type: '@type',
        partial: { '@id': `${CLR}partial`, '@type': 'xsd:boolean' },
      },
    },
    ClrSubject: {
      '@id': `${CLR}ClrSubject`,
      '@context': {
        id: '@id',
        type: '@type',
        cred: 'https://www.w3.org/2018/credentials#',
        obi: 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#',
        achievement: set('achievement', 'obi:Achievement'),
        association: set('association', `${CLR}Association`),
        verifiableCredential: set('verifiableCredential', 'cred:verifiableCredential'),
        identifier: set('identifier-1', 'obi:Identifier'),
      },
    },
    Association: {
      '@id': `${CLR}Association`,
      '@context': {
        associationType: { '@id': `${CLR}AssociationType` },
        sourceId: { '@id': `${CLR}sourceId`, '@type': 'xsd:anyURI' },
        targetId: { '@id': `${CLR}targetId`, '@type': 'xsd:anyURI' },
      },
    },
  },
} as const;
