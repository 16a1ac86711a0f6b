/** Has coarser copies written in a process of its own: reading and writing a header takes the processor from whoever is sending. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Generalisation } from '../../catalogue/generalisation/generalisation.ts';
import { MaterialiseError } from '../errors.ts';
import type { ManifestFile } from '../manifest.ts';
import type { CoarseAnswer, CoarseTask } from './coarse-object.ts';

const WORKER = fileURLToPath(new URL('./coarse-worker.ts', import.meta.url));

export class Coarsener {
  readonly #choices: string;
  #process: ChildProcess | undefined;

  constructor(choices: Generalisation) {
    this.#choices = JSON.stringify(choices);
  }

  /**
   * Writes one copy.
   * @throws MaterialiseError `changed-file` or `invalid-input`; an error with the system's code
   */
  async write(task: CoarseTask): Promise<Pick<ManifestFile, 'bytes' | 'sha256'>> {
    const answer = await this.#ask(task);
    switch (answer.kind) {
      case 'written':
        return { bytes: answer.bytes, sha256: answer.sha256 };
      case 'changed':
        throw new MaterialiseError(
          'changed-file',
          'An object of the dataset is not what its check saw: its bytes have changed in the archive. Nothing was put in place. Restore the objects folder from a backup, or take a new dataset through the check.',
        );
      case 'opaque':
        throw new MaterialiseError(
          'invalid-input',
          'An object of the dataset encloses a document, which nobody can make as coarse as the dataset shows its patients. Nothing was put in place. Take a new version of the dataset without such objects through the check.',
        );
      default:
        throw Object.assign(new Error('An object could not be written more coarsely.'), { code: answer.code });
    }
  }

  stop(): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }

  #ask(task: CoarseTask): Promise<CoarseAnswer> {
    const worker =
      this.#process ??
      fork(WORKER, [this.#choices], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#process = worker;
    return new Promise((resolve) => {
      const settle = (answer: CoarseAnswer) => {
        worker.removeAllListeners('message');
        worker.removeAllListeners('exit');
        resolve(answer);
      };
      worker.once('message', (answer) => settle(answer as CoarseAnswer));
      worker.once('exit', () => {
        this.#process = undefined;
        settle({ kind: 'failed', code: 'ended' });
      });
      worker.send(task);
    });
  }
}
