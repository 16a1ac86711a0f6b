/**
 * A mapping: which column of a clinical file becomes which column of the common data model, and how its values are read.
 * It is saved under a name and used again, and leaves the node as JSON.
 */
import { z } from 'zod';

/** Day, month and year as the file writes them; `auto` reads ISO 8601 and nothing else. */
export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYYMMDD',
  'DD.MM.YYYY',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'MM/DD/YYYY',
  'YYYY/MM/DD',
] as const;
export const dateFormat = z.enum(DATE_FORMATS);
export type DateFormat = z.infer<typeof dateFormat>;

const name = z.string().min(1).max(500);
/** Tells several rows of one table made of one line apart: two treatments of a patient. */
const row = z
  .string()
  .regex(/^[1-9][0-9]?$/u)
  .default('1');

const columnMapping = z.strictObject({
  column: name,
  /** `table.column` of the common data model. */
  target: z.string().regex(/^[a-z_]+\.[a-z0-9_]+$/u),
  row,
  dateFormat: dateFormat.optional(),
  decimal: z.enum(['.', ',']).optional(),
  /** What the number is multiplied by to be in the unit of the model. */
  factor: z.number().positive().optional(),
  /** Word of the file to a code of the model (without prefix), to `true` or `false`, or to an empty text: no value. */
  values: z.record(z.string().max(500), z.string().max(100)).optional(),
});

const constantMapping = z.strictObject({
  target: z.string().regex(/^[a-z_]+\.[a-z0-9_]+$/u),
  row,
  /** A code without prefix, or the text. */
  value: z.string().min(1).max(200),
});

const partMapping = z.strictObject({
  /** Sheet or resource type; null: the only table of the file. */
  part: z.string().max(200).nullable(),
  patientId: name,
  issuer: z.union([z.strictObject({ column: name }), z.strictObject({ value: z.string().min(1).max(64) })]).optional(),
  birthDate: z.strictObject({ column: name, dateFormat: dateFormat.optional() }).optional(),
  columns: z.array(columnMapping).max(2_000),
  constants: z.array(constantMapping).max(200).default([]),
  /** Rows whose code is not in the value set are left aside and counted: a bundle has more than the model asks for. */
  leaveUnknownAside: z.boolean().default(false),
  /** Columns that are left aside on purpose. */
  ignored: z.array(name).max(2_000).default([]),
});

export const mappingSchema = z.strictObject({
  format: z.enum(['csv', 'xlsx', 'redcap', 'fhir']),
  parts: z.array(partMapping).min(1).max(100),
});

export type ColumnMapping = z.infer<typeof columnMapping>;
export type PartMapping = z.infer<typeof partMapping>;
export type ClinicalMapping = z.infer<typeof mappingSchema>;
