import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CreditSystem } from '#contracts';
import { describeWithStandards } from '#testing';
import { ElmoSchema, textsAt } from '../testing/elmo-schema.js';
import { elmo, ELMO_NAMESPACE } from './elmo.js';
import type { LearningOpportunity, Transcript } from './transcript.js';
import { writeXml } from './write-xml.js';

const nursing: LearningOpportunity = {
  identifiers: [{ type: 'local', value: 'community-nursing' }],
  instanceIdentifiers: [{ type: 'credential', value: 'crd_1' }],
  title: 'Community Nursing, module 1',
  description: 'Care for people at home.\n\nAnd in the neighbourhood.',
  note: 'Workload: 150 hours.',
  language: 'en',
  type: 'Course',
  iscedCode: '0913',
  url: 'https://ledger.example/v1/achievements/community-nursing',
  date: '2026-10-16T08:00:00.000Z',
  resultLabel: '82 %',
  credit: { system: 'ECTS', value: 6 },
  eqfLevel: 5,
  contactHours: 48,
};
const transcript = (
  change: Partial<Transcript> = {},
  opportunity: Partial<LearningOpportunity> = {},
): Transcript => ({
  generatedAt: '2026-11-25T10:00:00.000Z',
  learner: { givenNames: 'Amina & Éva', familyName: 'Diallo <مرحبا>', birthDate: '1990-02-28' },
  reports: [
    {
      issuer: {
        title: 'Aurora Open University',
        country: 'ES',
        identifiers: [{ type: 'schac', value: 'aurora.example' }],
        url: 'https://aurora.example',
      },
      opportunities: [{ ...nursing, ...opportunity }],
    },
  ],
  ...change,
});
const xmlOf = (one: Transcript): string => writeXml(elmo(one), ELMO_NAMESPACE);
const DESCRIPTION = '//e:learningOpportunitySpecification/e:description';
const LOI = '//e:learningOpportunityInstance';

describe('a transcript in ELMO', () => {
  it('says what was learned, where, when and with which credit and level', () => {
    const xml = xmlOf(transcript());
    expect(textsAt(xml, '//e:learner/*')).toEqual(['Amina & Éva', 'Diallo <مرحبا>', '1990-02-28']);
    expect(textsAt(xml, '//e:issuer/*')).toEqual([
      'ES',
      'aurora.example',
      'Aurora Open University',
      'https://aurora.example',
    ]);
    expect(textsAt(xml, DESCRIPTION)).toEqual([
      'Care for people at home.\n\nAnd in the neighbourhood.\nWorkload: 150 hours.',
    ]);
    expect(textsAt(xml, `${LOI}/e:date | ${LOI}/e:status`)).toEqual(['2026-10-16', 'passed']);
    expect(textsAt(xml, `${LOI}/e:credit/*`)).toEqual(['ects', '6']);
    expect(textsAt(xml, `${LOI}/e:level/*`)).toEqual(['EQF', '5']);
    expect(textsAt(xml, `${LOI}/e:engagementHours`)).toEqual(['48']);
  });

  it.each(CreditSystem.options)(
    'names the credit of %s as it is, and only ECTS "ects"',
    (system) => {
      const xml = xmlOf(transcript({}, { credit: { system, value: 1.5 } }));
      expect(textsAt(xml, `${LOI}/e:credit/*`)).toEqual([system.toLowerCase(), '1.5']);
    },
  );

  it.each(['no', undefined])('keeps what we add apart from a description in %s', (language) => {
    const xml = xmlOf(transcript({}, { language }));
    expect(textsAt(xml, DESCRIPTION)).toEqual([
      'Care for people at home.\n\nAnd in the neighbourhood.',
      'Workload: 150 hours.',
    ]);
    expect(textsAt(xml, `${DESCRIPTION}/@xml:lang`)).toEqual(language ? [language, 'en'] : ['en']);
  });

  it('leaves out what is not known', () => {
    const bare = {
      identifiers: [],
      instanceIdentifiers: [],
      title: 'Reading Circle',
      date: '2026-10-16',
    };
    const [report] = transcript().reports;
    const xml = xmlOf(
      transcript({
        learner: { givenNames: 'Mei', familyName: 'Lin' },
        reports: report ? [{ ...report, opportunities: [bare] }] : [],
      }),
    );
    for (const name of [
      'bday',
      'type',
      'iscedCode',
      'description',
      'credit',
      'level',
      'resultLabel',
    ])
      expect([name, textsAt(xml, `//e:${name}`)]).toEqual([name, []]);
    expect(textsAt(xml, '//e:engagementHours')).toEqual([]);
  });

  it.each(['XX', 'HK', 'XK', 'es', ''])(
    'leaves out the country "%s", which ELMO does not know',
    (country) => {
      const [report] = transcript().reports;
      if (!report) throw new Error('no report');
      const issuer = { ...report.issuer, country };
      expect(
        textsAt(xmlOf(transcript({ reports: [{ ...report, issuer }] })), '//e:country'),
      ).toEqual([]);
    },
  );

  it.each([
    ['Amina', ''],
    ['', 'Diallo'],
    ['\u0000\u0007', 'Diallo'],
    ['Amina', ' \n\t '],
    ['\uD800', 'Diallo'],
    ['Amina', '\uFFFE\uFFFF'],
    ['\u00A0\u2003', 'Diallo'],
  ])('needs a name: %j %j', (givenNames, familyName) => {
    expect(() => elmo(transcript({ learner: { givenNames, familyName } }))).toThrow(
      'profile-incomplete',
    );
  });

  it('needs something to say', () => {
    expect(() => elmo(transcript({ reports: [] }))).toThrow('nothing-to-transfer');
  });

  it('is written in the same bytes each time', () => {
    expect(xmlOf(transcript())).toBe(xmlOf(transcript()));
  });
});

describeWithStandards('against the official XSD of ELMO 1.7.0', () => {
  let schema: ElmoSchema;
  beforeAll(() => {
    schema = new ElmoSchema();
  });
  afterAll(() => schema.dispose());

  it('is valid', () => {
    expect(schema.problemsOf(xmlOf(transcript()))).toEqual([]);
  });

  it.each([
    ['a missing family name', /<familyName>.*<\/familyName>/u, ''],
    ['no institution', /<issuer>[\s\S]*?<\/issuer>/u, ''],
    ['no report', /<report>[\s\S]*<\/report>/u, ''],
    ['an institution without identifier', /<identifier type="schac">.*?<\/identifier>/u, ''],
    ['an unknown country', '<country>ES</country>', '<country>XX</country>'],
    ['a status of its own', '<status>passed</status>', '<status>recognised</status>'],
    ['a type of its own', '<type>Course</type>', '<type>MicroCredential</type>'],
    ['a time where a day is asked', '<date>2026-10-16</date>', '<date>2026-10-16T08:00:00Z</date>'],
    ['credit in words', '<value>6</value>', '<value>six</value>'],
    ['credit in powers of ten', '<value>6</value>', '<value>6e0</value>'],
    ['no time of making', /<generatedDate>.*<\/generatedDate>/u, ''],
    ['another namespace', ELMO_NAMESPACE, 'https://example.org/elmo'],
    ['an element out of order', /(<date>.*<\/date>)\s*(<status>.*<\/status>)/u, '$2$1'],
    ['an element that ELMO has not', '<status>', '<workload>150</workload><status>'],
    ['a language that is none', 'xml:lang="en"', 'xml:lang="not a language"'],
  ])('would not be valid with %s', (_, part, other) => {
    const xml = xmlOf(transcript());
    const broken = xml.replace(part, other);
    expect(broken).not.toBe(xml);
    expect(schema.problemsOf(broken)).not.toEqual([]);
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
      .map((units) => String.fromCharCode(...units)),
    fc.constantFrom(
      '&amp;',
      ']]>',
      '<!--',
      '"\'',
      '&#0;',
      '\u0000',
      '\r\n',
      '林梅',
      '\u0085\u2028',
    ),
  );
  const withLetter = anyText.map((text) => `${text}x`);

  it('is valid whatever anybody is called and whatever a title says', () => {
    fc.assert(
      fc.property(
        fc.record({ givenNames: withLetter, familyName: withLetter }),
        fc.record({
          title: anyText,
          description: anyText,
          resultLabel: anyText,
          iscedCode: anyText,
        }),
        anyText,
        (learner, opportunity, language) => {
          const xml = xmlOf(transcript({ learner }, { ...opportunity, language }));
          expect(schema.problemsOf(xml)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is valid whatever the credit, and says it without rounding', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-18, max: 10_000, noNaN: true }), (value) => {
        const xml = xmlOf(transcript({}, { credit: { system: 'ECTS', value } }));
        expect(schema.problemsOf(xml)).toEqual([]);
        const [, written] = textsAt(xml, `${LOI}/e:credit/*`);
        expect(Math.abs(Number(written) - value)).toBeLessThanOrEqual(1e-20 + value * 1e-15);
      }),
      { numRuns: 300 },
    );
  });

  it('is read back as it was meant', () => {
    const printable = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(printable, printable, (one, other) => {
        const learner = { givenNames: `a${one}b`, familyName: `${other}c` };
        const texts = textsAt(xmlOf(transcript({ learner })), '//e:learner/*').slice(0, 2);
        expect(texts).toEqual(
          [learner.givenNames, learner.familyName].map((name) =>
            name.replace(/ +/gu, ' ').replace(/^ | $/gu, ''),
          ),
        );
      }),
      { numRuns: 300 },
    );
  });
});
