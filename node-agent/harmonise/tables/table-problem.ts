/** What is wrong with a table that somebody wants to import: every place at once, never a value of a patient. */

export interface TableProblem {
  /** In the file, from 1; null where it is about the file as a whole. */
  readonly line: number | null;
  /** The column; null where it is about the line as a whole. */
  readonly column: string | null;
  readonly sentence: string;
}

/** As many are kept; the rest is counted. */
export const MOST_PROBLEMS = 200;

/** Collects problems; a file with a hundred thousand of them does not fill the memory. */
export class TableProblems {
  readonly #kept: TableProblem[] = [];
  #count = 0;

  add(line: number | null, column: string | null, sentence: string): void {
    this.#count += 1;
    if (this.#kept.length < MOST_PROBLEMS) this.#kept.push({ line, column, sentence });
  }

  get count(): number {
    return this.#count;
  }

  /** In the order of the file. */
  get list(): readonly TableProblem[] {
    return [...this.#kept].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  /** @throws TableError where something was found */
  refuse(): void {
    if (this.#count > 0) throw new TableError(this.list, this.#count);
  }
}

/** A table that is not taken, with every place that is wrong. Nothing of it was imported. */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly problems: readonly TableProblem[];
  readonly count: number;

  constructor(problems: readonly TableProblem[], count: number = problems.length) {
    const more = count > problems.length ? [`… and ${count - problems.length} more.`] : [];
    super([...problems.map(inWords), ...more, 'Nothing was imported.'].join('\n'));
    this.problems = problems;
    this.count = count;
  }
}

/** e.g. `Line 3, parent: …`. */
export function inWords({ line, column, sentence }: TableProblem): string {
  const place = [line === null ? 'The file' : `Line ${line}`, ...(column === null ? [] : [column])].join(', ');
  return `${place}: ${sentence}`;
}
