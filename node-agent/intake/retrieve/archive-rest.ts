/** An archive that is away or busy is left alone for a while, so that a long queue does not knock study by study. */

const LONGEST_REST_MS = 5 * 60_000;

export class ArchiveRest {
  readonly #firstMilliseconds: number;
  readonly #rests = new Map<string, { readonly failures: number; readonly until: number }>();

  /** @param firstMilliseconds the first rest; doubled for each failure that follows without a success */
  constructor(firstMilliseconds: number) {
    this.#firstMilliseconds = firstMilliseconds;
  }

  begin(archive: string, now: Date): void {
    const failures = (this.#rests.get(archive)?.failures ?? 0) + 1;
    const rest = Math.min(this.#firstMilliseconds * 2 ** (failures - 1), LONGEST_REST_MS);
    this.#rests.set(archive, { failures, until: now.getTime() + rest });
  }

  over(archive: string): void {
    this.#rests.delete(archive);
  }

  resting(archive: string, now: Date): boolean {
    return now.getTime() < (this.#rests.get(archive)?.until ?? 0);
  }
}
