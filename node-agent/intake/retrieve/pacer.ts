/** How fast objects may come from one archive: answers are spread evenly, so that there is no burst. */

const SECOND_MS = 1_000;

export class Pacer {
  readonly #now: () => number;
  readonly #next = new Map<string, number>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * When the next answer to an archive may go out; counts as one answer.
   * @returns milliseconds to wait; 0 where it may go at once
   */
  reserve(archive: string, instancesPerSecond: number): number {
    const now = this.#now();
    const turn = Math.max(now, this.#next.get(archive) ?? now);
    this.#next.set(archive, turn + SECOND_MS / instancesPerSecond);
    return turn - now;
  }

  /** Waits for the turn of an archive; at once where it has no limit, or when the signal aborts. */
  async turn(archive: string, instancesPerSecond: number | null, signal?: AbortSignal): Promise<void> {
    const milliseconds = instancesPerSecond === null ? 0 : this.reserve(archive, instancesPerSecond);
    if (milliseconds <= 0 || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
