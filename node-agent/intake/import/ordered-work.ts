/** Files in work at the same time, in an order where it matters. */

const FILES_AT_A_TIME = 8;

/**
 * Several files at a time, but files of the same instance one after the other: of two objects with the
 * same UID the first in order is kept and the second is the conflict, every time.
 */
export class OrderedWork {
  readonly #inWork = new Set<Promise<void>>();
  readonly #newestOf = new Map<string, Promise<void>>();
  #failures: unknown[] = [];

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  fail(error: unknown): void {
    this.#failures.push(error);
  }

  /** Resolves when there is room for more. */
  async add(instance: string | undefined, work: () => Promise<void>): Promise<void> {
    const earlier = instance === undefined ? undefined : this.#newestOf.get(instance);
    const promise = Promise.resolve(earlier)
      .then(work)
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#inWork.delete(promise);
        if (instance !== undefined && this.#newestOf.get(instance) === promise) this.#newestOf.delete(instance);
      });
    this.#inWork.add(promise);
    if (instance !== undefined) this.#newestOf.set(instance, promise);
    if (this.#inWork.size >= FILES_AT_A_TIME) await Promise.race(this.#inWork);
  }

  async finished(): Promise<void> {
    await Promise.all(this.#inWork);
  }

  throwIfFailed(): void {
    if (this.failed) throw this.#failures[0];
  }
}
