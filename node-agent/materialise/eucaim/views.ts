/** The two mandatory views, computed from the tables. */
import type { ModelTable } from '../../harmonise/common-data-model.ts';
import { mainConditions } from './diagnosis.ts';
import type { RowsByTable, TableSource } from './source.ts';

type Row = Readonly<Record<string, string>>;

/** One row per patient: the patient, the main condition, the procedure that gave its evidence, the first treatment. */
function clinicalView(view: ModelTable, tables: RowsByTable, source: TableSource): Record<string, string>[] {
  const rowsOf = (table: string): readonly Row[] => tables.get(table) ?? [];
  const conditions = mainConditions(rowsOf('cancer_condition'), source.model);
  const procedures = new Map(rowsOf('procedure').map((row) => [row.procedure_id, row]));
  const treatments = firstTreatments(rowsOf('treatment'));
  return rowsOf('patient').map((patient) => {
    const condition = conditions.get(patient.patient_id ?? '');
    const from: Readonly<Record<string, Row | undefined>> = {
      patient,
      cancer_condition: condition,
      procedure: procedures.get(condition?.procedure_id),
      treatment: treatments.get(patient.patient_id ?? ''),
    };
    return viewRow(view, source.datasetId, (place) => {
      const [table = '', column = ''] = place.split('.');
      return from[table]?.[column];
    });
  });
}

/** One row per series, in the order of the series. */
function imagingView(view: ModelTable, tables: RowsByTable, source: TableSource): Record<string, string>[] {
  const series = new Map((tables.get('image_series') ?? []).map((row) => [row.series_uid, row]));
  return source.series.map(({ seriesUid, studyUid, patientId }) => {
    const row = series.get(seriesUid);
    const cells: Readonly<Record<string, string | undefined>> = {
      patient_id: patientId,
      study_uid: studyUid,
      series_uid: seriesUid,
      image_procedure_code: row?.series_modality,
      series_manufacturer: row?.series_manufacturer,
      series_body_site_code: row?.series_body_side_code,
      series_modality: row?.series_modality,
      series_acquisition_date: row?.series_acquisition_date,
    };
    return viewRow(view, source.datasetId, (_place, column) => cells[column]);
  });
}

function viewRow(
  view: ModelTable,
  datasetId: string,
  cellAt: (place: string, column: string) => string | undefined,
): Record<string, string> {
  const cells = view.columns.map(({ name, from = '' }) => [name, from === 'dataset' ? datasetId : cellAt(from, name)]);
  return Object.fromEntries(cells.filter(([, cell]) => cell !== undefined && cell !== ''));
}

function firstTreatments(treatments: readonly Row[]): Map<string, Row> {
  const first = new Map<string, Row>();
  const rank = (row: Row) => Number(row.treatment_offset_from_diagnosis ?? Number.POSITIVE_INFINITY);
  for (const row of treatments) {
    const before = first.get(row.patient_id ?? '');
    const earlier = before === undefined || rank(row) < rank(before);
    // Without offsets the dates tell; with neither the order of the table does.
    const sooner =
      before !== undefined &&
      rank(row) === rank(before) &&
      (row.treatment_start_date ?? '9') < (before.treatment_start_date ?? '9');
    if (earlier || sooner) first.set(row.patient_id ?? '', row);
  }
  return first;
}

/** @returns the view's rows; undefined where the model has a view that is not known here */
export function viewOf(
  view: ModelTable,
  tables: RowsByTable,
  source: TableSource,
): Record<string, string>[] | undefined {
  if (view.name === 'clinical_mandatory_view') return clinicalView(view, tables, source);
  if (view.name === 'imaging_mandatory_view') return imagingView(view, tables, source);
  return undefined;
}
