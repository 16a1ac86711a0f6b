/** Reads the sections of a pydicom deid recipe, line by line. */
import { refuseImport } from '../import-error.ts';

export interface RecipeLine {
  readonly line: number;
  readonly section: 'frame' | 'header' | 'filter' | 'labels' | 'values' | 'fields';
  /** Of the section: the name of a group of fields or values. */
  readonly group: string;
  readonly words: readonly string[];
}

const SECTIONS = ['header', 'filter', 'labels', 'values', 'fields'] as const;
const MOST_LINES = 20_000;

/** Comments have the section 'frame' as well. @throws ImportError */
export function readRecipe(text: string): RecipeLine[] {
  const lines: RecipeLine[] = [];
  let section: RecipeLine['section'] = 'frame';
  let group = '';
  let format = false;
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    if (line > MOST_LINES) refuseImport(line, `A recipe may have ${MOST_LINES} lines.`);
    const trimmed = raw.trim();
    if (trimmed === '') continue;
    if (trimmed.startsWith('#')) {
      lines.push({ line, section: 'frame', group: '', words: ['comment'] });
      continue;
    }
    const words = wordsOf(trimmed);
    if (/^FORMAT$/i.test(words[0] ?? '')) {
      if (format) refuseImport(line, 'FORMAT is given twice; remove one.');
      if (words[1]?.toLowerCase() !== 'dicom') refuseImport(line, 'Only FORMAT dicom is read; correct the line.');
      format = true;
      lines.push({ line, section: 'frame', group: '', words: ['FORMAT'] });
    } else if (trimmed.startsWith('%')) {
      const name = words[0]?.slice(1).toLowerCase();
      section =
        SECTIONS.find((known) => known === name) ??
        refuseImport(line, `There is no such section; there are %${SECTIONS.join(', %')}.`);
      group = words[1] ?? '';
      if ((section === 'values' || section === 'fields') && group === '')
        refuseImport(line, `%${section} needs a name after it; add one.`);
      lines.push({ line, section: 'frame', group, words: [`section %${section}`] });
    } else {
      if (section === 'frame') refuseImport(line, 'The line stands before the first section; begin with %header.');
      lines.push({ line, section, group, words });
    }
  }
  if (!format) refuseImport(1, 'The recipe does not say FORMAT dicom; add it as the first line.');
  return lines;
}

/** A private field has its creator in quotation marks, where spaces may stand. */
function wordsOf(text: string): string[] {
  return text.match(/\([0-9A-Fa-f]{4},"[^"]*",[0-9A-Fa-f]{2}\)|\S+/g) ?? [];
}
