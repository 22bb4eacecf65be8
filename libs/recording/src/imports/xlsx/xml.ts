import { StringDecoder } from 'node:string_decoder';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { FileFault } from '../faults.js';
import { XML_TOKEN_CHARS_MAX } from '../limits.js';

/** What a reader of a part does with it. Names come without their prefix. */
export interface XmlReader {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** So much is parsed at a time: few characters can stand for many, where cells share a text. */
const SLICE_CHARS = 8 * 1024;

const notXml = (): FileFault =>
  new FileFault(
    'A part of this workbook is not as it should be.',
    'Open it in your spreadsheet program, save it again as .xlsx, and upload that.',
  );

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Reads XML piece by piece; after each slice of one the reader has been told what was in it. A document
 * type (and with it every entity but XML's five) is refused, and so is a tag or a text without end.
 */
export async function* readXml(
  bytes: AsyncIterable<Buffer>,
  reader: XmlReader,
): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const decoder = new StringDecoder('utf8');
  let held = 0;
  const told = (): void => {
    held = 0;
  };
  parser.on('doctype', () => {
    throw new FileFault(
      'This workbook carries definitions of its own (DOCTYPE). No spreadsheet program writes them.',
      'Open it in your spreadsheet program, save it again as .xlsx, and upload that.',
    );
  });
  parser.on('error', () => {
    throw notXml();
  });
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    told();
    reader.open?.(local(name), attributes);
  });
  parser.on('text', (text) => {
    told();
    reader.text?.(text);
  });
  parser.on('cdata', (text) => {
    told();
    reader.text?.(text);
  });
  parser.on('closetag', ({ name }) => {
    told();
    reader.close?.(local(name));
  });
  for await (const piece of bytes) {
    const text = decoder.write(piece);
    for (let from = 0; from < text.length; from += SLICE_CHARS) {
      const slice = text.slice(from, from + SLICE_CHARS);
      held += slice.length;
      parser.write(slice);
      if (held > XML_TOKEN_CHARS_MAX) throw notXml();
      yield;
    }
  }
  parser.write(decoder.end()).close();
  yield;
}

/** Reads all of a part. */
export const readAll = async (bytes: AsyncIterable<Buffer>, reader: XmlReader): Promise<void> => {
  for await (const _ of readXml(bytes, reader));
};
