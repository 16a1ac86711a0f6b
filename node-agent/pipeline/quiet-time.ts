/** When the pipeline may begin objects where reception comes first: between deliveries, and in any case after a while. */

const QUIET_AFTER_MILLISECONDS = 5_000;
const LONGEST_WAIT_MILLISECONDS = 10 * 60_000;

export class QuietTime {
  readonly #now: () => number;
  #lastArrival = Number.NEGATIVE_INFINITY;
  #busySince: number | undefined;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** An object came in. */
  arrived(): void {
    this.#lastArrival = this.#now();
    this.#busySince ??= this.#lastArrival;
  }

  /** Nothing came for some seconds, or something has come all the time for ten minutes: then both go on side by side. */
  get quiet(): boolean {
    const now = this.#now();
    if (now - this.#lastArrival >= QUIET_AFTER_MILLISECONDS) this.#busySince = undefined;
    return this.#busySince === undefined || now - this.#busySince >= LONGEST_WAIT_MILLISECONDS;
  }
}
