/** Vocabularies as versioned tables: what is in use, and what an import would change. */
import { z } from 'zod';

const time = z.string().describe('ISO 8601, UTC');
const count = z.number().int().min(0);

export const vocabularyTable = z.object({
  name: z.string(),
  version: z.string(),
  edition: z.string(),
  source: z.string(),
  entries: count.describe('Concepts or classes'),
  imported: z.object({ by: z.string(), at: time }).nullable().describe('Null for the table of the release'),
});
export const vocabularyList = z.object({
  tables: z.array(vocabularyTable),
  waitingValues: count.describe(
    'Indexed values that an earlier table chose and that are chosen again in the background',
  ),
});

const text = z.string().trim().min(1).max(200).optional();
export const vocabularyFile = z.object({
  text: z.string().min(1).max(1_900_000).describe('The CSV file'),
  table: text.describe('Where the file does not say it with "# table:"'),
  version: text,
  edition: text,
  source: text,
});
export const vocabularyImport = vocabularyFile.extend({
  versionBefore: z.string().max(200).describe('Of the table in use, as the preview said it'),
});

const change = z.object({
  code: z.string(),
  label: z.string(),
  what: z.string().describe('Empty where it comes or goes'),
});
export const vocabularyChange = z.object({
  name: z.string(),
  version: z.string(),
  edition: z.string(),
  source: z.string(),
  versionBefore: z.string(),
  entries: count,
  warnings: z.array(z.string()),
  added: z.array(change).describe('Up to 200'),
  changed: z.array(change).describe('Up to 200'),
  removed: z.array(change).describe('Up to 200'),
  addedCount: count,
  changedCount: count,
  removedCount: count,
  touchedValues: count.describe('Indexed values that are chosen again'),
  withChangedCodes: count.describe('Of those, with a code that changes or goes'),
  withoutCode: count.describe('Of those, without a code so far'),
});
export const vocabularyPreview = z.object({
  accepted: z.boolean(),
  problems: z
    .array(z.object({ line: count.nullable(), column: z.string().nullable(), sentence: z.string() }))
    .describe('Up to 200, in the order of the file'),
  problemCount: count,
  change: vocabularyChange.nullable(),
});
export const vocabularyExport = z.object({ fileName: z.string(), text: z.string() });
export const explainedCode = z.object({
  code: z.string(),
  label: z.string(),
  omopDomain: z.string().nullable(),
  parents: z.array(z.string()),
  equivalents: z.array(z.string()).describe('Codes of another generation that mean the same'),
  vocabularies: z.array(z.object({ table: z.string(), label: z.string(), spellings: count })),
  indexedValues: count,
});

/** Quantities of a study or series. */
export const normalisedValue = z.object({
  attribute: z.string(),
  original: z.string(),
  originalUnit: z.string().nullable(),
  value: z.number(),
  unit: z.string().describe('UCUM'),
  rule: z.string(),
  tableVersion: z.string(),
});
export const valueFinding = z.object({ attribute: z.string(), rule: z.string(), sentence: z.string() });
/** What a newer table replaced. */
export const earlierValue = z.object({
  attribute: z.string(),
  original: z.string().nullable(),
  code: z.string().nullable(),
  label: z.string().nullable(),
  rule: z.string(),
  tableVersion: z.string(),
  at: time,
  until: time,
});
