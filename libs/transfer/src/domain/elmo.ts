import { DomainError } from '#kernel';
import type { Credit } from '#contracts';
import { elmoCountry } from './country.js';
import type {
  Identifier,
  Institution,
  LearningOpportunity,
  Report,
  Transcript,
} from './transcript.js';
import type { Element } from './write-xml.js';
import { xmlDecimal, xmlLanguage, xmlText, xmlToken } from './xml-text.js';

/** Also for version 1.7.0: the address names the major version. */
export const ELMO_NAMESPACE = 'https://github.com/emrex-eu/elmo-schemas/tree/v1';

/**
 * A transcript as an ELMO 1.7.0 document (EMREX), valid against its XSD, without a signature.
 * What XML cannot carry is left out of texts; what ELMO has no word for is left out whole. Throws
 * DomainError `profile-incomplete` if nothing is left of a name, `nothing-to-transfer` without any
 * report.
 *
 * @example
 * elmo({ generatedAt, learner: { givenNames: 'Mei', familyName: 'Lin' }, reports }).name // 'elmo'
 */
export const elmo = ({ generatedAt, learner, reports }: Transcript): Element => {
  const givenNames = xmlToken(learner.givenNames);
  const familyName = xmlToken(learner.familyName);
  if (givenNames.trim() === '' || familyName.trim() === '')
    throw new DomainError('profile-incomplete');
  if (reports.length === 0) throw new DomainError('nothing-to-transfer');
  return element('elmo', [
    element('generatedDate', generatedAt),
    element('learner', [
      element('givenNames', givenNames),
      element('familyName', familyName),
      ...optional('bday', learner.birthDate),
    ]),
    ...reports.map((item) => report(item, generatedAt)),
  ]);
};

const report = ({ issuer, opportunities }: Report, issuedAt: string): Element =>
  element('report', [
    institution(issuer),
    ...opportunities.map(specification),
    element('issueDate', issuedAt),
  ]);

const institution = ({ title, country, identifiers, url }: Institution): Element =>
  element('issuer', [
    ...optional('country', country && elmoCountry(country)),
    ...identifiers.map(identifier),
    element('title', xmlToken(title)),
    element('url', xmlToken(url)),
  ]);

const specification = (opportunity: LearningOpportunity): Element => {
  const language = xmlLanguage(opportunity.language);
  return element('learningOpportunitySpecification', [
    ...opportunity.identifiers.map(identifier),
    inLanguage(language, element('title', xmlToken(opportunity.title))),
    ...optional('type', opportunity.type),
    ...optional('iscedCode', opportunity.iscedCode && xmlToken(opportunity.iscedCode)),
    ...optional('url', opportunity.url && xmlToken(opportunity.url)),
    ...descriptions(opportunity, language),
    element('specifies', [instance(opportunity)]),
  ]);
};

/** One for each language; an English note goes into an English description. */
const descriptions = (
  { description = '', note = '' }: LearningOpportunity,
  language: string | undefined,
): readonly Element[] => {
  const own = xmlText(description);
  const ours = xmlText(note);
  const texts: readonly (readonly [string, string | undefined])[] =
    language === 'en'
      ? [[xmlText(`${own}\n${ours}`), 'en']]
      : [
          [own, language],
          [ours, 'en'],
        ];
  return texts
    .filter(([text]) => text !== '')
    .map(([text, tag]) => inLanguage(tag, element('description', text)));
};

const instance = (opportunity: LearningOpportunity): Element => {
  const { credit, eqfLevel, contactHours } = opportunity;
  return element('learningOpportunityInstance', [
    ...opportunity.instanceIdentifiers.map(identifier),
    element('date', opportunity.date.slice(0, 'YYYY-MM-DD'.length)),
    element('status', 'passed'),
    ...optional('resultLabel', opportunity.resultLabel && xmlToken(opportunity.resultLabel)),
    ...(credit === undefined ? [] : [creditOf(credit)]),
    ...(eqfLevel === undefined
      ? []
      : [element('level', [element('type', 'EQF'), element('value', String(eqfLevel))])]),
    ...optional('engagementHours', contactHours && xmlDecimal(contactHours)),
  ]);
};

/** ELMO predefines one scheme, `ects`; others are named as we name them, in lower case. */
const creditOf = ({ system, value }: Credit): Element =>
  element('credit', [element('scheme', system.toLowerCase()), element('value', xmlDecimal(value))]);

const identifier = ({ type, value }: Identifier): Element => ({
  name: 'identifier',
  attributes: { type: xmlToken(type) },
  content: xmlToken(value),
});

const element = (name: string, content: Element['content']): Element => ({ name, content });

const inLanguage = (language: string | undefined, { name, content }: Element): Element =>
  language === undefined
    ? { name, content }
    : { name, attributes: { 'xml:lang': language }, content };

const optional = (name: string, text: string | number | undefined): readonly Element[] =>
  text === undefined || text === '' || text === 0 ? [] : [element(name, String(text))];
