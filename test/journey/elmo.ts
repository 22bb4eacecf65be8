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

/** xml:lang and friends: the W3C's own file is not among the official data. */
const XML_XSD = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="lang" type="xs:language"/><xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="space" type="xs:NCName"/><xs:attribute name="id" type="xs:ID"/>
  <xs:attributeGroup name="specialAttrs"><xs:attribute ref="xml:lang"/></xs:attributeGroup>
</xs:schema>`;

let validator: XsdValidator | undefined;

const elmoValidator = (): XsdValidator => {
  if (validator) return validator;
  const raw = 'https://raw.githubusercontent.com';
  xmlRegisterInputProvider(
    new XmlBufferInputProvider({
      'http://www.w3.org/2001/03/xml.xsd': Buffer.from(XML_XSD),
      [`${raw}/emrex-eu/elmo-schemas/v1/references/xmldsig-core-schema.xsd`]: read(
        'elmo/1.7.0/references/xmldsig-core-schema.xsd',
      ),
      [`${raw}/emrex-eu/elmo-schemas/v1/references/EUROPASS_ISOCountries_V1.1.xsd`]: read(
        'elmo/1.7.0/references/EUROPASS_ISOCountries_V1.1.xsd',
      ),
      [`${raw}/erasmus-without-paper/ewp-specs-types-address/stable-v1/schema.xsd`]: read(
        'ewp/types-address/schema.xsd',
      ),
      [`${raw}/erasmus-without-paper/ewp-specs-architecture/stable-v1/common-types.xsd`]: read(
        'ewp/architecture/common-types.xsd',
      ),
    }),
  );
  validator = XsdValidator.fromDoc(
    XmlDocument.fromBuffer(read('elmo/1.7.0/schema.xsd'), { url: 'elmo.xsd' }),
  );
  return validator;
};

/** What is wrong with an ELMO 1.7 document by its official XSD; nothing when it is valid. */
export const validateElmo = (xml: string): readonly string[] => {
  const document = XmlDocument.fromString(xml);
  try {
    elmoValidator().validate(document);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details.map(({ message }) => message);
    throw error;
  } finally {
    document.dispose();
  }
};
