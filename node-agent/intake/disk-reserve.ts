/** Keeps free space in reserve, so that the databases can always be written. Recovers by itself. */
import { statfsSync } from 'node:fs';

const LOOK_AGAIN_MILLISECONDS = 1_000;

export class DiskReserve {
  readonly #freeBytes: () => number;
  readonly #reserveBytes: number;
  readonly #now: () => number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #nearlyFull = false;

  /**
   * @param reserveBytes free space below which nothing new is taken
   * @param freeBytes free space where the spool lives, in bytes (see `freeBytesAt`)
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(freeBytes: () => number, reserveBytes: number, now: () => number = () => performance.now()) {
    this.#freeBytes = freeBytes;
    this.#reserveBytes = reserveBytes;
    this.#now = now;
  }

  /** Whether less than the reserve is free; looked up once a second at most. */
  get nearlyFull(): boolean {
    const now = this.#now();
    if (now - this.#lookedAt >= LOOK_AGAIN_MILLISECONDS) {
      this.#lookedAt = now;
      this.#nearlyFull = this.#freeBytes() < this.#reserveBytes;
    }
    return this.#nearlyFull;
  }
}

/** Space an unprivileged process may still fill on the disk of a folder. */
export function freeBytesAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
