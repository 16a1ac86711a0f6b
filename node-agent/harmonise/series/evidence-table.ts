/**
 * Tables of evidence: for one attribute of a series, the concepts it can have and the rules that speak for and against them.
 * They are data files with edition and source, validated here; how the evidence is weighed is in `weigh.ts`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const weight = z.number().gt(0).lt(1);
const weights = z.record(z.string(), weight).default({});
const terms = z.array(z.string().min(1)).min(1);

/** Terms of a fact: a list means that some object says one of them. */
const termCondition = z.union([
  terms,
  z.strictObject({
    /** Some object says one of them. */
    some: terms.optional(),
    /** Every object says one of them. */
    every: terms.optional(),
    /** No object says any of them. */
    none: terms.optional(),
    /** Whether the fact is stated at all. */
    stated: z.boolean().optional(),
    /** Some term matches this expression. */
    like: z.string().optional(),
  }),
]);

const bound = z.number().nullable();
/** Least and greatest; null where there is no bound. */
const range = z.tuple([bound, bound]);
const numberCondition = z.union([
  /** Every number lies within, and there is one. */
  range,
  z.strictObject({
    /** Some number lies within. */
    some: range.optional(),
    /** How many different numbers there are. */
    count: range.optional(),
    /** Whether the fact is stated at all. */
    stated: z.boolean().optional(),
  }),
]);

const conditionSchema = z.strictObject({
  terms: z.record(z.string(), termCondition).default({}),
  numbers: z.record(z.string(), numberCondition).default({}),
  /** Texts of an attribute in which a word list (see `words`) is found. */
  words: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
  /** How many principal planes the slices lie in. */
  planes: range.optional(),
  /** What the first weighing came to, or a broader concept of it; such a rule takes part in the second. */
  first: z.array(z.string().min(1)).optional(),
});

const ruleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/u),
  /** Pieces of evidence of one group are not independent: only the strongest counts. */
  group: z.string().min(1),
  when: conditionSchema,
  says: weights,
  denies: weights,
  /** For the person who settles it. */
  sentence: z.string().min(1),
});

const conceptSchema = z.strictObject({
  key: z.string().regex(/^[a-z0-9-]+$/u),
  /** EUCAIM hyper-ontology code without the IRI base, else a code of another scheme with its prefix. */
  code: z.string().regex(/^([A-Z]+[0-9]+|[A-Z]+:[A-Za-z0-9-]+)$/u),
  label: z.string().min(1),
  /** A broader concept of the table: its evidence supports this one and does not contradict it. */
  within: z.string().optional(),
  /** Concepts whose evidence does not contradict this one. */
  agreesWith: z.array(z.string()).default([]),
});

const wordSchema = z.strictObject({
  for: z.string(),
  weight,
  words: terms,
  /** Words that take the meaning away. */
  unless: z.array(z.string().min(1)).default([]),
  denies: weights,
});

const tableSchema = z.strictObject({
  attribute: z.string().min(1),
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  /** DICOM modalities of series that have this attribute; the others do not get it. */
  modalities: terms,
  /** Modalities whose series all have it: that nothing speaks for any concept is stated there; `*` for all. */
  expected: z.array(z.string().min(1)),
  /** Modalities where a person is asked when nothing speaks for any concept; where concepts contradict, always. */
  asked: z.array(z.string().min(1)),
  concepts: z.array(conceptSchema).min(1),
  /** Lists of words that rules ask for by name. */
  lists: z.record(z.string(), terms).default({}),
  /** Words of descriptions, protocols and sequence names. `~` at the beginning or the end stands for any letters. */
  words: z.array(wordSchema).default([]),
  /** What words in these texts count; 1 is full weight. */
  texts: z.record(z.string(), z.number().gt(0).max(1)).default({}),
  rules: z.array(ruleSchema).default([]),
});

export type EvidenceTable = z.infer<typeof tableSchema>;
export type EvidenceConcept = z.infer<typeof conceptSchema>;
export type EvidenceCondition = z.infer<typeof conditionSchema>;
export type TermCondition = z.infer<typeof termCondition>;
export type NumberCondition = z.infer<typeof numberCondition>;
export type Range = z.infer<typeof range>;

export const TABLE_NAMES = [
  'modality',
  'contrast',
  'phase',
  'kernel',
  'thickness',
  'view',
  'tracer',
  'attenuation',
  'derivation',
  'plane',
  'laterality',
] as const;
const DATA_FOLDER = join(import.meta.dirname, 'data');

/**
 * Reads and validates `series-*.json` of a folder (default: the ones that come with Gatehouse).
 * @throws Error naming the file and the place when one is missing, malformed or contradicts itself
 */
export function loadEvidenceTables(folder: string = DATA_FOLDER): EvidenceTable[] {
  return TABLE_NAMES.map((name) => {
    const file = join(folder, `series-${name}.json`);
    try {
      const table = tableSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      checkReferences(table);
      return table;
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw new Error(`The table ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`);
    }
  });
}

function checkReferences(table: EvidenceTable): void {
  const keys = new Set(table.concepts.map(({ key }) => key));
  if (keys.size < table.concepts.length) throw new Error('a concept is listed twice');
  const ids = new Set(table.rules.map(({ id }) => id));
  if (ids.size < table.rules.length) throw new Error('a rule is listed twice');
  const referred = [
    ...table.concepts.flatMap(({ within, agreesWith }) => [...(within ? [within] : []), ...agreesWith]),
    ...table.words.flatMap((word) => [word.for, ...Object.keys(word.denies)]),
    ...table.rules.flatMap(({ says, denies, when }) => [
      ...Object.keys(says),
      ...Object.keys(denies),
      ...(when.first ?? []),
    ]),
  ];
  const lost = referred.find((key) => !keys.has(key));
  if (lost) throw new Error(`it refers to the concept ${lost}, which it does not list`);
  const listless = table.rules
    .flatMap(({ when }) => Object.values(when.words).flat())
    .find((list) => !(list in table.lists));
  if (listless) throw new Error(`a rule asks for the list ${listless}, which it does not have`);
}
