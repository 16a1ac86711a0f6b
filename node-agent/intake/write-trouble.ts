/** Whether objects can be written to the data folder at the moment; said once when they cannot, and once when they can again. */
import type { Logger } from '../operations/logger.ts';
import type { AdmissionError } from './admission-error.ts';

const OVER = 'The data folder can be written again: objects are taken.';
const DATABASE_CODE = /^SQLITE/;

export class WriteTrouble {
  readonly #logger: Pick<Logger, 'info' | 'error'>;
  readonly #tryWriting: () => Promise<void>;
  #failure: AdmissionError | undefined;
  #trying = false;

  /** @param tryWriting writes something to the data folder and removes it; rejects where that is not possible */
  constructor(logger: Pick<Logger, 'info' | 'error'>, tryWriting: () => Promise<void>) {
    this.#logger = logger;
    this.#tryWriting = tryWriting;
  }

  /** What is wrong and what to do; undefined while all is well. */
  get sentence(): string | undefined {
    return this.#failure && `${this.#failure.message} Senders are told to send again later.`;
  }

  /** An object could not be written. */
  failed(failure: AdmissionError): void {
    const known = this.#failure?.message === failure.message;
    this.#failure = failure;
    if (!known) this.#logger.error(this.sentence ?? '');
  }

  /** An object was written. */
  succeeded(): void {
    if (!this.#failure) return;
    this.#failure = undefined;
    this.#logger.info(OVER);
  }

  /** Looks whether it is over, where no object comes that would show it; called now and then. */
  async look(): Promise<void> {
    // A file that can be written says nothing of a database that cannot: there the next object shows it.
    if (!this.#failure || this.#trying || DATABASE_CODE.test(this.#failure.code)) return;
    this.#trying = true;
    try {
      await this.#tryWriting();
      this.succeeded();
    } catch {
      // It has been said already.
    } finally {
      this.#trying = false;
    }
  }
}
