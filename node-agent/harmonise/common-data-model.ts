/**
 * EUCAIM's common data model: which tables a Tier-3 dataset has, which columns they have, and what may stand in a cell.
 * The model is data (`data/common-data-model.json`) because it is not final; see the marks `confirm` there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9_]*$/u);
const code = z.string().regex(/^(?:BP|CLIN|COM|GEN|IMG|SPEC)[0-9]+$/u);

const rangeSchema = z.strictObject({
  /** The value set is this concept and all its descendants. */
  root: code,
  /** First letters of the codes, and their OMOP domains (none: any): what narrows the set where no hierarchy is at hand. */
  families: z.array(z.string().regex(/^[A-Z]+$/u)).min(1),
  domains: z.array(z.string()),
  /** Concepts of the range without a domain. */
  also: z.array(code).default([]),
  /** Other code systems whose codes are accepted as they are, e.g. `ICDO3:8500/3`. */
  systems: z.array(z.strictObject({ prefix: z.string().min(1), pattern: z.string().min(1) })).default([]),
});

const columnSchema = z.strictObject({
  name,
  status: z.enum(['required', 'conditional', 'optional']),
  /**
   * `patient`: the pseudonym; `uid`: a replaced UID; `id`: names the row; `reference`: names a row of another table;
   * `dataset`: known when a dataset is written; `text`: of the holder's own making, never free text about a patient.
   */
  kind: z.enum([
    'patient',
    'dataset',
    'uid',
    'id',
    'reference',
    'code',
    'date',
    'decimal',
    'integer',
    'boolean',
    'text',
  ]),
  values: z.array(z.strictObject({ code, label: z.string().min(1) })).optional(),
  /** Codes of the older generation of the ontology and the one that takes their place. */
  older: z.record(code, code).default({}),
  /** Of `patient_diagnostic_category`: which codes make a case, and which a control. */
  cases: z.array(code).default([]),
  controls: z.array(code).default([]),
  range: rangeSchema.optional(),
  references: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  decimals: z.number().int().min(0).optional(),
  /** The unit the number is in, as UCUM writes it, and the units that can be turned into it. */
  unit: z.string().optional(),
  accepted: z.array(z.strictObject({ unit: z.string(), factor: z.number() })).default([]),
  /** The column that holds the unit. */
  unitColumn: name.optional(),
  /** What happened on a date. */
  event: z.string().optional(),
  /** When a conditional column needs a value. */
  when: z.string().optional(),
  /** Of a view: where the value comes from, `table.column`, `index` or `dataset`. */
  from: z.string().optional(),
  /** Computed from other columns. */
  derived: z.boolean().default(false),
  note: z.string().optional(),
  source: z.string().min(1),
  confirm: z.boolean().default(false),
});

const tableSchema = z.strictObject({
  name,
  /** In the common file structure. */
  file: z.string().regex(/^[a-z_]+\.csv$/u),
  kind: z.enum(['view', 'table']),
  needed: z.enum(['mandatory', 'optional']),
  key: z.array(name).min(1),
  note: z.string(),
  source: z.string().min(1),
  confirm: z.boolean().default(false),
  columns: z.array(columnSchema).min(1),
});

const modelSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  /** What the short names in `source` of a column stand for. */
  sources: z.record(z.string(), z.string()),
  /** Stands before a code in a cell, with a colon. */
  codePrefix: z.string().min(1),
  tables: z.array(tableSchema).min(1),
});

export type ModelRange = z.infer<typeof rangeSchema>;
export type ModelColumn = z.infer<typeof columnSchema>;
export type ModelTable = z.infer<typeof tableSchema>;
export type CommonDataModel = z.infer<typeof modelSchema>;

const FILE = join(import.meta.dirname, 'data', 'common-data-model.json');

/**
 * Reads and validates the model (default: the one that comes with Gatehouse).
 * @throws Error naming the file and the place when it is missing, malformed or contradicts itself
 */
export function loadCommonDataModel(file: string = FILE): CommonDataModel {
  try {
    const model = modelSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    checkModel(model);
    return model;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(
      `The common data model ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`,
    );
  }
}

/** @returns undefined where the model has no such table */
export function tableOf(model: CommonDataModel, table: string): ModelTable | undefined {
  return model.tables.find((candidate) => candidate.name === table);
}

/** @returns undefined where the model has no such column */
export function columnOf(model: CommonDataModel, table: string, column: string): ModelColumn | undefined {
  return tableOf(model, table)?.columns.find((candidate) => candidate.name === column);
}

function checkModel(model: CommonDataModel): void {
  const places = new Set<string>();
  for (const table of model.tables) {
    for (const column of table.columns) {
      const place = `${table.name}.${column.name}`;
      if (places.has(place)) throw new Error(`${place} is listed twice`);
      places.add(place);
      checkColumn(model, place, column);
    }
    const lost = table.key.find((key) => !places.has(`${table.name}.${key}`));
    if (lost !== undefined) throw new Error(`${table.name} has no column ${lost}, which is in its key`);
  }
  for (const table of model.tables) {
    for (const { name: column, from, references } of table.columns) {
      const named = [references, from === 'index' || from === 'dataset' ? undefined : from];
      const lost = named.find((place) => place !== undefined && !places.has(place));
      if (lost !== undefined) throw new Error(`${table.name}.${column} refers to ${lost}, which is not listed`);
    }
  }
}

function checkColumn(model: CommonDataModel, place: string, column: ModelColumn): void {
  if ((column.kind === 'code') !== (column.values !== undefined || column.range !== undefined))
    throw new Error(`${place} needs a list of codes or a range if it is a code, and only then`);
  if ((column.kind === 'reference') !== (column.references !== undefined))
    throw new Error(`${place} needs the column it refers to if it is a reference, and only then`);
  if (column.status === 'conditional' && column.when === undefined)
    throw new Error(`${place} is conditional without saying when`);
  if (model.sources[column.source] === undefined)
    throw new Error(`${place} has the source ${column.source}, which is not explained`);
  const listed = new Set(column.values?.map((value) => value.code));
  const named = [...Object.values(column.older), ...column.cases, ...column.controls];
  const lost = named.find((value) => !listed.has(value));
  if (lost !== undefined) throw new Error(`${place} names the code ${lost}, which it does not list`);
}
