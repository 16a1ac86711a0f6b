/**
 * Carries files through the workers to the output folder, outside the ledger. While workers clean the next files, those
 * that are ready are made durable, a group at a time, and only then given their names.
 */
import { dirname, relative } from 'node:path';
import type { Deidentified } from '../deidentify/outcome.ts';
import type { OfflinePool } from '../pipeline/offline-pool.ts';
import type { RunReport } from '../pipeline/run-report.ts';
import { syncFiles } from '../store/durable-file.ts';
import { StartUpError } from '../store/errors.ts';
import type { OutputFolder } from './output-folder.ts';
import type { RefusedFolder } from './refused-folder.ts';

export interface OfflineRunParts {
  readonly workers: OfflinePool;
  readonly output: OutputFolder;
  readonly refused: RefusedFolder;
  readonly report: RunReport;
}

type Answer = Awaited<ReturnType<OfflinePool['run']>>;

interface Work {
  /** Position in the listing of the input, from 1. */
  readonly file: number;
  readonly source: string;
  readonly temporary: string;
  readonly answer: Promise<Answer>;
}

interface Finished {
  readonly work: Work;
  readonly answer: Answer;
}

const IN_HAND_PER_WORKER = 4;
const GROUP = 64;

export class OfflineRun {
  readonly #parts: OfflineRunParts;
  readonly #running: Work[] = [];
  #group: Finished[] = [];
  #settling: Promise<void> = Promise.resolve();
  /** The new SOP Instance UIDs by the original ones. */
  readonly instances = new Map<string, string>();
  /** The pseudonyms by Patient ID. */
  readonly patients = new Map<string, string>();
  #repeated = 0;

  constructor(parts: OfflineRunParts) {
    this.#parts = parts;
  }

  /** Objects whose output stood there already. */
  get repeated(): number {
    return this.#repeated;
  }

  /**
   * Objects are settled in the order of the files. Ends the workers.
   * @param folder that the files were found in, or the one file; what it and the folders in it are called is searched for
   * @throws StartUpError when a file cannot be read or written
   */
  async run(folder: string, files: readonly string[]): Promise<void> {
    const { workers, output } = this.#parts;
    try {
      for (const [index, source] of files.entries()) {
        const temporary = output.temporaryFile();
        const fileNames = [relative(dirname(folder), source)];
        const answer = workers.run({ source, target: temporary, fileNames });
        this.#running.push({ file: index + 1, source, temporary, answer });
        if (this.#running.length >= workers.size * IN_HAND_PER_WORKER) await this.#take();
      }
      while (this.#running.length > 0) await this.#take();
      await this.#settleGroup();
      await this.#settling;
      await output.flush();
    } catch (error) {
      throw error instanceof StartUpError ? error : refusedByTheSystem((error as NodeJS.ErrnoException).code);
    } finally {
      await this.#settling.catch(() => {});
      // First the workers: until then they still write to what is removed here.
      await workers.stop();
      output.close();
    }
  }

  async #take(): Promise<void> {
    const work = this.#running.shift();
    if (work === undefined) return;
    const answer = await work.answer;
    if (answer.kind === 'failed') throw refusedByTheSystem(answer.reason);
    this.#group.push({ work, answer });
    if (this.#group.length >= GROUP) await this.#settleGroup();
  }

  /** Begins to settle the group, when the one before is settled. */
  async #settleGroup(): Promise<void> {
    await this.#settling;
    const group = this.#group;
    this.#group = [];
    this.#settling = this.#settle(group);
    this.#settling.catch(() => {}); // whoever waits for it next is told
  }

  async #settle(group: readonly Finished[]): Promise<void> {
    const written = group.filter(({ answer }) => answer.kind === 'deidentified');
    await syncFiles(written.map(({ work }) => work.temporary));
    for (const { work, answer } of group) {
      if (answer.kind === 'deidentified') {
        await this.#place(work, answer);
        continue;
      }
      if (answer.kind === 'excluded') this.#parts.report.addStopped(work.file, answer.kind, answer.rule);
      else if (answer.kind === 'quarantined') await this.#refuse(work, answer.cause, answer.detail);
      this.#parts.output.discard(work.temporary);
    }
  }

  async #place(work: Work, object: Deidentified): Promise<void> {
    const placing = this.#parts.output.place(work.temporary, object);
    if (placing.kind === 'refused') return this.#refuse(work, placing.cause);
    const thereAlready = placing.kind === 'already-there';
    if (thereAlready) this.#repeated += 1;
    this.instances.set(object.originalSopInstanceUid, object.sopInstanceUid);
    this.patients.set(object.identity.patientId, object.patientPseudonym);
    this.#parts.report.addDeidentified(work.file, object, placing.output, thereAlready);
  }

  async #refuse({ file, source }: Work, cause: string, detail?: string): Promise<void> {
    await this.#parts.refused.keep(source, cause, detail);
    this.#parts.report.addStopped(file, 'quarantined', cause, detail);
  }
}

function refusedByTheSystem(code = 'unknown'): StartUpError {
  return new StartUpError(
    `A file could not be read or written (${code}). Check the space and the rights of the folders, then run the command again.`,
  );
}
