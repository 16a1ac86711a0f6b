/** Rows of the tables that the index knows: patients, imaging procedures, studies, series, segmentations. */
import type { MemberSeries, MemberStudy } from '../members.ts';
import type { RowsByTable, TableSource } from './source.ts';

/** Segmentations are made from images; making one is no imaging procedure. */
const NO_PROCEDURE: ReadonlySet<string | null> = new Set(['SEG']);

/** @returns rows as the index has them; a cell that it does not know is left out */
export function indexRows(source: TableSource): RowsByTable {
  const { patients, studies, series, rules, shown } = source;
  const coded = (code: string | null) => (code === null ? '' : rules.cellOf(code));
  // The code of an imaging procedure is that of its modality.
  const procedures = shown.choices.modality === 'dropped' ? new Map<string, string>() : imagingProcedures(series);
  const members = new Set(series.map(({ seriesUid }) => seriesUid));
  return new Map([
    [
      'patient',
      patients.map(({ patientId, sexCode }) => row({ patient_id: patientId, patient_birth_sex: coded(sexCode) })),
    ],
    [
      'procedure',
      studies.flatMap((study) => {
        const code = procedures.get(study.studyUid);
        return code === undefined ? [] : [procedureRow(study, coded(code))];
      }),
    ],
    [
      'image_study',
      studies.map(({ studyUid, patientId }) =>
        row({
          study_uid: studyUid,
          patient_id: patientId,
          procedure_id: procedures.has(studyUid) ? procedureId(studyUid) : '',
        }),
      ),
    ],
    ['image_series', series.map((one) => seriesRow(one, source, coded))],
    ['image_modality', series.flatMap((one) => parameterRows(one, source))],
    ['segmentation_series', series.flatMap((one) => segmentationRows(one, source, members))],
    ['segment', series.flatMap((one) => segmentRows(one, source))],
  ]);
}

/** One procedure for a study whose images are of one modality. Of a study of several nobody can say which is meant. */
function imagingProcedures(series: readonly MemberSeries[]): Map<string, string> {
  const codes = new Map<string, Set<string>>();
  for (const { studyUid, modality, modalityCode } of series) {
    if (modalityCode === null || NO_PROCEDURE.has(modality)) continue;
    const ofStudy = codes.get(studyUid) ?? new Set();
    codes.set(studyUid, ofStudy.add(modalityCode));
  }
  return new Map([...codes].flatMap(([study, [code, second]]) => (code && !second ? [[study, code] as const] : [])));
}

function procedureId(studyUid: string): string {
  return `imaging-${studyUid}`;
}

function procedureRow({ studyUid, patientId, studyDate }: MemberStudy, code: string): Record<string, string> {
  return row({
    procedure_id: procedureId(studyUid),
    patient_id: patientId,
    procedure_code: code,
    procedure_date: studyDate ?? '',
  });
}

function seriesRow(one: MemberSeries, { headers }: TableSource, coded: (code: string | null) => string) {
  return row({
    series_uid: one.seriesUid,
    study_uid: one.studyUid,
    series_manufacturer_name: one.manufacturer ?? '',
    series_number: one.number?.toString() ?? '',
    series_description: oneLine(one.description ?? ''),
    series_manufacturer: coded(one.manufacturerCode),
    series_body_side_code: coded(one.bodyPartCode),
    series_body_side_location: one.bodyPart ?? '',
    series_body_side_laterality: coded(one.lateralityCode),
    series_acquisition_date: headers.get(one.seriesUid)?.acquisitionDate ?? '',
    series_modality: coded(one.modalityCode),
  });
}

function parameterRows({ seriesUid }: MemberSeries, { headers }: TableSource): Record<string, string>[] {
  const parameters = headers.get(seriesUid)?.parameters ?? [];
  return parameters.map(([key, value]) => ({ series_uid: seriesUid, key, value }));
}

function segmentationRows(
  { seriesUid, modality }: MemberSeries,
  { headers }: TableSource,
  members: ReadonlySet<string>,
): Record<string, string>[] {
  if (modality !== 'SEG') return [];
  const origin = headers.get(seriesUid)?.sourceSeriesUid ?? '';
  // A series that is not in the dataset would be a reference to nothing.
  return [row({ series_uid: seriesUid, source_series_uid: members.has(origin) ? origin : '' })];
}

function segmentRows({ seriesUid }: MemberSeries, { headers }: TableSource): Record<string, string>[] {
  const segments = headers.get(seriesUid)?.segments ?? [];
  return segments.map(({ number, label, description, algorithmType, algorithmName }) =>
    row({
      series_uid: seriesUid,
      segment_number: number,
      segment_label: oneLine(label),
      segment_description: oneLine(description),
      segment_algorithm_type: algorithmType,
      segment_algorithm_name: oneLine(algorithmName),
    }),
  );
}

/** Texts of DICOM may have line breaks and padding, cells do not. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

function row(cells: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== ''));
}
