/** Carries out folder imports, one after another. */
import { CANCELLED, type ImportProgress, type ImportRequests, type ImportRun } from './import-requests.ts';

const POLL_MS = 500;

export interface ImportOutcome extends ImportProgress {
  /** What a person should know of it besides the counts, as sentences without identifiers. */
  readonly remarks?: readonly string[];
}

export interface ImportDeskOptions {
  readonly requests: ImportRequests;
  readonly importFolder: (
    folder: string,
    onProgress: (progress: ImportProgress) => void,
    signal: AbortSignal,
  ) => Promise<ImportOutcome>;
  readonly onChanged: () => void;
  readonly onDone: (run: ImportRun) => void;
  /** Told when the requests themselves cannot be read or written; the desk tries again. */
  readonly onFault: (reason: string) => void;
}

export class ImportDesk {
  readonly #options: ImportDeskOptions;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #running = false;
  readonly #stopping = new AbortController();
  #current: { readonly id: string; readonly cancelling: AbortController } | undefined;

  constructor(options: ImportDeskOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#options.requests.restart();
    this.#timer = setInterval(() => this.nudge(), POLL_MS);
    this.nudge();
  }

  nudge(): void {
    if (!this.#running) return;
    this.#cancelWhereAsked();
    this.#work ??= this.#runWaiting()
      .catch((error: unknown) => this.#options.onFault(codeOf(error)))
      .finally(() => {
        this.#work = undefined;
      });
  }

  /** Stops after the files in work; an import that was cut short starts again with the node. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stopping.abort();
    clearInterval(this.#timer);
    await this.#work;
  }

  /** Another process may have asked: the request says so, not a call. */
  #cancelWhereAsked(): void {
    try {
      if (this.#current && this.#options.requests.isCancelAsked(this.#current.id)) this.#current.cancelling.abort();
    } catch (error) {
      this.#options.onFault(codeOf(error));
    }
  }

  async #runWaiting(): Promise<void> {
    while (this.#running) {
      const next = this.#options.requests.takeNext();
      if (!next) return;
      await this.#runOne(next.id, next.folder);
    }
  }

  async #runOne(id: string, folder: string): Promise<void> {
    const { requests, importFolder, onChanged, onDone } = this.#options;
    const cancelling = new AbortController();
    this.#current = { id, cancelling };
    const signal = AbortSignal.any([this.#stopping.signal, cancelling.signal]);
    try {
      const onProgress = (progress: ImportProgress) => {
        requests.progress(id, progress);
        onChanged();
      };
      const end = await importFolder(folder, onProgress, signal);
      requests.progress(id, end);
      const counts = `${end.files} files read: ${end.accepted} accepted, ${end.refused} refused.`;
      requests.end(id, 'done', [counts, ...(end.remarks ?? [])].join(' '));
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      if (cancelling.signal.aborted) requests.end(id, 'cancelled', CANCELLED);
      else requests.end(id, 'failed', describeFailure(error));
    } finally {
      this.#current = undefined;
    }
    onChanged();
    const run = requests.find(id);
    if (run) onDone(run);
  }
}

/** System error texts carry the path, and a path may be a name: only the code is told. */
function describeFailure(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'The folder does not exist. Check the path and start the import again.';
  if (code === 'ENOTDIR') return 'The path is not a folder. Name the folder that holds the files.';
  if (code === 'EACCES')
    return 'The folder may not be read by the service user. Change its permissions and start again.';
  if (code === 'ENOSPC')
    return 'The disk of the data folder is full. Free space and start the import again; what came is kept.';
  return `The import stopped (${code}). Start it again; what came is kept.`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'unknown');
}
