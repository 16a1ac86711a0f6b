/** What a reader found in a tree, by file and line. */

export interface TreeProblem {
  /** `missing`: a required or conditional value is not there, which the node says of itself; everything else is an error. */
  readonly severity: 'error' | 'missing';
  /** Relative to the tree, with `/`. */
  readonly file: string;
  /** From 1; null where the whole file is meant. */
  readonly line: number | null;
  readonly column: string | null;
  readonly sentence: string;
}

/** Beyond this nobody reads them; the number is told. */
const MOST_KEPT = 10_000;

export class TreeProblems {
  readonly #kept: TreeProblem[] = [];
  #errors = 0;
  #missing = 0;

  error(file: string, sentence: string, at: { line?: number | undefined; column?: string | undefined } = {}): void {
    this.#errors += 1;
    this.#keep('error', file, sentence, at);
  }

  missing(file: string, sentence: string, at: { line?: number; column?: string } = {}): void {
    this.#missing += 1;
    this.#keep('missing', file, sentence, at);
  }

  get errors(): number {
    return this.#errors;
  }

  get missingValues(): number {
    return this.#missing;
  }

  list(): readonly TreeProblem[] {
    return this.#kept;
  }

  #keep(
    severity: TreeProblem['severity'],
    file: string,
    sentence: string,
    { line, column }: { line?: number | undefined; column?: string | undefined },
  ): void {
    if (this.#kept.length < MOST_KEPT) {
      this.#kept.push({ severity, file, line: line ?? null, column: column ?? null, sentence });
    }
  }
}

/** A problem as one line for a person. */
export function lineOf({ file, line, column, sentence }: TreeProblem): string {
  const place = [file, line === null ? undefined : `line ${line}`, column ?? undefined].filter(Boolean).join(', ');
  return `${place}: ${sentence}`;
}
