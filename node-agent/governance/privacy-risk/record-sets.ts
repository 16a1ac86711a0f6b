/**
 * Everything a dataset would show of each patient, as numbers: the record set of a patient is the set of its distinct
 * (age, date, modality, body part, device) rows with its sex and its clinical values. Patients with equal record sets
 * cannot be told apart; how many there are is the patient's k.
 */
import type { ClinicalColumns, ClinicalKind } from '../../catalogue/generalisation/clinical-columns.ts';
import {
  type DescribingValues,
  type Generalisation,
  type GeneralisedAttribute,
  generalise,
  generaliseCell,
} from '../../catalogue/generalisation/generalisation.ts';
import type { SqliteDatabase } from '../../store/database.ts';

export const RECORD_SET_SQL = {
  rows: `SELECT DISTINCT studies.patient_id AS patientId, patients.sex_key AS sex, studies.age_years AS ageYears,
      studies.study_date AS studyDate, series.manufacturer_key AS manufacturer, series.model AS model,
      series.body_part_key AS bodyPart, series.modality_key AS modality
    FROM temp.scope JOIN series USING (series_uid) JOIN studies USING (study_uid) JOIN patients USING (patient_id)
    ORDER BY studies.patient_id`,
  cells: `SELECT clinical_rows.patient_id AS patientId, clinical_rows.cells_json AS cells FROM clinical_rows
    WHERE clinical_rows.patient_id IN (SELECT studies.patient_id FROM temp.scope JOIN series USING (series_uid)
      JOIN studies USING (study_uid)) AND clinical_rows.table_name NOT IN (SELECT value FROM json_each(@tablesOfImages))
    ORDER BY clinical_rows.patient_id`,
} as const;

type Row = DescribingValues & { readonly patientId: string };

/** Of one patient: the distinct cells of each column that tells patients apart. */
type ClinicalFacts = ReadonlyMap<string, readonly string[]>;

/** The values that each attribute is made of. */
const VALUES_OF: Readonly<Record<GeneralisedAttribute, (row: Row) => Partial<DescribingValues>>> = {
  age: ({ ageYears }) => ({ ageYears }),
  date: ({ studyDate }) => ({ studyDate }),
  device: ({ manufacturer, model }) => ({ manufacturer, model }),
  sex: ({ sex }) => ({ sex }),
  bodyPart: ({ bodyPart }) => ({ bodyPart }),
  modality: ({ modality }) => ({ modality }),
};
const ATTRIBUTES = Object.keys(VALUES_OF) as GeneralisedAttribute[];

/** What each row shows for one attribute at one level, numbered from 0. */
interface ShownColumn {
  readonly numbers: Int32Array;
  readonly distinct: number;
}

export class RecordSets {
  readonly patients: number;
  /** Clinical columns that tell patients apart and have values here, sorted. */
  readonly clinicalColumns: readonly string[];
  readonly #rows: readonly Row[];
  /** Place of the first row of each patient, and the end. */
  readonly #starts: readonly number[];
  readonly #facts: readonly ClinicalFacts[];
  readonly #kindOf: (column: string) => ClinicalKind;
  readonly #shown = new Map<string, ShownColumn>();

  /** Of the series in `scope`. */
  constructor(database: SqliteDatabase, columns: ClinicalColumns) {
    this.#kindOf = columns.kindOf;
    this.#rows = database.prepare(RECORD_SET_SQL.rows).all() as Row[];
    const patientIds = [...new Set(this.#rows.map(({ patientId }) => patientId))];
    this.#starts = [...patientStarts(this.#rows), this.#rows.length];
    this.patients = patientIds.length;
    const facts = readFacts(database, columns);
    this.#facts = patientIds.map((patientId) => facts.get(patientId) ?? new Map());
    this.clinicalColumns = [...new Set(this.#facts.flatMap((one) => [...one.keys()]))].sort();
  }

  /** How much work a look at all record sets is. */
  get rows(): number {
    return this.#rows.length;
  }

  /** How many patients have each record set, as the choices show it. */
  classSizes(choices: Generalisation): number[] {
    const rowNumbers = this.#numberRows(choices);
    const sizes = new Map<string, number>();
    for (let patient = 0; patient < this.patients; patient += 1) {
      const mine = rowNumbers.slice(this.#starts[patient], this.#starts[patient + 1]).sort();
      const distinct = mine.filter((number, at) => number !== mine[at - 1]);
      const key = `${distinct.join(' ')}|${this.#shownFacts(patient, choices)}`;
      sizes.set(key, (sizes.get(key) ?? 0) + 1);
    }
    return [...sizes.values()];
  }

  /** Equal numbers for rows that the choices show alike: the numbers of the attributes as the digits of one. */
  #numberRows(choices: Generalisation): Float64Array {
    const numbers = new Float64Array(this.#rows.length);
    let distinct = 1;
    for (const attribute of ATTRIBUTES) {
      const shown = this.#shownColumn(attribute, choices);
      if (distinct * shown.distinct > Number.MAX_SAFE_INTEGER) distinct = renumber(numbers);
      for (const [at, number] of shown.numbers.entries()) numbers[at] = (numbers[at] ?? 0) + number * distinct;
      distinct *= shown.distinct;
    }
    return numbers;
  }

  #shownColumn(attribute: GeneralisedAttribute, choices: Generalisation): ShownColumn {
    const key = `${attribute} ${choices[attribute]}`;
    const known = this.#shown.get(key);
    if (known) return known;
    const numbering = new Numbering();
    const valuesOf = VALUES_OF[attribute];
    const numbers = Int32Array.from(this.#rows, (row) =>
      numbering.of(JSON.stringify(Object.values(generalise(valuesOf(row), choices)))),
    );
    const column = { numbers, distinct: Math.max(1, numbering.size) };
    this.#shown.set(key, column);
    return column;
  }

  #shownFacts(patient: number, choices: Generalisation): string {
    if (this.clinicalColumns.length === 0) return '';
    const facts = this.#facts[patient] ?? new Map<string, readonly string[]>();
    const shown = this.clinicalColumns.map((column) => {
      const kind = this.#kindOf(column);
      const cells = (facts.get(column) ?? []).map((cell) => generaliseCell(column, cell, choices, kind));
      return [...new Set(cells.filter((cell) => cell !== null))].sort();
    });
    return JSON.stringify(shown);
  }
}

function patientStarts(rows: readonly Row[]): number[] {
  return rows.flatMap((row, at) => (row.patientId === rows[at - 1]?.patientId ? [] : [at]));
}

function readFacts(database: SqliteDatabase, columns: ClinicalColumns): Map<string, ClinicalFacts> {
  const facts = new Map<string, Map<string, string[]>>();
  const tablesOfImages = JSON.stringify(columns.tablesOfImages);
  const rows = database.prepare(RECORD_SET_SQL.cells).iterate({ tablesOfImages });
  for (const { patientId, cells } of rows as IterableIterator<{ patientId: string; cells: string }>) {
    const ofPatient = facts.get(patientId) ?? new Map<string, string[]>();
    facts.set(patientId, ofPatient);
    for (const [column, cell] of Object.entries(JSON.parse(cells) as Record<string, string>)) {
      if (columns.kindOf(column) === 'other') continue;
      const known = ofPatient.get(column) ?? [];
      ofPatient.set(column, known);
      if (!known.includes(cell)) known.push(cell);
    }
  }
  return facts;
}

/** Makes the numbers small again. @returns how many different ones there are */
function renumber(numbers: Float64Array): number {
  const numbering = new Numbering();
  for (const [at, number] of numbers.entries()) numbers[at] = numbering.of(number);
  return numbering.size;
}

/** Gives equal values equal numbers. */
class Numbering {
  readonly #numbers = new Map<string | number, number>();

  get size(): number {
    return this.#numbers.size;
  }

  of(value: string | number): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
