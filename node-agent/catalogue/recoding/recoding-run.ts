/** Chooses codes again in the background, a few at a time, so that reception and searches do not wait for it. */
import type { CurrentTables, Recoding } from './recoding.ts';

export interface RecodingRunParts {
  readonly recoding: Pick<Recoding, 'step' | 'waiting'>;
  /** The tables in use now. @throws where they cannot be used; it is tried again */
  readonly tables: () => CurrentTables;
  /** Told when values changed, at most once a batch. */
  readonly onChanged: (values: number) => void;
  readonly onDone: (values: number) => void;
  readonly onFault: (reason: string) => void;
}

const VALUES_A_STEP = 100;
const PAUSE_MILLISECONDS = 20;
/** Another process may import a table, and objects may still be in work by the one before. */
const LOOK_AGAIN_MILLISECONDS = 10_000;

export class RecodingRun {
  readonly #parts: RecodingRunParts;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #changed = 0;

  constructor(parts: RecodingRunParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = true;
    this.nudge();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** A table came into use: begins now. */
  nudge(): void {
    if (this.#running) this.#after(0);
  }

  #after(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#step(), milliseconds).unref();
  }

  #step(): void {
    try {
      const changed = this.#parts.recoding.step(this.#parts.tables(), VALUES_A_STEP);
      this.#changed += changed;
      if (changed > 0) this.#parts.onChanged(changed);
      else if (this.#changed > 0) {
        this.#parts.onDone(this.#changed);
        this.#changed = 0;
      }
      this.#after(changed > 0 ? PAUSE_MILLISECONDS : LOOK_AGAIN_MILLISECONDS);
    } catch (error) {
      this.#parts.onFault((error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown'));
      this.#after(LOOK_AGAIN_MILLISECONDS);
    }
  }
}
