import { FileFault } from '../faults.js';
import { SHEETS_MAX, STYLES_MAX } from '../limits.js';
import { SharedTexts } from './shared-texts.js';
import { isDateFormat } from './number-formats.js';
import type { WorkbookPackage } from './package.js';
import { readAll } from './xml.js';

/** What of a workbook is needed to read its first visible sheet. */
export interface Workbook {
  readonly sheetPart: string;
  readonly date1904: boolean;
  readonly texts: SharedTexts;
  /** Styles (by index) under which a number is a date. */
  readonly dateStyles: ReadonlySet<number>;
}

const noSheet = (): FileFault =>
  new FileFault(
    'There is no sheet in this file.',
    'Open it in your spreadsheet program and save it as .xlsx (or as CSV).',
  );

interface Sheet {
  readonly relation: string;
  readonly isVisible: boolean;
}

/** Reads the parts around the sheets (ECMA-376 part 1, 18.2, 18.4, 18.8). Throws FileFault. */
export const readWorkbook = async (file: WorkbookPackage): Promise<Workbook> => {
  const roots = await relationsOf(file, '_rels/.rels');
  const main = [...roots.values()].find(({ type }) => type === 'officeDocument')?.target;
  const workbookPart = part('', main ?? 'xl/workbook.xml');
  if (!file.has(workbookPart)) throw noSheet();
  const folder = workbookPart.slice(0, workbookPart.lastIndexOf('/') + 1);
  const name = workbookPart.slice(folder.length);
  const relations = await relationsOf(file, `${folder}_rels/${name}.rels`);
  const { sheets, date1904 } = await sheetsOf(file, workbookPart);
  const sheet = sheets.find(({ isVisible }) => isVisible) ?? sheets[0];
  const target = sheet && relations.get(sheet.relation)?.target;
  if (target === undefined || !file.has(part(folder, target))) throw noSheet();
  const partOf = (type: string): string | undefined => {
    const found = [...relations.values()].find((relation) => relation.type === type)?.target;
    const path = found === undefined ? undefined : part(folder, found);
    return path !== undefined && file.has(path) ? path : undefined;
  };
  const [texts, styles] = [partOf('sharedStrings'), partOf('styles')];
  return {
    sheetPart: part(folder, target),
    date1904,
    texts: texts === undefined ? new SharedTexts() : await SharedTexts.read(file.part(texts)),
    dateStyles: styles === undefined ? new Set() : await dateStylesOf(file, styles),
  };
};

/** Targets are relative to their part's folder, or absolute within the package. */
const part = (folder: string, target: string): string =>
  target.startsWith('/') ? target.slice(1) : `${folder}${target}`;

const relationsOf = async (file: WorkbookPackage, path: string) => {
  const relations = new Map<string, { readonly type: string; readonly target: string }>();
  if (!file.has(path)) return relations;
  await readAll(file.part(path), {
    open: (name, { Id = '', Type = '', Target = '' }) => {
      if (name !== 'Relationship' || relations.size > SHEETS_MAX) return;
      relations.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), target: Target });
    },
  });
  return relations;
};

const sheetsOf = async (file: WorkbookPackage, path: string) => {
  const sheets: Sheet[] = [];
  let date1904 = false;
  await readAll(file.part(path), {
    open: (name, attributes) => {
      if (name === 'workbookPr') date1904 = /^(?:1|true)$/u.test(attributes['date1904'] ?? '');
      if (name !== 'sheet' || sheets.length === SHEETS_MAX) return;
      const relation = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      sheets.push({ relation, isVisible: (attributes['state'] ?? 'visible') === 'visible' });
    },
  });
  return { sheets, date1904 };
};

const dateStylesOf = async (file: WorkbookPackage, path: string): Promise<ReadonlySet<number>> => {
  const formats = new Map<number, string>();
  const dates = new Set<number>();
  let [isCellFormats, count] = [false, 0];
  await readAll(file.part(path), {
    open: (name, attributes) => {
      if (name === 'numFmt' && formats.size < STYLES_MAX)
        formats.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      if (name === 'cellXfs') isCellFormats = true;
      if (name !== 'xf' || !isCellFormats || count === STYLES_MAX) return;
      const id = Number(attributes['numFmtId'] ?? 0);
      if (isDateFormat(id, formats.get(id))) dates.add(count);
      count += 1;
    },
    close: (name) => {
      if (name === 'cellXfs') isCellFormats = false;
    },
  });
  return dates;
};
