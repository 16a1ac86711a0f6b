/** Why rules of another tool cannot be imported: every problem at once, each with its line and what to do about it. */

export interface ImportProblem {
  /** From 1. */
  readonly line: number;
  readonly sentence: string;
}

/** More than these say nothing new. */
const MOST_SHOWN = 50;

export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly problems: readonly ImportProblem[];

  constructor(problems: readonly ImportProblem[]) {
    const shown = problems.slice(0, MOST_SHOWN).map(({ line, sentence }) => `\n  line ${line}: ${sentence}`);
    const rest = problems.length > MOST_SHOWN ? `\n  … and ${problems.length - MOST_SHOWN} more.` : '';
    super(`The rules cannot be imported; nothing was written.${shown.join('')}${rest}`);
    this.problems = problems;
  }
}

export function refuseImport(line: number, sentence: string): never {
  throw new ImportError([{ line, sentence }]);
}
