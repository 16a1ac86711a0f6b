/**
 * Has the files of a dataset read before its gates look at it, in a process of its own. What is found is kept by content
 * hash: a file read within the last day is not read again, so that an examination that was cut short goes on where it was.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqliteDatabase } from '../../store/database.ts';
import { EXAMINATION_EDITION } from './examination.ts';
import type { ExaminationAnswer, ExaminationTask } from './examination-worker.ts';
import { freshAfter } from './quality-check.ts';

export interface ExaminerParts {
  readonly database: SqliteDatabase;
  /** The data folder; files are named relative to it. */
  readonly root: string;
  readonly now?: () => Date;
  readonly timeLimitMs?: number;
  /** The script that reads; the shipped one unless told. */
  readonly worker?: URL;
}

export interface ExaminationProgress {
  readonly total: number;
  readonly done: number;
}

interface DueObject {
  readonly contentHash: string;
  readonly file: string;
}

export const EXAMINER_SQL = {
  due: `SELECT DISTINCT instances.content_hash AS contentHash, instances.file AS file
    FROM json_each(@seriesUids) JOIN instances ON instances.series_uid = json_each.value
    LEFT JOIN object_examinations examined ON examined.content_hash = instances.content_hash
    WHERE examined.examined_at IS NULL OR examined.examined_at < @freshAfter OR examined.edition <> @edition
      OR examined.file <> 'sound' ORDER BY 2`,
  forget: 'DELETE FROM object_examinations WHERE content_hash = ?',
  keep: `INSERT INTO object_examinations (content_hash, edition, examined_at, file, instance_uid, pixel_hash, image_hash, frames)
    SELECT @contentHash, @edition, @now, @file, @instanceUid, @pixelHash, @imageHash, @frames
    WHERE EXISTS (SELECT 1 FROM instances WHERE content_hash = @contentHash)`,
  refer: `INSERT OR IGNORE INTO object_references (content_hash, instance_uid)
    SELECT @contentHash, value FROM json_each(@references)
    WHERE EXISTS (SELECT 1 FROM object_examinations WHERE content_hash = @contentHash)`,
} as const;

const WORKER = new URL('./examination-worker.ts', import.meta.url);
const TIME_LIMIT_MS = 600_000;
const HEAP_MEGABYTES = 1024;
/** Of an object that brought its reader down. */
const UNREADABLE: ExaminationAnswer = {
  edition: EXAMINATION_EDITION,
  file: 'unreadable',
  instanceUid: null,
  pixelHash: null,
  imageHash: null,
  frames: 'none',
  references: [],
};

export class Examiner {
  readonly #parts: ExaminerParts;
  readonly #running = new Map<string, { progress: { total: number; done: number }; end: Promise<void> }>();
  readonly #workers = new Set<ChildProcess>();
  /** One dataset after the other: disks read fastest so. */
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(parts: ExaminerParts) {
    this.#parts = parts;
  }

  /** Ends when every file of these series was read; who asks while the dataset is examined waits for that. */
  examine(datasetId: string, seriesUids: readonly string[]): Promise<void> {
    const running = this.#running.get(datasetId);
    if (running) return running.end;
    const progress = { total: 0, done: 0 };
    const end = this.#turn
      .then(() => this.#readAll(seriesUids, progress))
      .finally(() => this.#running.delete(datasetId));
    this.#turn = end.catch(() => {});
    this.#running.set(datasetId, { progress, end });
    return end;
  }

  /** How far the examination of a dataset is; null where none is running. */
  progress(datasetId: string): ExaminationProgress | null {
    const running = this.#running.get(datasetId);
    return running ? { ...running.progress } : null;
  }

  /** Files that are still to be read are read when the dataset is examined again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const worker of this.#workers) worker.kill('SIGKILL');
    await this.#turn;
  }

  async #readAll(seriesUids: readonly string[], progress: { total: number; done: number }): Promise<void> {
    const due = this.#parts.database.prepare(EXAMINER_SQL.due).all({
      seriesUids: JSON.stringify(seriesUids),
      freshAfter: freshAfter(this.#now()),
      edition: EXAMINATION_EDITION,
    }) as DueObject[];
    progress.total = due.length;
    let worker: ChildProcess | undefined;
    try {
      for (const object of due) {
        if (this.#stopping) return;
        worker = worker?.connected ? worker : this.#newWorker();
        const answer = await this.#ask(worker, object);
        if (this.#stopping) return;
        this.#keep(object.contentHash, answer);
        progress.done += 1;
      }
    } finally {
      if (worker) this.#end(worker);
    }
  }

  #newWorker(): ChildProcess {
    const worker = fork(fileURLToPath(this.#parts.worker ?? WORKER), {
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    worker.on('error', () => this.#end(worker));
    worker.once('exit', () => this.#workers.delete(worker));
    this.#workers.add(worker);
    return worker;
  }

  #end(worker: ChildProcess): void {
    worker.kill('SIGKILL');
  }

  #ask(worker: ChildProcess, { contentHash, file }: DueObject): Promise<ExaminationAnswer> {
    const task: ExaminationTask = { contentHash, file: join(this.#parts.root, file) };
    return new Promise((resolve) => {
      const finish = (answer: ExaminationAnswer) => {
        clearTimeout(timer);
        worker.off('message', answered).off('exit', ended).off('error', ended);
        resolve(answer);
      };
      const answered = (message: unknown) => finish(message as ExaminationAnswer);
      const ended = () => finish(UNREADABLE);
      const timer = setTimeout(() => this.#end(worker), this.#parts.timeLimitMs ?? TIME_LIMIT_MS);
      worker.once('message', answered).once('exit', ended).once('error', ended);
      worker.send(task);
    });
  }

  #keep(contentHash: string, answer: ExaminationAnswer): void {
    const { database } = this.#parts;
    const { references, ...row } = answer;
    database.transaction(() => {
      database.prepare(EXAMINER_SQL.forget).run(contentHash);
      database.prepare(EXAMINER_SQL.keep).run({ ...row, contentHash, now: this.#now().toISOString() });
      database.prepare(EXAMINER_SQL.refer).run({ contentHash, references: JSON.stringify(references) });
    })();
  }

  #now(): Date {
    return this.#parts.now?.() ?? new Date();
  }
}
