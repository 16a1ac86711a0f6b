/**
 * Whether the rows of the patients are what the common data model and the handbook's minimum variables ask for. Says what
 * is missing or contradicts itself, and where, never the value.
 */
import { type CommonDataModel, columnOf, type ModelColumn, tableOf } from '../common-data-model.ts';
import type { ClinicalPatient, ClinicalRecord } from './clinical-records.ts';
import { yearsFrom } from './dates.ts';
import { type Finding, type FindingCode, type Place, WHOLE_FILE } from './finding.ts';

export interface ValidationOptions {
  readonly model: CommonDataModel;
  /** `YYYY-MM-DD`: nothing happened after it. */
  readonly today: string;
  /** Patients who have a row in the table patient already, from an earlier import. */
  readonly hasPatientRow: (patient: ClinicalPatient) => boolean;
}

/** What a case should have where it is known (handbook, minimum clinical variables). */
const RECOMMENDED: readonly (readonly [table: string, column: string, what: string])[] = [
  ['cancer_condition', 'cancer_condition_asserted_date', 'date of detection'],
  ['cancer_condition', 'cancer_condition_topography', 'organ as a topography'],
  ['cancer_condition', 'cancer_condition_histology_morphology', 'histology'],
  ['procedure', 'procedure_code', 'method of pathology'],
  ['procedure', 'procedure_date', 'date of pathology'],
  ['treatment', 'treatment_type', 'treatment'],
  ['treatment', 'treatment_start_date', 'date of the first treatment'],
];
const AGE_TOLERANCE_YEARS = 1;
const OLDEST_YEARS = 120;

/** Findings for all patients, in the order of the file. */
export function validatePatients(patients: readonly ClinicalPatient[], options: ValidationOptions): Finding[] {
  return [
    ...patients.flatMap((patient) => new PatientValidation(patient, options).findings()),
    ...recommendations(patients, options.model),
  ];
}

class PatientValidation {
  readonly #patient: ClinicalPatient;
  readonly #options: ValidationOptions;
  readonly #findings: Finding[] = [];

  constructor(patient: ClinicalPatient, options: ValidationOptions) {
    this.#patient = patient;
    this.#options = options;
  }

  findings(): Finding[] {
    const { records, place } = this.#patient;
    for (const record of records) this.#checkRequired(record);
    const own = records.find(({ table }) => table === 'patient');
    if (own === undefined && !this.#options.hasPatientRow(this.#patient))
      this.#error(
        'patient-row-missing',
        place,
        'Nothing of the table patient (sex, population) is known of this patient. Map these columns, or import them first.',
      );
    if (own !== undefined) this.#checkCategory(own);
    this.#checkBirth();
    for (const record of records) this.#checkDates(record);
    this.#checkOrder();
    return this.#findings;
  }

  #checkRequired({ table, cells, troubled, place }: ClinicalRecord): void {
    for (const column of tableOf(this.#options.model, table)?.columns ?? []) {
      if (column.status !== 'required' || isMade(column) || cells.has(column.name) || troubled.has(column.name))
        continue;
      this.#error('value-missing', place, `${table}.${column.name} has no value and needs one.`);
    }
  }

  /** A case has a cancer condition with age and organ; a control has none. */
  #checkCategory(own: ClinicalRecord): void {
    const category = columnOf(this.#options.model, 'patient', 'patient_diagnostic_category');
    const code = own.cells.get('patient_diagnostic_category')?.code ?? '';
    const conditions = this.#patient.records.filter(({ table }) => table === 'cancer_condition');
    const place = own.cells.get('patient_diagnostic_category')?.place ?? own.place;
    if (category?.cases.includes(code) && conditions.length === 0)
      this.#error(
        'value-missing',
        place,
        'This patient is a case and has no cancer condition: diagnosis, organ and age at diagnosis are needed.',
      );
    if (category?.controls.includes(code) && conditions.length > 0)
      this.#error(
        'control-with-cancer',
        conditions[0]?.place ?? place,
        'This patient is a control and has a cancer condition. Correct the population, or leave the condition out.',
      );
  }

  #checkBirth(): void {
    const { birthDate } = this.#patient;
    if (birthDate !== undefined && birthDate.text > this.#options.today)
      this.#error('date-in-future', birthDate.place, 'The date of birth has not come yet.');
  }

  #checkDates({ table, cells }: ClinicalRecord): void {
    const birth = this.#patient.birthDate;
    for (const [name, cell] of cells) {
      if (columnOf(this.#options.model, table, name)?.kind !== 'date') continue;
      if (cell.text > this.#options.today) this.#error('date-in-future', cell.place, 'This date has not come yet.');
      else if (birth !== undefined && cell.text < birth.text)
        this.#error('date-before-birth', cell.place, 'This date is before the date of birth.');
    }
    const age = cells.get('cancer_condition_age_at_diagnosis');
    const date = cells.get('cancer_condition_asserted_date');
    const inYears = cells.get('cancer_condition_age_unit')?.code === 'COM1000151';
    if (age === undefined || date === undefined || birth === undefined || !inYears) return;
    if (age.rule === 'derived') {
      if (Number(age.text) > OLDEST_YEARS && date.text <= this.#options.today)
        this.#error('out-of-range', age.place, `By the date of birth this patient was older than ${OLDEST_YEARS}.`);
      return;
    }
    if (Math.abs(Number(age.text) - yearsFrom(birth.text, date.text)) > AGE_TOLERANCE_YEARS)
      this.#error(
        'age-contradicts-dates',
        age.place,
        'The age does not agree with the dates of birth and of diagnosis.',
      );
  }

  #checkOrder(): void {
    const { records } = this.#patient;
    const dates = (table: string, column: string) =>
      records.filter((record) => record.table === table).flatMap(({ cells }) => cells.get(column) ?? []);
    const lastContact = dates('patient', 'patient_date_of_last_contact')[0];
    if (lastContact !== undefined) {
      const events = [
        ...dates('cancer_condition', 'cancer_condition_asserted_date'),
        ...dates('treatment', 'treatment_start_date'),
        ...dates('procedure', 'procedure_date'),
      ];
      for (const event of events.filter(({ text }) => text > lastContact.text))
        this.#error('date-order', event.place, `This date is after the last contact (${lastContact.place.text}).`);
    }
    for (const { cells } of records.filter(({ table }) => table === 'treatment')) {
      const [start, end] = [cells.get('treatment_start_date'), cells.get('treatment_end_date')];
      if (start !== undefined && end !== undefined && end.text < start.text)
        this.#error('date-order', end.place, `The treatment ends before it begins (${start.place.text}).`);
    }
  }

  #error(code: FindingCode, place: Place, message: string): void {
    this.#findings.push({ code, level: 'error', place, message });
  }
}

/** Whether the node makes the value itself. */
function isMade({ kind, derived }: ModelColumn): boolean {
  return derived || ['patient', 'dataset', 'uid', 'id', 'reference'].includes(kind);
}

/** One note for each variable that cases lack. */
function recommendations(patients: readonly ClinicalPatient[], model: CommonDataModel): Finding[] {
  const cases = columnOf(model, 'patient', 'patient_diagnostic_category')?.cases ?? [];
  const isCase = ({ records }: ClinicalPatient) =>
    records.some(({ cells }) => cases.includes(cells.get('patient_diagnostic_category')?.code ?? ''));
  const all = patients.filter(isCase);
  return RECOMMENDED.flatMap(([table, column, what]): Finding[] => {
    const without = all.filter(
      ({ records }) => !records.some((record) => record.table === table && record.cells.has(column)),
    );
    if (without.length === 0) return [];
    const message = `${without.length} of ${all.length} cases have no ${what} (${table}.${column}); it is mandatory where it is known.`;
    return [{ code: 'value-recommended', level: 'note', place: WHOLE_FILE, message }];
  });
}
