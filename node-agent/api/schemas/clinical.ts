/** Clinical tables: files, mappings, reports and imports. */
import { z } from 'zod';
import { mappingSchema } from '../../harmonise/clinical/mapping.ts';
import { DELIMITERS, ENCODINGS } from '../../harmonise/clinical/readers/csv-choices.ts';

const time = z.string().describe('ISO 8601, UTC');
const count = z.number().int().min(0);

export const clinicalState = z.object({
  patients: count.describe('Patients with clinical rows'),
  tables: z.array(z.object({ table: z.string(), rows: count })),
  imports: z.array(
    z.object({
      id: z.number(),
      state: z.enum(['imported', 'withdrawn']),
      format: z.string(),
      mapping: z.string(),
      by: z.string(),
      at: time,
      withdrawnBy: z.string().nullable(),
      withdrawnAt: time.nullable(),
      rows: count,
      counts: z.record(z.string(), z.number()),
    }),
  ),
});

export const clinicalTargets = z.array(
  z.object({
    target: z.string().describe('table.column of the common data model'),
    kind: z.enum(['code', 'date', 'decimal', 'integer', 'boolean']),
    status: z.enum(['required', 'conditional', 'optional']),
    codes: z.array(z.object({ code: z.string(), label: z.string() })).describe('Empty where the value set is a range'),
  }),
);

const mappingName = z.string().trim().min(1).max(100);
export const savedMappings = z.array(z.object({ name: z.string(), version: count, by: z.string(), at: time }));
export const savedMapping = z.object({ name: z.string(), version: count, mapping: mappingSchema });

export const clinicalFile = z.object({
  content: z.base64().max(11_200_000).describe('The file, base64; larger ones are imported on the command line'),
  encoding: z.enum(ENCODINGS).optional().describe('Recognised where it is left out'),
  delimiter: z.enum(DELIMITERS).optional().describe('Recognised where it is left out'),
});

export const clinicalFinding = z.object({
  code: z.string(),
  level: z.enum(['error', 'warning', 'note']),
  place: z.string().describe('Line, cell or entry; never the value'),
  message: z.string(),
});
const recognised = z.array(z.object({ what: z.string(), value: z.string() }));

export const clinicalDraft = z.object({
  id: z.string(),
  format: mappingSchema.shape.format,
  recognised,
  findings: z.array(clinicalFinding),
  parts: z.array(
    z.object({
      part: z.string().nullable(),
      rows: count,
      columns: z.array(
        z.object({
          name: z.string(),
          filled: count,
          different: count,
          looksLike: z.enum(['nothing', 'dates', 'numbers', 'words', 'text']),
          words: z.array(z.string()).describe('Of columns of few words alone; never of identifying ones'),
        }),
      ),
    }),
  ),
  proposal: mappingSchema,
});

export const clinicalChoice = z.object({
  mapping: mappingSchema,
  admitUnknown: z.boolean().default(false).describe('Whether patients without images get a pseudonym'),
  validRowsOnly: z.boolean().default(false).describe('Whether lines with errors are left out'),
});
export const clinicalImportRequest = clinicalChoice.extend({
  saveAs: mappingName.optional().describe('Saves the mapping under this name'),
});
export const clinicalReport = z.object({
  recognised,
  counts: z.object({
    lines: count,
    linesLeftOut: count,
    patients: count,
    newPatients: count,
    objected: count,
    rows: count,
    rowsThere: count,
  }),
  tables: z.array(z.object({ table: z.string(), rows: count })),
  findings: z.array(clinicalFinding).describe('The first 1000'),
  errors: count,
  warnings: count,
  notes: count,
  importable: z.boolean(),
});
export const clinicalOutcome = z.object({
  importId: z.number().nullable().describe('Null where nothing was imported'),
  report: clinicalReport,
});
