/**
 * A first guess of a mapping, from the names of the columns and from what stands in them. A person looks at it before
 * anything is imported: a wrong guess costs a click, and no value is taken over by a guess alone.
 */
import type { CommonDataModel, ModelColumn } from '../common-data-model.ts';
import type { HyperOntology } from '../ontology/hyper-ontology.ts';
import { keyOf } from '../text-key.ts';
import { convertDate, isTrouble } from './cell-conversion.ts';
import type { ClinicalTerms } from './clinical-terms.ts';
import { fhirMapping } from './fhir-mapping.ts';
import {
  type ClinicalMapping,
  type ColumnMapping,
  DATE_FORMATS,
  type DateFormat,
  type PartMapping,
} from './mapping.ts';
import { isMappable } from './mapping-objections.ts';
import { REDCAP_COLUMNS } from './readers/redcap.ts';
import { SEPARATOR, type SourceFile, type SourceTable } from './source-table.ts';
import { codeInColumn } from './value-set.ts';

export interface ProposalTables {
  readonly model: CommonDataModel;
  readonly ontology: HyperOntology;
  readonly terms: ClinicalTerms;
}

/** Different words of a column beyond this many are no code. */
const MOST_WORDS = 60;
const ROWS_TO_JUDGE = 5_000;

/** @returns a mapping that can be shown and changed; its `patientId` is the first column where no name says which one it is */
export function proposeMapping(file: SourceFile, tables: ProposalTables): ClinicalMapping {
  if (file.format === 'fhir') return fhirMapping(file, tables);
  return { format: file.format, parts: file.tables.map((table) => partFor(table, tables)) };
}

function partFor(table: SourceTable, tables: ProposalTables): PartMapping {
  const columns = table.columns.map(({ name }) => name);
  const roles = new Map<string, string>();
  const mapped: ColumnMapping[] = [];
  const taken = new Set<string>();
  for (const [index, { name }] of table.columns.entries()) {
    const values = valuesOf(table, index);
    for (const target of [...tables.terms.targetsOf(name), ...sameName(tables.model, name)]) {
      if (taken.has(target)) continue;
      if (!target.includes('.')) {
        if (!roles.has(target)) roles.set(target, name);
        break;
      }
      const column = columnFor(tables, target, name, values);
      if (column === undefined) continue;
      taken.add(target);
      mapped.push(column);
      break;
    }
  }
  const birth = roles.get('birth-date');
  const issuer = roles.get('issuer');
  const patientId = roles.get('patient-id') ?? columns[0] ?? '';
  return {
    part: table.part,
    patientId,
    ...(issuer === undefined ? {} : { issuer: { column: issuer } }),
    ...(birth === undefined
      ? {}
      : { birthDate: { column: birth, ...formatFor(valuesOf(table, columns.indexOf(birth))) } }),
    columns: mapped.filter(({ column }) => column !== patientId && column !== birth),
    constants: [],
    leaveUnknownAside: false,
    ignored: columns.filter((name) => REDCAP_COLUMNS.includes(name)),
  };
}

/** The model's own names, with or without their table. */
function sameName({ tables }: CommonDataModel, name: string): string[] {
  const key = keyOf(name);
  return tables
    .filter(({ kind }) => kind === 'table')
    .flatMap((table) =>
      table.columns
        .filter(
          (column) =>
            isMappable(column) && (keyOf(column.name) === key || keyOf(`${table.name}.${column.name}`) === key),
        )
        .map((column) => `${table.name}.${column.name}`),
    );
}

/** @returns undefined where what stands in the column cannot be what the target holds */
function columnFor(
  { model, ontology, terms }: ProposalTables,
  target: string,
  name: string,
  values: readonly string[],
): ColumnMapping | undefined {
  const [tableName = '', columnName = ''] = target.split('.');
  const aimed = model.tables.find((one) => one.name === tableName)?.columns.find((one) => one.name === columnName);
  if (aimed === undefined || !isMappable(aimed)) return undefined;
  const base = { column: name, target, row: '1' };
  switch (aimed.kind) {
    case 'date': {
      const format = formatFor(values);
      // A column of this name with wrong dates is still a column of dates: each of them is to be reported.
      return values.length > 0 && !values.some((value) => /\d/u.test(value)) ? undefined : { ...base, ...format };
    }
    case 'decimal':
    case 'integer': {
      const decimal = values.some((value) => /^\d+,\d+$/u.test(value)) ? ',' : '.';
      return values.length > 0 && !values.some((value) => /^[+-]?\d+(?:[.,]\d+)?$/u.test(value))
        ? undefined
        : { ...base, decimal };
    }
    case 'code':
      return { ...base, ...wordsFor(values, aimed, ontology, terms) };
    case 'boolean':
      return values.length > 0 && values.every((value) => terms.truthOf(value) === undefined) ? undefined : base;
    default:
      return undefined;
  }
}

/** The words of the column that may mean a code of it; the others stay for a person to map, and no unknown word is repeated. */
function wordsFor(values: readonly string[], column: ModelColumn, ontology: HyperOntology, terms: ClinicalTerms) {
  const words = [...new Set(values.flatMap((value) => value.split(SEPARATOR)))];
  if (words.length > MOST_WORDS) return {};
  const known = words.flatMap((word): [string, string][] => {
    const codes = terms.ofWord(word).flatMap((code) => codeInColumn(ontology, column, code)?.code ?? []);
    return codes[0] === undefined ? [] : [[word, codes[0]]];
  });
  return known.length === 0 ? {} : { values: Object.fromEntries(known) };
}

/** The first form in which all values are dates that exist; day first where both would do. */
export function formatFor(values: readonly string[]): { dateFormat?: DateFormat } {
  if (values.length === 0) return {};
  const fits = (format: DateFormat) => values.filter((value) => !isTrouble(convertDate(value, format))).length;
  const counted = DATE_FORMATS.map((format) => ({ format, fits: fits(format) }));
  const best = counted.reduce((one, other) => (other.fits > one.fits ? other : one));
  // A few wrong dates must not hide the form of the others.
  return best.fits > 0 && best.fits * 2 >= values.length ? { dateFormat: best.format } : {};
}

/** Different values of a column, empty ones left out. */
export function valuesOf({ rows }: SourceTable, index: number): string[] {
  const values = new Set<string>();
  for (const { cells } of rows.slice(0, ROWS_TO_JUDGE)) {
    const value = cells[index] ?? '';
    if (value !== '') values.add(value);
  }
  return [...values];
}
