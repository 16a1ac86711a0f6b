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
    for (const row of file.rows) this.#add(row);
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
    if (!/^[0-9a-fx]{8}$/.test(digits)) throw new Error(`Table E.1-1 has a row that is no tag: ${row.tag}.`);
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
