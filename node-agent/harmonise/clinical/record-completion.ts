/** What follows from the values of a patient: ages, offsets in days, links between rows. Done before dates are changed. */
import type { ClinicalPatient, ClinicalRecord, RecordCell } from './clinical-records.ts';
import { daysFrom, yearsFrom } from './dates.ts';
import type { Place } from './finding.ts';

const AGE = 'cancer_condition_age_at_diagnosis';
const UNIT = 'cancer_condition_age_unit';
const CASE = { code: 'COM1001087', label: 'Patient with Cancer' };
const YEAR = { code: 'COM1000151', label: 'year' };
const DAY = { code: 'COM1000153', label: 'day' };

/** Adds derived cells to the records of the patient. */
export function completePatient(patient: ClinicalPatient): void {
  const conditions = patient.records.filter(({ table }) => table === 'cancer_condition');
  const own = patient.records.find(({ table }) => table === 'patient');
  // Who has a cancer condition is a case, also where a bundle has no word for it.
  if (own !== undefined && conditions.length > 0) addCode(own, 'patient_diagnostic_category', CASE, own.place);
  for (const condition of conditions) completeAge(condition, patient.birthDate?.text);
  const diagnosis = firstDate(conditions, 'cancer_condition_asserted_date');
  if (diagnosis === undefined) return;
  for (const record of patient.records) {
    if (record.table === 'treatment')
      addOffset(record, 'treatment_start_date', 'treatment_offset_from_diagnosis', 'treatment_offset_unit', diagnosis);
    if (record.table === 'episode') addOffset(record, 'start_date', 'start_offset', 'start_offset_unit', diagnosis);
  }
}

/** The earliest value of a date column; undefined where there is none. */
export function firstDate(records: readonly ClinicalRecord[], column: string): string | undefined {
  return records
    .flatMap(({ cells }) => cells.get(column)?.text ?? [])
    .sort()
    .at(0);
}

function completeAge(condition: ClinicalRecord, birthDate: string | undefined): void {
  const { cells, troubled } = condition;
  const date = cells.get('cancer_condition_asserted_date');
  if (!cells.has(AGE) && birthDate !== undefined && date !== undefined) {
    cells.set(AGE, derived(String(yearsFrom(birthDate, date.text)), date.place));
    cells.delete(UNIT);
  }
  // A date or an age that could not be read is reported as that, not as an age that is missing.
  if (troubled.has('cancer_condition_asserted_date')) troubled.add(AGE);
  if (cells.has(AGE)) addCode(condition, UNIT, YEAR, condition.place);
  else if (troubled.has(AGE)) troubled.add(UNIT);
}

function addOffset(record: ClinicalRecord, from: string, to: string, unit: string, diagnosis: string): void {
  const date = record.cells.get(from);
  if (date === undefined) return;
  record.cells.set(to, derived(String(daysFrom(diagnosis, date.text)), date.place));
  addCode(record, unit, DAY, date.place);
}

function addCode(
  { cells }: ClinicalRecord,
  column: string,
  { code, label }: { code: string; label: string },
  place: Place,
): void {
  if (!cells.has(column)) cells.set(column, { ...derived(`EUCAIM:${code}`, place), code, label });
}

function derived(text: string, place: Place): RecordCell {
  return { text, original: null, code: null, label: null, rule: 'derived', place };
}
