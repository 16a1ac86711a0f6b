/**
 * Reads a tree of the common file structure back without knowing how it was written, and checks it against every rule of
 * the model that a file can break.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AS_INDEXED } from '../../catalogue/generalisation/generalisation.ts';
import type { CommonDataModel, ModelTable } from '../../harmonise/common-data-model.ts';
import type { CellRules } from '../cells/cell-rules.ts';
import { CoarseHeader, needsCoarseHeaders } from '../coarse/coarse-header.ts';
import { headerRules } from '../coarse/header-table.ts';
import { ShownCells } from '../coarse/shown-cells.ts';
import type { Manifest } from '../manifest.ts';
import { readCsv } from './csv-reader.ts';
import { checkFolders, checkObjects, IMAGING_FOLDER } from './image-checks.ts';
import type { TreeProblems } from './problem.ts';
import { checkReferences, checkTable, type ReadTable } from './table-checks.ts';

export interface EucaimReading {
  readonly tables: ReadonlyMap<string, ReadTable>;
}

export interface EucaimReaderParts {
  readonly model: CommonDataModel;
  readonly rules: CellRules;
}

/** Beside the tables and images. */
const NOTES = new Set(['manifest.json', 'README.txt']);

/** Path of a table in the tree. */
export function tablePath({ kind, file }: ModelTable): string {
  return kind === 'view' ? file : `clinical_data/${file}`;
}

/** @param files sizes by path */
export async function readEucaim(
  root: string,
  files: ReadonlyMap<string, number>,
  manifest: Manifest | undefined,
  { model, rules }: EucaimReaderParts,
  problems: TreeProblems,
): Promise<EucaimReading> {
  const tables = new Map<string, ReadTable>();
  const choices = manifest?.generalisation ?? AS_INDEXED;
  const shown = new ShownCells(choices, model);
  for (const table of model.tables) {
    const path = tablePath(table);
    if (files.has(path)) {
      tables.set(
        table.name,
        checkTable(table, path, readCsv(await readFile(join(root, path), 'utf8')), { rules, shown }, problems),
      );
    } else if (table.needed === 'mandatory') problems.error(path, 'The table is mandatory, and it is not there.');
  }
  const known = new Set(model.tables.map(tablePath));
  for (const path of files.keys()) {
    const expected = known.has(path) || NOTES.has(path) || path.startsWith(`${IMAGING_FOLDER}/`);
    if (!expected) problems.error(path, 'The common file structure has no such file.');
  }
  checkReferences(tables, model, problems);
  checkPatients(tables, problems);
  if (manifest !== undefined) checkDataset(tables, manifest.dataset.id, problems);
  checkFolders(files, tables, problems);
  checkParameters(tables, shown, problems);
  const coarse = needsCoarseHeaders(choices) ? new CoarseHeader(choices, headerRules(choices)) : undefined;
  await checkObjects(root, files.keys(), coarse, problems);
  return { tables };
}

/** The clinical view and the table patient have the same patients, each once, and each of them has a study. */
function checkPatients(tables: ReadonlyMap<string, ReadTable>, problems: TreeProblems): void {
  const patients = tables.get('patient');
  if (patients === undefined) return;
  for (const name of ['clinical_mandatory_view', 'image_study'] as const) {
    const table = tables.get(name);
    const there = new Set(table?.rows.map(({ cells }) => cells.patient_id));
    for (const { line, cells } of patients.rows) {
      if (table === undefined || there.has(cells.patient_id)) continue;
      problems.error(patients.file, `The patient has no row in ${name}.`, { line, column: 'patient_id' });
    }
  }
}

function checkParameters(tables: ReadonlyMap<string, ReadTable>, shown: ShownCells, problems: TreeProblems): void {
  const parameters = tables.get('image_modality');
  for (const { line, cells } of parameters?.rows ?? []) {
    if (parameters === undefined || shown.showsParameter(cells.key ?? '')) continue;
    const sentence = 'The row has a parameter that the choices of the manifest leave out.';
    problems.error(parameters.file, sentence, { line, column: 'key' });
  }
}

function checkDataset(tables: ReadonlyMap<string, ReadTable>, datasetId: string, problems: TreeProblems): void {
  for (const { table, file, rows } of tables.values()) {
    const column = table.columns.find(({ kind }) => kind === 'dataset')?.name;
    if (column === undefined) continue;
    for (const { line, cells } of rows) {
      if (cells[column] === undefined || cells[column] === datasetId) continue;
      problems.error(file, 'The row is of another dataset than the manifest says.', { line, column });
    }
  }
}
