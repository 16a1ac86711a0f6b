/** Materialisations as they stand in index.db; usable from a second process while the node runs. */
import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../store/database.ts';
import { Statements } from '../store/statements.ts';
import {
  folderNameOf,
  type Materialisation,
  type NewMaterialisation,
  type Objection,
  type ObjectionGroup,
  type Progress,
  type Way,
} from './materialisation.ts';
import { MATERIALISATION_SQL as SQL } from './materialisations-sql.ts';

/** Patients named at an objection; all of them stand in the table. */
const PATIENTS_NAMED = 20;

type Row = Omit<Materialisation, 'recipe' | 'placing' | 'onDisk'> & {
  readonly recipeJson: string | null;
  readonly placing: number;
  readonly onDisk: number;
};

export class Materialisations {
  readonly #database: SqliteDatabase;
  readonly #statements: Statements;
  readonly #now: () => Date;

  constructor(database: SqliteDatabase, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#now = now;
  }

  /** Queues a materialisation. @param contentHash of the dataset's check */
  request(wanted: NewMaterialisation, contentHash: string, by: string): Materialisation {
    const { recipe, ...columns } = wanted;
    const id = randomUUID();
    this.#statements.of(SQL.insert).run({
      ...columns,
      id,
      name: folderNameOf(wanted.datasetId, wanted.layout),
      recipeJson: recipe === undefined ? null : JSON.stringify(recipe),
      contentHash,
      by,
      now: this.#time(),
    });
    return this.find(id) as Materialisation;
  }

  find(id: string): Materialisation | undefined {
    return materialisationOf(this.#statements.of(SQL.find).get(id) as Row | undefined);
  }

  /** Of one dataset, newest first. */
  ofDataset(datasetId: string): Materialisation[] {
    return this.#list(SQL.ofDataset, datasetId);
  }

  /** Waiting or running at the same place. */
  underWayAt(root: string, name: string): Materialisation | undefined {
    return materialisationOf(this.#statements.of(SQL.underWayAt).get(root, name) as Row | undefined);
  }

  /** What a node that was stopped left between the first rename and the removal of what was replaced. */
  placingNow(): Materialisation[] {
    return this.#list(SQL.placingNow);
  }

  /** Finished trees, to be looked at whether their dataset may still be used. */
  standing(): Materialisation[] {
    return this.#list(SQL.standing);
  }

  /** Ended without a tree, while there are still files of it. */
  leftOver(): Materialisation[] {
    return this.#list(SQL.leftOver);
  }

  takeNext(): Materialisation | undefined {
    return materialisationOf(this.#statements.of(SQL.takeNext).get({ now: this.#time() }) as Row | undefined);
  }

  /** After a stop: what was running waits again, and goes on where it was. */
  restart(): void {
    this.#statements.of(SQL.restart).run();
  }

  /** What there is to do, known once the work begins. */
  begin(id: string, size: { series: number; files: number; bytes: number; way: Way | null }): void {
    this.#statements.of(SQL.begin).run({ id, ...size });
  }

  progress(id: string, progress: Progress): void {
    this.#statements.of(SQL.progress).run({ id, ...progress });
  }

  /** From here on a stop may lie between two renames; recovery finishes them. */
  placing(id: string): void {
    this.#statements.of(SQL.placing).run(id);
  }

  /** Nothing of what was replaced is left. */
  settled(id: string): void {
    this.#statements.of(SQL.settled).run(id);
  }

  /** The tree stands at its place; an older one that stood there is replaced. */
  done(id: string, sentence: string): void {
    this.#database.transaction(() => {
      this.#statements.of(SQL.replaced).run({ id, now: this.#time() });
      this.#statements.of(SQL.end).run({ id, state: 'done', sentence, onDisk: 1, now: this.#time() });
    })();
  }

  /** @param onDisk whether files of it are still to be removed */
  end(id: string, state: 'failed' | 'cancelled' | 'stale', sentence: string, onDisk: boolean): void {
    this.#statements.of(SQL.end).run({ id, state, sentence, onDisk: onDisk ? 1 : 0, now: this.#time() });
  }

  /** No file of it is left. */
  removed(id: string): void {
    this.#statements.of(SQL.removed).run(id);
  }

  remark(id: string, sentence: string): void {
    this.#statements.of(SQL.remark).run({ id, sentence });
  }

  /** Asks for it to be given up: at once where it waits. @returns undefined when there is no such materialisation */
  cancel(id: string): Materialisation | undefined {
    this.#statements.of(SQL.askToCancel).run(id);
    this.#statements.of(SQL.cancelWaiting).run({
      now: this.#time(),
      sentence: 'The materialisation was cancelled. Nothing of it stays on the disk.',
    });
    return this.find(id);
  }

  isCancelAsked(id: string): boolean {
    return this.#statements.of(SQL.isCancelAsked).pluck().get(id) === 1;
  }

  setObjections(id: string, objections: readonly Objection[]): void {
    this.#database.transaction(() => {
      this.#statements.of(SQL.clearObjections).run(id);
      const insert = this.#statements.of(SQL.addObjection);
      for (const [index, objection] of objections.entries()) insert.run({ id, number: index + 1, ...objection });
      this.#statements.of(SQL.countObjections).run({ id, count: objections.length });
    })();
  }

  /** By table and column, each with its first patients. */
  objections(id: string): ObjectionGroup[] {
    const groups = this.#statements.of(SQL.objectionGroups).all(id) as Omit<ObjectionGroup, 'patients'>[];
    return groups.map((group) => ({
      ...group,
      patients: this.#statements
        .of(SQL.objectionPatients)
        .pluck()
        .all({ id, table: group.table, column: group.column, kind: group.kind, limit: PATIENTS_NAMED }) as string[],
    }));
  }

  /** Within the transaction that withdraws a patient, before the index forgets the series. */
  forgetObjectionsAbout(seriesUids: readonly string[]): void {
    this.#statements.of(SQL.forgetPatients).run(JSON.stringify(seriesUids));
  }

  #list(sql: string, ...values: string[]): Materialisation[] {
    return (this.#statements.of(sql).all(...values) as Row[]).flatMap((row) => materialisationOf(row) ?? []);
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

function materialisationOf(row: Row | undefined): Materialisation | undefined {
  if (row === undefined) return undefined;
  const { recipeJson, placing, onDisk, ...columns } = row;
  const recipe: unknown = recipeJson === null ? null : JSON.parse(recipeJson);
  return { ...columns, recipe, placing: placing === 1, onDisk: onDisk === 1 };
}
