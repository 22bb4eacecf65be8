/** An XML element that holds either text or elements. */
export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content: string | readonly Element[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Read back as they are, where a parser would turn them into a space or a line feed.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const escapeText = (text: string): string =>
  text.replace(/[&<>\r]/gu, (sign) => ESCAPES[sign] ?? sign);
const escapeAttribute = (text: string): string =>
  text.replace(/[&<>"\t\n\r]/gu, (sign) => ESCAPES[sign] ?? sign);

/**
 * An element tree as an XML 1.0 document in one default namespace. Names are the caller's and
 * texts hold only what XML allows (see xmlText, xmlToken); every text is read back as it was.
 * Written by hand because xmlbuilder2 takes entities in a text for markup: a title "&amp;" would
 * come back as "&".
 */
export const writeXml = (root: Element, namespace: string): string => {
  const attributes = { xmlns: namespace, ...root.attributes };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write({ ...root, attributes }, '')}\n`;
};

const write = ({ name, attributes = {}, content }: Element, indent: string): string => {
  const start = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeAttribute(value)}"`),
  ].join(' ');
  if (typeof content === 'string') return `${indent}<${start}>${escapeText(content)}</${name}>`;
  const inner = content.map((child) => `${write(child, `${indent}  `)}\n`).join('');
  return `${indent}<${start}>\n${inner}${indent}</${name}>`;
};
