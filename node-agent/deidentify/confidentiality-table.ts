/** PS3.15 Table E.1-1, Application Level Confidentiality Profile Attributes. Matched by tag, never by name. */
import type { Tag } from '../dicom/data-set.ts';
import { isPrivate } from '../dicom/dictionary.ts';
import { readTable, type Table } from './read-table.ts';

/** Action codes of the basic profile (PS3.15 §E.1, Table E.1-1a). */
export type BasicCode = 'X' | 'Z' | 'D' | 'U' | 'X/Z' | 'X/D' | 'Z/D' | 'X/Z/D' | 'X/Z/U*';
/** What an option makes of an attribute: keep, or clean. */
export type OptionCode = 'K' | 'C';

export interface ConfidentialityRow {
  /** '(gggg,eeee)', or a pattern with X for any digit, or the row of all private attributes. */
  readonly tag: string;
  readonly name: string;
  readonly keyword: string;
  readonly retired: boolean;
  readonly inStandardIod: boolean;
  readonly basic: BasicCode;
  readonly options: Readonly<Record<string, OptionCode>>;
}

interface File extends Table {
  readonly rows: readonly ConfidentialityRow[];
}

interface Pattern {
  readonly mask: number;
  readonly value: number;
  readonly row: ConfidentialityRow;
}

const BASIC_CODES: ReadonlySet<string> = new Set<BasicCode>([
  'X',
  'Z',
  'D',
  'U',
  'X/Z',
  'X/D',
  'Z/D',
  'X/Z/D',
  'X/Z/U*',
]);
const OPTIONS: ReadonlySet<string> = new Set(
  Object.keys(readTable<Table & { readonly options: Readonly<Record<string, unknown>> }>('options.json').options),
);
const PRIVATE_ROW = '(GGGG,EEEE) GGGG odd';

export class ConfidentialityTable {
  readonly edition: string;
  readonly rows: readonly ConfidentialityRow[];
  readonly #plain = new Map<Tag, ConfidentialityRow>();
  readonly #patterns: Pattern[] = [];
  #private: ConfidentialityRow | undefined;

  constructor(file: File = readTable<File>('ps3.15-e1-1.json')) {
    this.edition = file.edition;
    this.rows = file.rows;
    for (const [index, row] of file.rows.entries()) {
      check(row, index + 1, file.edition);
      this.#add(row);
    }
  }

  /** The row that applies to a tag; undefined when the table does not list it. */
  find(tag: Tag): ConfidentialityRow | undefined {
    if (isPrivate(tag)) return this.#private;
    const plain = this.#plain.get(tag);
    if (plain !== undefined) return plain;
    return this.#patterns.find(({ mask, value }) => (tag & mask) >>> 0 === value)?.row;
  }

  #add(row: ConfidentialityRow): void {
    if (row.tag === PRIVATE_ROW) {
      this.#private = row;
      return;
    }
    const digits = row.tag.replace(/[(),]/g, '').toLowerCase();
    if (!digits.includes('x')) {
      this.#plain.set(Number.parseInt(digits, 16), row);
      return;
    }
    this.#patterns.push({
      mask: Number.parseInt(digits.replace(/[^x]/g, 'f').replaceAll('x', '0'), 16) >>> 0,
      value: Number.parseInt(digits.replaceAll('x', '0'), 16) >>> 0,
      row,
    });
  }
}

/** An edition with codes or options that this version does not know may not be half understood. */
function check({ tag, basic, options }: ConfidentialityRow, number: number, edition: string): void {
  const refuse = (what: string): never => {
    throw new Error(
      `Table E.1-1 of "${edition}" cannot be used: row ${number} (${tag}) has ${what}. Restore the table that came with this version of Gatehouse, or update Gatehouse to one that knows this edition.`,
    );
  };
  if (tag !== PRIVATE_ROW && !/^\([0-9a-fx]{4},[0-9a-fx]{4}\)$/i.test(tag)) refuse('no tag');
  if (!BASIC_CODES.has(basic)) refuse(`an unknown action code, "${basic}"`);
  for (const [option, code] of Object.entries(options)) {
    if (!OPTIONS.has(option)) refuse(`an unknown option, "${option}"`);
    if (code !== 'K' && code !== 'C') refuse(`an unknown action code for ${option}, "${String(code)}"`);
  }
}
