/** What the text of a cell means for a column of the common data model; what is wrong is said without the text. */
import type { ModelColumn } from '../common-data-model.ts';
import type { HyperOntology } from '../ontology/hyper-ontology.ts';
import type { ClinicalTerms } from './clinical-terms.ts';
import type { FindingCode } from './finding.ts';
import type { ColumnMapping, DateFormat } from './mapping.ts';
import { SEPARATOR } from './source-table.ts';
import { codeInColumn } from './value-set.ts';

export interface Converted {
  /** As the cell of the common file structure has it; a date is the original one. */
  readonly text: string;
  /** The file's word for a code, where the mapping lists it or it is a code itself; null else. */
  readonly original: string | null;
  readonly code: string | null;
  readonly label: string | null;
  readonly rule:
    | 'derived'
    | 'mapping'
    | 'code'
    | 'other-system'
    | 'label'
    | 'constant'
    | 'number'
    | 'converted'
    | 'date'
    | 'boolean';
}

export interface Trouble {
  readonly code: FindingCode;
  readonly message: string;
}

/** `undefined`: there is no value. */
export type Conversion = Converted | Trouble | undefined;

export function isTrouble(conversion: Exclude<Conversion, undefined>): conversion is Trouble {
  return 'message' in conversion;
}

export interface ConversionTables {
  readonly ontology: HyperOntology;
  readonly terms: ClinicalTerms;
}

type How = Pick<ColumnMapping, 'dateFormat' | 'decimal' | 'factor' | 'values'>;

/** @param text one value, or the codings of one concept apart by `SEPARATOR` */
export function convertCell(text: string, column: ModelColumn, how: How, tables: ConversionTables): Conversion {
  if (text === '') return undefined;
  switch (column.kind) {
    case 'date':
      return convertDate(text, how.dateFormat);
    case 'decimal':
    case 'integer':
      return convertNumber(text, column, how);
    case 'boolean':
      return convertBoolean(text, how, tables.terms);
    case 'code':
      return convertCode(text, column, how, tables);
    default:
      return { code: 'not-supported', message: 'The column cannot be filled from a file.' };
  }
}

const PATTERNS: Record<DateFormat, RegExp> = {
  'YYYY-MM-DD': /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?:[T ].*)?$/u,
  YYYYMMDD: /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/u,
  'DD.MM.YYYY': /^(?<day>\d{1,2})\.\s?(?<month>\d{1,2})\.\s?(?<year>\d{4})$/u,
  'DD/MM/YYYY': /^(?<day>\d{1,2})\/(?<month>\d{1,2})\/(?<year>\d{4})$/u,
  'DD-MM-YYYY': /^(?<day>\d{1,2})-(?<month>\d{1,2})-(?<year>\d{4})$/u,
  'MM/DD/YYYY': /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})$/u,
  'YYYY/MM/DD': /^(?<year>\d{4})\/(?<month>\d{1,2})\/(?<day>\d{1,2})$/u,
};
const INCOMPLETE = /^\d{4}(?:-\d{2})?$/u;

/** `YYYY-MM-DD` of a date that exists; ISO 8601 is read whatever format is stated. */
export function convertDate(text: string, format: DateFormat = 'YYYY-MM-DD'): Converted | Trouble {
  const match = PATTERNS[format].exec(text) ?? PATTERNS['YYYY-MM-DD'].exec(text);
  if (match === null) {
    return INCOMPLETE.test(text)
      ? {
          code: 'date-incomplete',
          message: 'The date has no day or no month. Give the whole date, or leave the cell empty.',
        }
      : {
          code: 'date-format',
          message: `This is no date of the form ${format}. Correct it, or state another form for the column.`,
        };
  }
  const { year = '', month = '', day = '' } = match.groups ?? {};
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (!exists(iso)) return { code: 'date-impossible', message: 'There is no such day. Correct the date.' };
  return { text: iso, original: null, code: null, label: null, rule: 'date' };
}

function exists(iso: string): boolean {
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) && Number(iso.slice(0, 4)) >= 1850;
}

function convertNumber(text: string, column: ModelColumn, { decimal = '.', factor = 1 }: How): Converted | Trouble {
  const plain = decimal === ',' ? text.replace(/\.(?=\d{3}(?:\D|$))/gu, '').replace(',', '.') : text;
  if (!/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?$/iu.test(plain))
    return {
      code: 'not-a-number',
      message: `This is no number with "${decimal}" before its decimals. Correct it, or state the other sign for the column.`,
    };
  const value = Number(plain) * factor;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = column;
  if (value < min || value > max)
    return {
      code: 'out-of-range',
      message: `The number is not between ${column.min} and ${column.max}. Correct it, or check its unit.`,
    };
  if (column.kind === 'integer' && !Number.isInteger(value))
    return { code: 'out-of-range', message: 'The number has decimals and must be whole.' };
  const rounded = String(Number(value.toFixed(column.decimals ?? 6)));
  return { text: rounded, original: null, code: null, label: null, rule: factor === 1 ? 'number' : 'converted' };
}

function convertBoolean(text: string, { values }: How, terms: ClinicalTerms): Conversion {
  const mapped = valueFor(values, text);
  if (mapped === '') return undefined;
  const truth = mapped === undefined ? terms.truthOf(text) : mapped === 'true';
  if (truth === undefined)
    return { code: 'not-a-boolean', message: 'This word is neither yes nor no. Map it, or correct it.' };
  return {
    text: String(truth),
    original: null,
    code: null,
    label: null,
    rule: mapped === undefined ? 'boolean' : 'mapping',
  };
}

function convertCode(
  text: string,
  column: ModelColumn,
  { values }: How,
  { ontology, terms }: ConversionTables,
): Conversion {
  const words = text.split(SEPARATOR);
  for (const word of words) {
    const mapped = valueFor(values, word);
    if (mapped === '') return undefined;
    const found = mapped === undefined ? undefined : codeInColumn(ontology, column, mapped);
    if (found !== undefined)
      return { text: found.cell, original: word, code: found.code, label: found.label, rule: 'mapping' };
  }
  for (const word of words) {
    const own = codeInColumn(ontology, column, word) ?? ofOtherSystem(ontology, column, word);
    if (own !== undefined) return { text: own.cell, original: word, code: own.code, label: own.label, rule: 'code' };
    for (const code of terms.ofCode(word)) {
      const found = codeInColumn(ontology, column, code);
      if (found !== undefined)
        return { text: found.cell, original: word, code: found.code, label: found.label, rule: 'other-system' };
    }
    for (const { code } of ontology.byLabel(word)) {
      const found = codeInColumn(ontology, column, code);
      if (found !== undefined)
        return { text: found.cell, original: word, code: found.code, label: found.label, rule: 'label' };
    }
  }
  return {
    code: 'code-unknown',
    message: 'This value is not in the value set of the column. Map the word to a code, or correct it.',
  };
}

/** A bare code of a system the column takes: `8500/3` of ICD-O-3. */
function ofOtherSystem(ontology: HyperOntology, column: ModelColumn, word: string) {
  const bare = word.slice(word.indexOf('|') + 1);
  // A topography of ICD-O-3 looks like one of ICD-10: there a EUCAIM code is known for it, and goes first.
  return column.range?.systems
    .filter(({ prefix }) => prefix === 'ICDO3' && column.name.includes('morphology'))
    .map(({ prefix }) => codeInColumn(ontology, column, `${prefix}:${bare}`))
    .find((found) => found !== undefined);
}

/** By the word itself, else without regard to case. */
function valueFor(values: Readonly<Record<string, string>> | undefined, word: string): string | undefined {
  if (values === undefined) return undefined;
  if (Object.hasOwn(values, word)) return values[word];
  const folded = word.toLowerCase();
  return Object.entries(values).find(([one]) => one.toLowerCase() === folded)?.[1];
}
