/** An archive that is away or busy is left alone for a while, so that a long queue does not knock study by study. */

const LONGEST_REST_MS = 5 * 60_000;

export class ArchiveRest {
  readonly #firstMilliseconds: number;
  readonly #rests = new Map<string, { readonly failures: number; readonly until: number }>();

  readonly #now: () => number;

  /**
   * @param firstMilliseconds the first rest; doubled for each failure that follows without a success
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(firstMilliseconds: number, now: () => number = () => performance.now()) {
    this.#firstMilliseconds = firstMilliseconds;
    this.#now = now;
  }

  begin(archive: string): void {
    const failures = (this.#rests.get(archive)?.failures ?? 0) + 1;
    const rest = Math.min(this.#firstMilliseconds * 2 ** (failures - 1), LONGEST_REST_MS);
    this.#rests.set(archive, { failures, until: this.#now() + rest });
  }

  over(archive: string): void {
    this.#rests.delete(archive);
  }

  resting(archive: string): boolean {
    return this.#now() < (this.#rests.get(archive)?.until ?? 0);
  }
}
