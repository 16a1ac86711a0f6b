/** Writes a dataset in the common file structure into a staged tree. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Coarsener } from '../coarse/coarsener.ts';
import type { ShownCells } from '../coarse/shown-cells.ts';
import { csvLines } from '../csv.ts';
import type { Materialisation, Way } from '../materialisation.ts';
import { DatasetMembers, type MemberFile, type MemberSeries } from '../members.ts';
import { placeObject } from '../placing/placement.ts';
import type { MaterialiseParts } from '../ports.ts';
import { tablePath } from '../reader/eucaim-reader.ts';
import { IMAGING_FOLDER } from '../reader/image-checks.ts';
import type { StagedTree } from '../staged-tree.ts';
import { readSeriesHeader, type SeriesHeader } from './series-header.ts';
import { type DatasetTables, datasetTables } from './tables.ts';

export class EucaimWriter {
  readonly #parts: MaterialiseParts;
  readonly #members: DatasetMembers;
  readonly #tree: StagedTree;
  readonly #shown: ShownCells;
  readonly #coarsener: Coarsener | undefined;

  /** @param coarsener where the headers of the objects say more than the dataset shows */
  constructor(parts: MaterialiseParts, tree: StagedTree, shown: ShownCells, coarsener?: Coarsener) {
    this.#parts = parts;
    this.#members = new DatasetMembers(parts.database);
    this.#tree = tree;
    this.#shown = shown;
    this.#coarsener = coarsener;
  }

  /**
   * Puts the objects of one series into its folder.
   * @param thereBefore whether an earlier attempt says that they stand there
   * @returns how many took space of their own
   */
  async writeSeries(series: MemberSeries, way: Way, thereBefore: boolean): Promise<number> {
    const files = this.#members.files(series.seriesUid);
    const folder = folderOf(series);
    if (this.#coarsener !== undefined) return this.#writeCoarse(files, folder, this.#coarsener);
    let copied = 0;
    if (!thereBefore || !(await this.#stands(folder, files))) {
      await rm(this.#tree.pathOf(folder), { recursive: true, force: true });
      await this.#tree.makeFolder(folder);
      for (const file of files) {
        const target = this.#tree.pathOf(pathOf(folder, file));
        const taken = await placeObject(join(this.#parts.dataFolder, file.file), target, way, file);
        if (taken === 'copy') copied += 1;
      }
    } else await this.#tree.makeFolder(folder);
    for (const file of files) {
      this.#tree.add({ path: pathOf(folder, file), bytes: file.bytes, sha256: file.contentHash });
    }
    return copied;
  }

  /** After a stop they are written again: what their bytes should be is known only to whoever wrote them. */
  async #writeCoarse(files: readonly MemberFile[], folder: string, coarsener: Coarsener): Promise<number> {
    await rm(this.#tree.pathOf(folder), { recursive: true, force: true });
    await this.#tree.makeFolder(folder);
    for (const file of files) {
      const path = pathOf(folder, file);
      const source = join(this.#parts.dataFolder, file.file);
      const { contentHash } = file;
      const written = await coarsener.write({ source, target: this.#tree.pathOf(path), contentHash });
      this.#tree.add({ path, ...written, frozenSha256: contentHash });
    }
    return files.length;
  }

  /** Writes every table. @returns what was written, to compare with what is read back */
  async writeTables({ datasetId }: Materialisation): Promise<DatasetTables> {
    const { database, clinical, model, rules } = this.#parts;
    const series = this.#members.series(datasetId);
    const headers = await this.#headers(series);
    // One moment of the index for all tables.
    const source = database.transaction(() => {
      const patients = this.#members.patients(datasetId);
      const studies = this.#members.studies(datasetId);
      const rows = clinical.rowsOf(patients.map(({ patientId }) => patientId));
      return { datasetId, model, rules, shown: this.#shown, patients, studies, series, headers, clinical: rows };
    })();
    const made = datasetTables(source);
    for (const { table, rows } of made.tables) {
      const columns = table.columns.map(({ name }) => name);
      await this.#tree.write(tablePath(table), csvLines(columns, rows));
    }
    return made;
  }

  async #headers(series: readonly MemberSeries[]): Promise<Map<string, SeriesHeader>> {
    const headers = new Map<string, SeriesHeader>();
    for (const one of series) {
      const [first] = this.#members.files(one.seriesUid);
      if (first === undefined) continue;
      headers.set(one.seriesUid, await readSeriesHeader(this.#tree.pathOf(pathOf(folderOf(one), first))));
    }
    return headers;
  }

  async #stands(folder: string, files: readonly MemberFile[]): Promise<boolean> {
    for (const file of files) {
      const found = await stat(this.#tree.pathOf(pathOf(folder, file))).catch(() => undefined);
      if (found?.size !== file.bytes) return false;
    }
    return true;
  }
}

function folderOf({ patientId, studyUid, seriesUid }: MemberSeries): string {
  return `${IMAGING_FOLDER}/${patientId}/${studyUid}/${seriesUid}`;
}

function pathOf(folder: string, { instanceUid }: MemberFile): string {
  return `${folder}/${instanceUid}.dcm`;
}
