/** Cohort queries: what they may ask, and those that were saved under a name. */
import { z } from 'zod';

const time = z.string().describe('ISO 8601, UTC');
const count = z.number().int().nonnegative();
const values = z.array(z.string().max(200)).max(100);
const years = z.number().int().min(0).max(150);
const year = z.number().int().min(1800).max(2300);

/** A cohort over the index; values are codes or their labels as listed by /facets. All hold for one and the same series. */
export const cohortQuery = z.object({
  modality: values.optional(),
  bodyPart: values.optional(),
  sex: values.optional(),
  manufacturer: values.optional(),
  attributes: z
    .record(z.string().max(64), values)
    .optional()
    .describe('Harmonised attributes of the series, each with the values that fit, e.g. {"plane": ["axial"]}'),
  condition: values.optional().describe('Cancer conditions of the clinical data, codes of the hyper-ontology'),
  ageFrom: years.optional().describe('Completed years at the study'),
  ageTo: years.optional(),
  yearFrom: year.optional().describe('Of the shifted study date'),
  yearTo: year.optional(),
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Words of descriptions, labels, protocol or model, each from its beginning; or the beginning of a pseudonym or UID',
    ),
});

/** A cohort query as one parameter of an address. */
const filterText = z
  .string()
  .max(8000)
  .optional()
  .describe('A cohort query as JSON; goes before the single parameters');

/** The filters of the study list, each with one value, and `filter` for all that a cohort query can ask. */
export const studyFilter = z.object({
  search: z.string().max(200).optional().describe('Pseudonym, UID, or words of descriptions and labels'),
  modality: z.string().optional(),
  bodyPart: z.string().optional(),
  sex: z.string().optional(),
  manufacturer: z.string().optional(),
  filter: filterText,
});
export const facetQuery = studyFilter.extend({
  attributes: z.enum(['true', 'false']).optional().describe('Whether to count harmonised attributes too; takes longer'),
});

const facet = z.object({ value: z.string(), label: z.string(), studies: count });
export const facets = z.object({
  modality: z.array(facet),
  bodyPart: z.array(facet),
  sex: z.array(facet),
  manufacturer: z.array(facet),
  attributes: z
    .array(z.object({ attribute: z.string(), values: z.array(facet) }))
    .describe('Harmonised attributes of the series; empty unless asked for'),
  conditions: z.array(z.object({ code: z.string(), label: z.string() })).describe('Cancer types a dataset may declare'),
});

export const savedQueryTerms = z.object({
  name: z.string().trim().min(1).max(100),
  description: z.string().trim().max(1000).default(''),
  query: cohortQuery,
});
export const savedQuery = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  query: cohortQuery,
  owner: z.string().describe('Who saved it; they and administrators may change it'),
  createdAt: time,
  changedAt: time,
});
export const indexExport = z.object({
  table: z.enum(['studies', 'series', 'instances']),
  format: z.enum(['csv', 'parquet']).default('csv'),
  ...studyFilter.shape,
});
