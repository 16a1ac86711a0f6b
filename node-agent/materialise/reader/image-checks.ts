/** Checks that folders of images and rows of series belong together, and that objects lie where they belong. */
import { join } from 'node:path';
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { readPart10 } from '../../dicom/part10-reader.ts';
import type { CoarseHeader } from '../coarse/coarse-header.ts';
import type { TreeProblems } from './problem.ts';
import type { ReadTable } from './table-checks.ts';

export const IMAGING_FOLDER = 'imaging_data';
const OBJECT = /^imaging_data\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\.dcm$/u;

/** Every series row has a folder with objects, every folder a row, under its patient and study. */
export function checkFolders(
  files: ReadonlyMap<string, number>,
  tables: ReadonlyMap<string, ReadTable>,
  problems: TreeProblems,
): void {
  const patientOf = new Map(rowsOf(tables, 'image_study').map(({ cells }) => [cells.study_uid, cells.patient_id]));
  const series = new Map(
    rowsOf(tables, 'image_series').map(({ line, cells }) => [
      cells.series_uid ?? '',
      { line, folder: `${patientOf.get(cells.study_uid) ?? ''}/${cells.study_uid ?? ''}` },
    ]),
  );
  const seen = new Set<string>();
  for (const path of files.keys()) {
    if (!path.startsWith(`${IMAGING_FOLDER}/`)) continue;
    const [, patient, study, uid] = OBJECT.exec(path) ?? [];
    const row = series.get(uid ?? '');
    if (uid === undefined) problems.error(path, 'It is not at patient/study/series/*.dcm.');
    else if (row === undefined) problems.error(path, 'The table image_series has no row of this series.');
    else if (row.folder !== `${patient}/${study}`)
      problems.error(path, 'The tables have the series under another patient or study.');
    if (uid !== undefined) seen.add(uid);
  }
  for (const [uid, { line }] of series) {
    if (!seen.has(uid))
      problems.error('clinical_data/image_series.csv', 'The series has no folder with objects.', {
        line,
        column: 'series_uid',
      });
  }
  checkView(series, tables, problems);
}

/** The imaging view has the series of the table, each once. */
function checkView(
  series: ReadonlyMap<string, unknown>,
  tables: ReadonlyMap<string, ReadTable>,
  problems: TreeProblems,
): void {
  const view = tables.get('imaging_mandatory_view');
  if (view === undefined) return;
  const viewed = new Set(view.rows.map(({ cells }) => cells.series_uid));
  for (const uid of series.keys()) {
    if (!viewed.has(uid)) problems.error(view.file, `A series of image_series has no row here: ${uid}.`);
  }
}

/**
 * Every object says itself that it is of the patient, study and series whose folder it lies in.
 * @param coarse where the manifest says that headers say less than the archive's; none may say more
 */
export async function checkObjects(
  root: string,
  files: Iterable<string>,
  coarse: CoarseHeader | undefined,
  problems: TreeProblems,
): Promise<void> {
  for (const path of files) {
    const [, patient, study, series] = OBJECT.exec(path) ?? [];
    if (patient === undefined) continue;
    const dataSet = await headerOf(join(root, path), coarse !== undefined);
    const said = dataSet && identifiersOf(dataSet);
    if (coarse && dataSet && coarse.of(dataSet) !== dataSet) {
      problems.error(path, 'The header of the object says more than the choices of the manifest show.');
    }
    if (said === undefined) problems.error(path, 'The object cannot be read as DICOM.');
    else if (said.join('/') !== [patient, study, series].join('/')) {
      problems.error(path, 'The object says that it is of another patient, study or series.');
    }
  }
}

function identifiersOf(dataSet: DataSet): string[] {
  return ['PatientID', 'StudyInstanceUID', 'SeriesInstanceUID'].map(
    (keyword) => dataSet.string(tagOf(keyword))?.trim() ?? '',
  );
}

async function headerOf(path: string, whole: boolean): Promise<DataSet | undefined> {
  try {
    const stop = whole ? {} : { stopBefore: tagOf('SeriesInstanceUID') + 1 };
    const object = await readPart10(path, { tolerant: true, ...stop });
    await object.close();
    return object.dataSet;
  } catch {
    return undefined;
  }
}

function rowsOf(tables: ReadonlyMap<string, ReadTable>, name: string) {
  return tables.get(name)?.rows ?? [];
}
