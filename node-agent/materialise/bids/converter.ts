/**
 * Makes volumes of series in a process of its own: it takes seconds of a processor for each, which the node needs for
 * whoever is sending, and a series that brings the process down brings down nothing else.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Recipe } from '../../harmonise/image/recipe.ts';
import type { SeriesRecord } from '../../harmonise/image/series-record.ts';

export interface ConversionTask {
  readonly files: readonly string[];
  readonly recipe: Recipe;
  readonly folder: string;
  readonly name: string;
}

export type ConversionAnswer =
  | { readonly kind: 'converted'; readonly record: SeriesRecord }
  /** The whole series is no volume. */
  | { readonly kind: 'refused'; readonly reason: string; readonly sentence: string }
  /** The system's error. */
  | { readonly kind: 'failed'; readonly code: string };

const WORKER = fileURLToPath(new URL('./conversion-worker.ts', import.meta.url));

export class SeriesConverter {
  #process: ChildProcess | undefined;

  /** One at a time. A process that ends is answered as a refusal, and the next series gets a new one. */
  async convert(task: ConversionTask): Promise<ConversionAnswer> {
    const worker =
      this.#process ?? fork(WORKER, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#process = worker;
    return new Promise((resolve) => {
      const settle = (answer: ConversionAnswer) => {
        worker.removeAllListeners('message');
        worker.removeAllListeners('exit');
        resolve(answer);
      };
      worker.once('message', (answer) => settle(answer as ConversionAnswer));
      worker.once('exit', () => {
        this.#process = undefined;
        const sentence =
          'The series brought down the process that converts it, probably for lack of memory. It stays available as DICOM.';
        settle({ kind: 'refused', reason: 'too-large', sentence });
      });
      worker.send(task);
    });
  }

  stop(): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }
}
