/**
 * Carries out materialisations one after another, and removes trees that may no longer stand: a tree lies on the disk only
 * while its dataset may be used. Everything it knows is in the database, so a node that was stopped goes on where it was.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { readRecipe } from '../harmonise/image/recipe.ts';
import { MaterialiseError, sentenceOf } from './errors.ts';
import { buildTree, type JobEvents } from './job.ts';
import type { Materialisation, NewMaterialisation } from './materialisation.ts';
import { folderNameOf } from './materialisation.ts';
import { Materialisations } from './materialisations.ts';
import { checkPlace, putInPlace, removeReplaced, removeTree } from './placing/tree-place.ts';
import type { MaterialiseParts } from './ports.ts';
import { usableDataset } from './usable-dataset.ts';

const POLL_MS = 500;
/** A disk that is not mounted may come back. */
const TRY_AGAIN_MS = 60_000;
/** Progress is written no more often than this. */
const PROGRESS_MS = 500;
const CANCELLED = 'The materialisation was cancelled. Nothing of it stays on the disk.';

export interface MaterialiseDeskParts extends MaterialiseParts {
  readonly onChanged: () => void;
  readonly logger: { error(sentence: string, facts?: Record<string, unknown>): void };
}

export class MaterialiseDesk {
  readonly #parts: MaterialiseDeskParts;
  readonly materialisations: Materialisations;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #started = false;
  #current: { readonly id: string; readonly datasetId: string; readonly cancelling: AbortController } | undefined;
  readonly #tried = new Map<string, number>();

  constructor(parts: MaterialiseDeskParts) {
    this.#parts = parts;
    this.materialisations = new Materialisations(parts.database, parts.now);
  }

  /** Looks twice a second, because the command line may have asked. */
  start(): void {
    this.#started = true;
    this.materialisations.restart();
    this.#timer = setInterval(() => this.nudge(), POLL_MS);
    this.nudge();
  }

  nudge(): void {
    if (!this.#started) return;
    this.#giveUpWhereAsked();
    this.#work ??= this.#runWaiting()
      .catch((error: unknown) => this.#parts.logger.error('Materialisations stand still.', { reason: codeOf(error) }))
      .finally(() => {
        this.#work = undefined;
      });
  }

  /** Stops after the series in work; what was in work goes on with the next start. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#stopping.abort();
    clearInterval(this.#timer);
    await this.#work;
  }

  /**
   * Queues a materialisation, once everything that can be said beforehand is in order.
   * @throws MaterialiseError with a sentence
   */
  request(wanted: NewMaterialisation, by: string): Materialisation {
    const { contentHash } = usableDataset(this.#parts.datasets, wanted.datasetId);
    if (wanted.recipe !== undefined && wanted.layout === 'eucaim') {
      throw new MaterialiseError(
        'invalid-input',
        'The common file structure holds the objects as they are; a recipe is for the layout bids.',
      );
    }
    if (wanted.recipe !== undefined) requireRecipe(wanted.recipe);
    const root = this.#rootOf(wanted.root);
    const name = folderNameOf(wanted.datasetId, wanted.layout);
    checkPlace({ root, name }, (id) => this.#isOurs(id));
    if (this.materialisations.underWayAt(root, name) !== undefined) {
      throw new MaterialiseError(
        'not-now',
        'This dataset is being written into this folder already. Wait for it, or cancel it.',
      );
    }
    const asked = this.materialisations.request({ ...wanted, root }, contentHash, by);
    this.#parts.audit.record({
      actor: by,
      action: 'dataset.materialise',
      subject: wanted.datasetId,
      detail: `${asked.id}, layout ${wanted.layout}`,
    });
    this.nudge();
    return asked;
  }

  /** The same materialisation, asked for before and not ended. @throws MaterialiseError where the folder does not fit */
  underWay({ datasetId, layout, root }: NewMaterialisation): Materialisation | undefined {
    return this.materialisations.underWayAt(this.#rootOf(root), folderNameOf(datasetId, layout));
  }

  /** @throws MaterialiseError `not-found` */
  cancel(id: string, by: string): Materialisation {
    const asked = this.materialisations.cancel(id);
    if (asked === undefined) throw new MaterialiseError('not-found', 'There is no materialisation with this id.');
    this.#parts.audit.record({
      actor: by,
      action: 'dataset.materialise-cancelled',
      subject: asked.datasetId,
      detail: id,
    });
    this.nudge();
    return asked;
  }

  /** Removes every tree whose dataset may no longer be used, and what ended jobs left. Never throws; what failed is said at the job. */
  async sweep(): Promise<void> {
    for (const tree of this.materialisations.standing()) {
      if (this.#parts.datasets.find(tree.datasetId)?.usable === true) continue;
      const state = this.#parts.datasets.find(tree.datasetId)?.state ?? 'gone';
      const sentence = `The dataset is ${state}. Nothing of it may stay on the disk.`;
      this.materialisations.end(tree.id, 'stale', sentence, true);
      this.#record(tree, 'dataset.tree-stale', sentence);
    }
    for (const tree of this.materialisations.leftOver()) await this.#remove(tree);
  }

  #giveUpWhereAsked(): void {
    if (this.#current === undefined) return;
    const { id, datasetId, cancelling } = this.#current;
    if (this.materialisations.isCancelAsked(id)) cancelling.abort(new MaterialiseError('cancelled', CANCELLED));
    if (this.#parts.datasets.find(datasetId)?.usable === true) return;
    const sentence = 'The dataset was withdrawn while it was being written. Nothing of it stays on the disk.';
    cancelling.abort(new MaterialiseError('not-now', sentence));
  }

  #rootOf(folder: string): string {
    const refused = (sentence: string) => new MaterialiseError('invalid-input', sentence);
    if (!isAbsolute(folder)) throw refused('Name the folder with its full path.');
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      throw refused(
        'The folder does not exist on the computer where the node runs. Make it first, or look whether its disk is mounted.',
      );
    }
    const root = realpathSync(resolve(folder));
    const within = relative(realpathSync(this.#parts.dataFolder), root);
    if (within === '' || (!within.startsWith('..') && !isAbsolute(within))) {
      throw refused('The folder lies in the data folder of the node, which is for the node alone. Choose another.');
    }
    return root;
  }

  #isOurs(id: string): boolean {
    return this.materialisations.find(id) !== undefined;
  }

  async #runWaiting(): Promise<void> {
    await this.#finishPlacing();
    await this.sweep();
    while (this.#started) {
      const next = this.materialisations.takeNext();
      if (next === undefined) return;
      await this.#runOne(next);
      await this.#finishPlacing();
      await this.sweep();
    }
  }

  /** A stop between the two renames: the tree was whole and read back, so it gets its place if it still may. */
  async #finishPlacing(): Promise<void> {
    for (const job of this.materialisations.placingNow()) {
      if (this.#waitsForAnotherTry(job.id)) continue;
      try {
        if (job.state === 'running') {
          usableDataset(this.#parts.datasets, job.datasetId, job.contentHash);
          putInPlace(job);
          this.materialisations.done(job.id, job.sentence ?? '');
        }
        await removeReplaced(job);
        this.materialisations.settled(job.id);
      } catch (error) {
        if (error instanceof MaterialiseError) this.materialisations.end(job.id, 'failed', error.message, true);
        else this.#tryAgainLater(job.id, 'A finished tree could not be put in its place.', error);
      }
      this.#parts.onChanged();
    }
  }

  async #runOne(job: Materialisation): Promise<void> {
    const cancelling = new AbortController();
    this.#current = { id: job.id, datasetId: job.datasetId, cancelling };
    const signal = AbortSignal.any([this.#stopping.signal, cancelling.signal]);
    try {
      const events = {
        onBegun: (size: Parameters<Materialisations['begin']>[1]) => this.#begun(job.id, size),
        onProgress: this.#progress(job.id),
      };
      const { objections, sentence } = await buildTree(job, this.#parts, events, signal);
      this.#place(job, objections, sentence);
      this.#record(job, 'dataset.materialised', sentence);
    } catch (error) {
      if (this.#stopping.signal.aborted && !cancelling.signal.aborted) return;
      const reason: unknown = cancelling.signal.aborted ? cancelling.signal.reason : error;
      const state = reason instanceof MaterialiseError && reason.kind === 'cancelled' ? 'cancelled' : 'failed';
      const sentence = sentenceOf(reason);
      this.materialisations.end(job.id, state, sentence, true);
      this.#record(job, `dataset.materialise-${state}`, sentence);
    } finally {
      this.#current = undefined;
      this.#parts.onChanged();
    }
  }

  /** From the last question whether the dataset may be used to the tree in its place nothing else gets a turn. */
  #place(job: Materialisation, objections: Parameters<Materialisations['setObjections']>[1], sentence: string): void {
    checkPlace(job, (id) => this.#isOurs(id));
    this.materialisations.setObjections(job.id, objections);
    usableDataset(this.#parts.datasets, job.datasetId, job.contentHash);
    this.materialisations.remark(job.id, sentence);
    this.materialisations.placing(job.id);
    putInPlace(job);
    this.materialisations.done(job.id, sentence);
  }

  #begun(id: string, size: Parameters<Materialisations['begin']>[1]): void {
    this.materialisations.begin(id, size);
    this.#parts.onChanged();
  }

  #progress(id: string): JobEvents['onProgress'] {
    let written = Number.NEGATIVE_INFINITY;
    return (progress, series) => {
      const now = performance.now();
      if (now - written < PROGRESS_MS && progress.seriesDone < series) return;
      written = now;
      this.materialisations.progress(id, progress);
      this.#parts.onChanged();
    };
  }

  async #remove(tree: Materialisation): Promise<void> {
    if (this.#waitsForAnotherTry(tree.id)) return;
    try {
      await removeTree(tree);
      this.materialisations.removed(tree.id);
      if (tree.state === 'stale') this.#record(tree, 'dataset.tree-removed', 'Its folder was removed.');
    } catch (error) {
      this.#tryAgainLater(tree.id, 'The folder of a materialised dataset could not be removed.', error);
    }
    this.#parts.onChanged();
  }

  #waitsForAnotherTry(id: string): boolean {
    const tried = this.#tried.get(id);
    return tried !== undefined && performance.now() - tried < TRY_AGAIN_MS;
  }

  #tryAgainLater(materialisation: string, sentence: string, error: unknown): void {
    this.#tried.set(materialisation, performance.now());
    this.#parts.logger.error(`${sentence} It is tried again every minute.`, { materialisation, reason: codeOf(error) });
  }

  #record({ datasetId, id }: Materialisation, action: string, detail: string): void {
    this.#parts.audit.record({ actor: 'node', action, subject: datasetId, detail: `${id}: ${detail}` });
  }
}

function requireRecipe(recipe: unknown): void {
  try {
    readRecipe(recipe);
  } catch (error) {
    throw new MaterialiseError('invalid-input', error instanceof Error ? error.message : 'The recipe does not hold.');
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'unknown');
}
