/**
 * Notices that the wall clock was set back, by comparing it with one that only goes forward. A clock that is ahead is
 * left alone: after a machine has slept, that is how much time has really passed.
 */
export class SetBackWatch {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #ahead: number;

  /** @param wall milliseconds of the wall clock */
  constructor(wall: () => number, monotonic: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#ahead = wall() - monotonic();
  }

  /** Milliseconds that the wall clock was set back since this was last asked; 0 for the small corrections of every day. */
  look(): number {
    const ahead = this.#wall() - this.#monotonic();
    const back = this.#ahead - ahead;
    if (back > 0 && back < SMALL_CORRECTION_MS) return 0;
    this.#ahead = ahead;
    return Math.max(0, back);
  }
}

const SMALL_CORRECTION_MS = 2_000;
