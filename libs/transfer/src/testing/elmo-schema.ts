import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  XmlBufferInputProvider,
  XmlDocument,
  xmlRegisterInputProvider,
  XmlValidateError,
  XsdValidator,
} from 'libxml2-wasm';

const standards = resolve(process.env['STANDARDS_DIR'] ?? '../shared/standards');
const read = (path: string): Uint8Array => readFileSync(resolve(standards, path));

/** xml:lang and its like: the W3C's own file is not among the official data. */
const XML_XSD = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="lang" type="xs:language"/><xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="space" type="xs:NCName"/><xs:attribute name="id" type="xs:ID"/>
  <xs:attributeGroup name="specialAttrs"><xs:attribute ref="xml:lang"/></xs:attributeGroup>
</xs:schema>`;

const RAW = 'https://raw.githubusercontent.com';
const imports: Readonly<Record<string, string>> = {
  [`${RAW}/emrex-eu/elmo-schemas/v1/references/xmldsig-core-schema.xsd`]:
    'elmo/1.7.0/references/xmldsig-core-schema.xsd',
  [`${RAW}/emrex-eu/elmo-schemas/v1/references/EUROPASS_ISOCountries_V1.1.xsd`]:
    'elmo/1.7.0/references/EUROPASS_ISOCountries_V1.1.xsd',
  [`${RAW}/erasmus-without-paper/ewp-specs-types-address/stable-v1/schema.xsd`]:
    'ewp/types-address/schema.xsd',
  [`${RAW}/erasmus-without-paper/ewp-specs-architecture/stable-v1/common-types.xsd`]:
    'ewp/architecture/common-types.xsd',
};

/** Checks documents against the official XSD of ELMO 1.7.0. */
export class ElmoSchema {
  readonly #schema: XmlDocument;
  readonly #validator: XsdValidator;

  constructor() {
    const files = Object.entries(imports).map(([address, path]) => [address, read(path)] as const);
    const xml = ['http://www.w3.org/2001/03/xml.xsd', Buffer.from(XML_XSD)] as const;
    xmlRegisterInputProvider(new XmlBufferInputProvider(Object.fromEntries([...files, xml])));
    const schema = read('elmo/1.7.0/schema.xsd');
    this.#schema = XmlDocument.fromBuffer(schema, { url: 'elmo.xsd' });
    this.#validator = XsdValidator.fromDoc(this.#schema);
  }

  /** What is wrong with a document; nothing when it is valid. Throws if it is not XML at all. */
  problemsOf(xml: string): readonly string[] {
    const document = XmlDocument.fromString(xml);
    try {
      this.#validator.validate(document);
      return [];
    } catch (error) {
      if (error instanceof XmlValidateError) return error.details.map(({ message }) => message);
      throw error;
    } finally {
      document.dispose();
    }
  }

  dispose(): void {
    this.#validator.dispose();
    this.#schema.dispose();
  }
}

/** The text of each element at an XPath, `e:` standing for ELMO's namespace. */
export const textsAt = (xml: string, xpath: string): readonly string[] => {
  const document = XmlDocument.fromString(xml);
  try {
    const e = 'https://github.com/emrex-eu/elmo-schemas/tree/v1';
    return document.find(xpath, { e }).map((node) => node.content);
  } finally {
    document.dispose();
  }
};
