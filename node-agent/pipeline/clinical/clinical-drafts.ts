/** Clinical files that were read and wait for a mapping: in memory alone, few at a time, and not for long. */
import { randomUUID } from 'node:crypto';
import type { ClinicalTerms } from '../../harmonise/clinical/clinical-terms.ts';
import type { ClinicalMapping } from '../../harmonise/clinical/mapping.ts';
import { formatFor } from '../../harmonise/clinical/mapping-proposal.ts';
import { SEPARATOR, type SourceFile, type SourceTable } from '../../harmonise/clinical/source-table.ts';

const MOST_DRAFTS = 4;
const LIFETIME_MS = 60 * 60 * 1000;
/** Columns of more different words are shown without any. */
const MOST_WORDS = 20;
/** A word of so many lines is a category; of fewer it is shown only if it is known to be one. */
const LINES_OF_A_CATEGORY = 3;

interface Draft {
  readonly file: SourceFile;
  readonly readAt: number;
}

export interface ColumnSketch {
  readonly name: string;
  readonly filled: number;
  readonly different: number;
  readonly looksLike: 'nothing' | 'dates' | 'numbers' | 'words' | 'text';
  readonly words: readonly string[];
}

export class ClinicalDrafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Keeps a file; the oldest one goes where there are too many. @returns its id */
  keep(file: SourceFile): string {
    this.#forgetOld();
    const [oldest] = this.#drafts.keys();
    if (this.#drafts.size >= MOST_DRAFTS && oldest !== undefined) this.#drafts.delete(oldest);
    const id = randomUUID();
    this.#drafts.set(id, { file, readAt: this.#now() });
    return id;
  }

  /** @returns undefined where there is no such file (any more) */
  find(id: string): SourceFile | undefined {
    this.#forgetOld();
    return this.#drafts.get(id)?.file;
  }

  discard(id: string): void {
    this.#drafts.delete(id);
  }

  #forgetOld(): void {
    for (const [id, { readAt }] of this.#drafts) if (this.#now() - readAt > LIFETIME_MS) this.#drafts.delete(id);
  }
}

/** What can be shown of the columns of a table, without a value of an identifying one. */
export function sketchOf(table: SourceTable, proposal: ClinicalMapping, terms: ClinicalTerms): ColumnSketch[] {
  const part = proposal.parts.find((one) => one.part === table.part);
  const issuer = part?.issuer && 'column' in part.issuer ? part.issuer.column : undefined;
  const identifying = new Set([part?.patientId, part?.birthDate?.column, issuer]);
  return table.columns.map(({ name }, index) => {
    const lines = new Map<string, number>();
    let filled = 0;
    for (const { cells } of table.rows) {
      const cell = cells[index] ?? '';
      if (cell === '') continue;
      filled += 1;
      for (const word of cell.split(SEPARATOR)) lines.set(word, (lines.get(word) ?? 0) + 1);
    }
    const looksLike = kindOf([...lines.keys()]);
    const shown = looksLike === 'words' && !identifying.has(name) ? lines : new Map<string, number>();
    const words = [...shown].filter(([word, times]) => times >= LINES_OF_A_CATEGORY || isKnown(word, terms));
    return { name, filled, different: lines.size, looksLike, words: words.map(([word]) => word) };
  });
}

function kindOf(values: readonly string[]): ColumnSketch['looksLike'] {
  if (values.length === 0) return 'nothing';
  if (formatFor(values).dateFormat !== undefined) return 'dates';
  if (values.length > 2 && values.every((value) => /^[+-]?\d+(?:[.,]\d+)?$/u.test(value))) return 'numbers';
  return values.length <= MOST_WORDS ? 'words' : 'text';
}

function isKnown(word: string, terms: ClinicalTerms): boolean {
  return terms.ofWord(word).length > 0 || terms.ofCode(word).length > 0 || terms.truthOf(word) !== undefined;
}
