/** Lines of a clinical file as rows of the common data model, patient by patient, before anything is pseudonymised. */
import { type CommonDataModel, columnOf, type ModelColumn } from '../common-data-model.ts';
import { type ConversionTables, type Converted, convertCell, convertDate, isTrouble } from './cell-conversion.ts';
import { type Finding, type FindingCode, type Place, WHOLE_FILE } from './finding.ts';
import type { ClinicalMapping, ColumnMapping, PartMapping } from './mapping.ts';
import { targetOf } from './mapping-objections.ts';
import { placeOf, SEPARATOR, type SourceFile, type SourceRow, type SourceTable } from './source-table.ts';

export interface RecordCell extends Converted {
  readonly place: Place;
}

export interface ClinicalRecord {
  readonly table: string;
  readonly place: Place;
  /** By column of the model. */
  readonly cells: Map<string, RecordCell>;
  /** Columns whose value could not be read, which is said already. */
  readonly troubled: Set<string>;
}

/** One patient as the file names one; identifies, and never leaves the identified zone. */
export interface ClinicalPatient {
  readonly patientId: string;
  readonly issuer: string | undefined;
  /** `YYYY-MM-DD`; needed for ages and for judging dates, and kept nowhere. */
  birthDate: RecordCell | undefined;
  readonly records: ClinicalRecord[];
  /** Where the patient was named first. */
  readonly place: Place;
  /** All lines that name the patient, by `lineKey`. */
  readonly lines: Set<string>;
}

export interface ClinicalRecords {
  readonly patients: readonly ClinicalPatient[];
  readonly findings: readonly Finding[];
  /** Lines with anything in them, those left out not counted. */
  readonly lines: number;
}

export interface RecordTables extends ConversionTables {
  readonly model: CommonDataModel;
}

/** Names a line of a file, to leave it out. */
export function lineKey({ part, line }: Pick<Place, 'part' | 'line'>): string {
  return `${part ?? ''}\u0000${line ?? ''}`;
}

/**
 * @param without lines to leave out, by `lineKey`
 * @returns what could be read, and findings for what could not; rows with such findings are incomplete
 */
export function recordsOf(
  file: SourceFile,
  mapping: ClinicalMapping,
  tables: RecordTables,
  without: ReadonlySet<string> = new Set(),
): ClinicalRecords {
  const builder = new RecordBuilder(file, tables);
  for (const part of mapping.parts) {
    const table =
      file.tables.find((one) => one.part === part.part) ?? (part.part === null ? file.tables[0] : undefined);
    if (table === undefined) builder.report('column-missing', WHOLE_FILE, `The file has no part "${part.part}".`);
    else builder.addPart(table, part, without);
  }
  return builder.finish();
}

interface Column {
  readonly mapping: ColumnMapping;
  readonly index: number;
  readonly model: ModelColumn;
  readonly table: string;
  readonly several: boolean;
}

class RecordBuilder {
  readonly #file: SourceFile;
  readonly #tables: RecordTables;
  readonly #patients = new Map<string, ClinicalPatient>();
  readonly #findings: Finding[];
  readonly #seen = new Set<string>();
  readonly #aside = new Map<string, number>();
  #lines = 0;

  constructor(file: SourceFile, tables: RecordTables) {
    this.#file = file;
    this.#tables = tables;
    this.#findings = [];
  }

  report(code: FindingCode, place: Place, message: string, level: Finding['level'] = 'error'): void {
    this.#findings.push({ code, level, place, message });
  }

  addPart(table: SourceTable, part: PartMapping, without: ReadonlySet<string>): void {
    const indexOf = (name: string) => table.columns.findIndex((column) => column.name === name);
    const named = [
      part.patientId,
      ...part.columns.map(({ column }) => column),
      ...(part.birthDate ? [part.birthDate.column] : []),
      ...(part.issuer && 'column' in part.issuer ? [part.issuer.column] : []),
    ];
    const missing = [...new Set(named.filter((name) => indexOf(name) < 0))];
    for (const name of missing)
      this.report(
        'column-missing',
        { ...WHOLE_FILE, part: table.part, column: name },
        `The mapping names the column "${name}", which the file does not have.`,
      );
    if (missing.length > 0) return;
    this.#reportUnmapped(table, part, named);
    const columns = part.columns.flatMap((mapping): Column[] => {
      const model = targetOf(this.#tables.model, mapping.target);
      const index = indexOf(mapping.column);
      const several = table.columns[index]?.kind === 'choices';
      return model === undefined ? [] : [{ mapping, index, model, table: mapping.target.split('.')[0] ?? '', several }];
    });
    for (const row of table.rows) {
      if (without.has(lineKey({ part: table.part, line: row.line }))) continue;
      this.#lines += 1;
      this.#addRow(table, part, columns, row, indexOf);
    }
  }

  finish(): ClinicalRecords {
    for (const [what, times] of this.#aside)
      this.report(
        'left-aside',
        WHOLE_FILE,
        `${times} rows were left aside: their ${what} is not in the value set.`,
        'note',
      );
    return { patients: [...this.#patients.values()], findings: this.#findings, lines: this.#lines };
  }

  #reportUnmapped(table: SourceTable, part: PartMapping, named: readonly string[]): void {
    const known = new Set([...named, ...part.ignored]);
    for (const { name } of table.columns.filter((column) => !known.has(column.name)))
      this.report(
        'column-not-mapped',
        { part: table.part, line: null, column: name, text: `column "${name}"` },
        'This column is not mapped and is left aside.',
        'note',
      );
  }

  #addRow(
    table: SourceTable,
    part: PartMapping,
    columns: readonly Column[],
    row: SourceRow,
    indexOf: (name: string) => number,
  ): void {
    const place = (column?: string) => placeOf(this.#file.format, table, row.line, column);
    const patientId = row.cells[indexOf(part.patientId)] ?? '';
    if (patientId === '') {
      this.report('row-without-patient', place(part.patientId), 'There is no Patient ID in this line.');
      return;
    }
    const whole = `${table.part ?? ''}\u0000${row.cells.join('\u0000')}`;
    if (this.#seen.has(whole)) {
      this.report('row-twice', place(), 'This line stands in the file before, word for word. Remove one of the two.');
      return;
    }
    this.#seen.add(whole);
    const patient = this.#patient(patientId, issuerOf(part, row, indexOf), place(part.patientId));
    if (part.birthDate)
      this.#readBirthDate(
        patient,
        row.cells[indexOf(part.birthDate.column)] ?? '',
        part.birthDate,
        place(part.birthDate.column),
      );
    const groups = Map.groupBy(columns, ({ table: target, mapping }) => `${target} ${mapping.row}`);
    for (const group of groups.values()) this.#addGroup(patient, part, group, row, place);
  }

  /** The columns that make one row of the model; where boxes were ticked, one for each. */
  #addGroup(
    patient: ClinicalPatient,
    part: PartMapping,
    group: readonly Column[],
    row: SourceRow,
    place: (column?: string) => Place,
  ): void {
    const textOf = ({ index }: Column) => row.cells[index] ?? '';
    if (group.every((column) => textOf(column) === '')) return;
    const table = group[0]?.table ?? '';
    const several = group.find((column) => column.several);
    const choices = several === undefined ? [undefined] : textOf(several).split(SEPARATOR);
    for (const choice of choices) {
      const cells = new Map<string, RecordCell>();
      const troubled = new Set<string>();
      let aside = false;
      for (const column of group) {
        if (aside) break;
        const text = column === several ? (choice ?? '') : textOf(column);
        const conversion = convertCell(text, column.model, column.mapping, this.#tables);
        const isKey =
          part.leaveUnknownAside &&
          column.model.kind === 'code' &&
          column.model.status === 'required' &&
          table !== 'patient';
        if (isKey && (conversion === undefined || (isTrouble(conversion) && conversion.code === 'code-unknown'))) {
          aside = true;
          // A code that the mapping gives no value is meant to be left out here, and is not counted.
          if (conversion !== undefined) this.#countAside(column.mapping.target);
        } else if (conversion === undefined) continue;
        else if (isTrouble(conversion)) {
          troubled.add(column.model.name);
          this.report(conversion.code, place(column.mapping.column), conversion.message);
        } else cells.set(column.model.name, { ...conversion, place: place(column.mapping.column) });
      }
      if (aside || cells.size + troubled.size === 0) continue;
      this.#addConstants(part, group, cells, place());
      if (table === 'patient') this.#mergePatient(patient, { table, place: place(), cells, troubled });
      else patient.records.push({ table, place: place(), cells, troubled });
    }
  }

  #addConstants(part: PartMapping, group: readonly Column[], cells: Map<string, RecordCell>, place: Place): void {
    const [first] = group;
    for (const { target, row, value } of part.constants) {
      const [table = '', name = ''] = target.split('.');
      if (table !== first?.table || row !== first.mapping.row) continue;
      const model = columnOf(this.#tables.model, table, name);
      if (model === undefined || cells.has(name)) continue;
      const conversion =
        model.kind === 'text'
          ? { text: value, original: null, code: null, label: null, rule: 'constant' as const }
          : convertCell(value, model, {}, this.#tables);
      if (conversion !== undefined && !isTrouble(conversion))
        cells.set(name, { ...conversion, rule: 'constant', place });
    }
  }

  #countAside(target: string): void {
    this.#aside.set(target, (this.#aside.get(target) ?? 0) + 1);
  }

  /** A patient may stand in several lines, which then have to agree. */
  #mergePatient(patient: ClinicalPatient, record: ClinicalRecord): void {
    const known = patient.records.find(({ table }) => table === 'patient');
    if (known === undefined) {
      patient.records.push(record);
      return;
    }
    for (const name of record.troubled) known.troubled.add(name);
    for (const [name, cell] of record.cells) {
      const before = known.cells.get(name);
      if (before === undefined) known.cells.set(name, cell);
      else if (before.text !== cell.text)
        this.report(
          'patient-twice',
          cell.place,
          `Another value stands at ${before.place.text} for the same patient. Correct one of the two.`,
        );
    }
  }

  #patient(patientId: string, issuer: string | undefined, place: Place): ClinicalPatient {
    const key = `${issuer ?? ''}\u0000${patientId}`;
    let patient = this.#patients.get(key);
    if (patient === undefined) {
      patient = { patientId, issuer, birthDate: undefined, records: [], place, lines: new Set() };
      this.#patients.set(key, patient);
    }
    patient.lines.add(lineKey(place));
    return patient;
  }

  #readBirthDate(
    patient: ClinicalPatient,
    text: string,
    { dateFormat }: NonNullable<PartMapping['birthDate']>,
    place: Place,
  ): void {
    if (text === '') return;
    const date = convertDate(text, dateFormat);
    if (isTrouble(date)) this.report(date.code, place, date.message);
    else if (patient.birthDate !== undefined && patient.birthDate.text !== date.text)
      this.report(
        'patient-twice',
        place,
        `Another date of birth stands at ${patient.birthDate.place.text} for the same patient.`,
      );
    else patient.birthDate = { ...date, place };
  }
}

function issuerOf(
  { issuer }: PartMapping,
  { cells }: SourceRow,
  indexOf: (name: string) => number,
): string | undefined {
  if (issuer === undefined) return undefined;
  const text = 'value' in issuer ? issuer.value : (cells[indexOf(issuer.column)] ?? '');
  return text === '' ? undefined : text;
}
