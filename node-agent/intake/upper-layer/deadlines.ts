/** The times an association keeps: the ARTIM timer of PS3.8 §9.1.4, idleness, and the slowness of a unit. */
import type { ReceiverLimits } from '../receiver/receiver-limits.ts';

export type Overdue = 'ARTIM' | 'idle' | 'unit';

export class Deadlines {
  readonly #limits: Pick<ReceiverLimits, 'idleMilliseconds' | 'unitMilliseconds'>;
  readonly #now: () => number;
  #artimEnds: number | undefined;
  #lastArrival: number;
  #unit: number | undefined;
  #unitSince = 0;

  constructor(limits: Pick<ReceiverLimits, 'idleMilliseconds' | 'unitMilliseconds'>, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#lastArrival = now();
  }

  /** Starts the timer; a running one is only ever shortened. */
  startArtim(milliseconds: number): void {
    this.#artimEnds = Math.min(this.#artimEnds ?? Number.POSITIVE_INFINITY, this.#now() + milliseconds);
  }

  stopArtim(): void {
    this.#artimEnds = undefined;
  }

  /** Bytes came from the peer, or it may send again. */
  arrived(): void {
    this.#lastArrival = this.#now();
  }

  /**
   * @param unit the number of the unit that is arriving, if any
   * @param waitingForUs the peer waits for this node, so nothing can be expected of it
   */
  overdue(unit: number | undefined, waitingForUs: boolean): Overdue | undefined {
    const now = this.#now();
    if (this.#artimEnds !== undefined) return now >= this.#artimEnds ? 'ARTIM' : undefined;
    if (waitingForUs) this.#lastArrival = now;
    if (waitingForUs || unit !== this.#unit) {
      this.#unit = unit;
      this.#unitSince = now;
    }
    if (now - this.#lastArrival >= this.#limits.idleMilliseconds) return 'idle';
    return unit !== undefined && now - this.#unitSince >= this.#limits.unitMilliseconds ? 'unit' : undefined;
  }
}
