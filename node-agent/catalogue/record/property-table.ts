/**
 * The properties of EUCAIM DCAT-AP v2.0 as data: IRI, obligation, cardinality, range, vocabulary, where the value comes from
 * and help in plain words. The record, its form, its spreadsheet and its SHACL shapes are all made from this table.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const name = z.string().regex(/^[a-z]+:[A-Za-z]\w*$/u, 'a prefixed name such as dct:title');

const propertySchema = z.strictObject({
  iri: name,
  name: z.string().min(1),
  level: z.enum(['mandatory', 'recommended', 'conditional', 'optional']),
  min: z.int().min(0),
  /** Null: as often as one likes. */
  max: z.int().min(1).nullable(),
  value: z.enum([
    'text',
    'string',
    'iri',
    'mailto',
    'concept',
    'integer',
    'decimal',
    'boolean',
    'date',
    'duration',
    'anyURI',
    'hex',
    'node',
  ]),
  vocabulary: z.string().optional(),
  /** Of the nested resource, for `node`. */
  shape: z.string().optional(),
  origin: z.enum(['computed', 'fixed', 'asked']),
  /** Where a computed or fixed value comes from, in words. */
  source: z.string().optional(),
  /** One value has to be in English. */
  english: z.boolean().optional(),
  /** Values that have to be among those given. */
  includes: z.array(z.string()).optional(),
  /** One value has to be of this vocabulary, where more are allowed. */
  oneOfVocabulary: z.string().optional(),
  pattern: z.string().optional(),
  /** What the pattern asks for, in words. */
  form: z.string().optional(),
  /** What stands there while nobody chose otherwise. */
  default: z.array(z.string()).optional(),
  /** Mandatory, yet not an error while it is empty: only the health data access body. */
  mayBeEmpty: z.boolean().optional(),
  /** Filled in once for the whole site. */
  site: z.boolean().optional(),
  group: z.string().optional(),
  help: z.string().min(1),
});

const shapeSchema = z.strictObject({
  title: z.string().min(1),
  type: name,
  /** Described on its own; others are found through the properties that lead to them. */
  target: z.boolean().optional(),
  oneOf: z.array(name).min(2).optional(),
  requires: z.strictObject({ when: name, is: z.string(), property: name }).optional(),
  properties: z.array(propertySchema).min(1),
});

const tableSchema = z.strictObject({
  version: z.string(),
  edition: z.string(),
  source: z.string(),
  note: z.string(),
  datasetBase: z.url(),
  placeholders: z.array(z.string()),
  prefixes: z.record(z.string(), z.url()),
  shapes: z.record(z.string(), shapeSchema),
});

const vocabularySchema = z.strictObject({
  version: z.string(),
  edition: z.string(),
  source: z.string(),
  note: z.string(),
  vocabularies: z.record(
    z.string(),
    z.strictObject({
      title: z.string(),
      source: z.string(),
      closed: z.boolean(),
      base: z.array(z.string()).min(1),
      values: z.array(z.strictObject({ iri: z.string(), label: z.string() })),
    }),
  ),
});

export type RecordProperty = z.infer<typeof propertySchema>;
export type RecordShape = z.infer<typeof shapeSchema>;
export type Vocabulary = z.infer<typeof vocabularySchema>['vocabularies'][string];

export interface PropertyTable extends z.infer<typeof tableSchema> {
  readonly vocabularies: Readonly<Record<string, Vocabulary>>;
  /** @throws Error where the table names a shape it does not have; refused on load */
  shape(name: string): RecordShape;
  vocabulary(name: string): Vocabulary;
  /** The full IRI of a prefixed name; anything else is returned as it is. */
  expand(name: string): string;
}

const DATA = join(import.meta.dirname, 'data');
const TABLE_FILE = join(DATA, 'eucaim-dcat-ap.json');
const VOCABULARY_FILE = join(DATA, 'record-vocabularies.json');

/** @throws Error naming the file and the place when a file is missing, malformed or contradicts itself */
export function loadPropertyTable(file: string = TABLE_FILE, vocabularyFile: string = VOCABULARY_FILE): PropertyTable {
  const table = read(file, tableSchema);
  const { vocabularies } = read(vocabularyFile, vocabularySchema);
  const expand = (value: string) => {
    const [, prefix = '', local = ''] = /^([a-z]+):(?!\/\/)(.*)$/u.exec(value) ?? [];
    const namespace = table.prefixes[prefix];
    return namespace === undefined ? value : namespace + local;
  };
  const found = <T>(record: Readonly<Record<string, T>>, key: string): T => {
    const value = record[key];
    if (value === undefined) throw new Error(`The record table knows no ${key}.`);
    return value;
  };
  const problem = contradiction(table, vocabularies);
  if (problem !== undefined) throw unusable(file, problem);
  return {
    ...table,
    vocabularies,
    shape: (key) => found(table.shapes, key),
    vocabulary: (key) => found(vocabularies, key),
    expand,
  };
}

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw unusable(file, error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  }
}

function unusable(file: string, reason: string): Error {
  return new Error(`The record table ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`);
}

/** The first contradiction between rows, as a sentence. */
function contradiction(
  { shapes, prefixes }: z.infer<typeof tableSchema>,
  vocabularies: Readonly<Record<string, Vocabulary>>,
): string | undefined {
  const leadsTo = new Map<string, string>();
  for (const [key, shape] of Object.entries(shapes)) {
    const known = new Set(shape.properties.map(({ iri }) => iri));
    if (known.size < shape.properties.length) return `${key} has a property twice`;
    for (const one of [...(shape.oneOf ?? []), shape.requires?.when, shape.requires?.property]) {
      if (one !== undefined && !known.has(one)) return `${key} has no property ${one}`;
    }
    for (const property of shape.properties) {
      const place = `${key}, ${property.iri}`;
      if (!((property.iri.split(':')[0] ?? '') in prefixes)) return `${place}: the prefix is not declared`;
      if ((property.value === 'node') !== (property.shape !== undefined)) return `${place}: a node has a shape`;
      if ((property.value === 'concept') !== (property.vocabulary !== undefined)) return `${place}: no vocabulary`;
      if (property.shape !== undefined && !(property.shape in shapes)) return `${place}: no shape ${property.shape}`;
      for (const one of [property.vocabulary, property.oneOfVocabulary]) {
        if (one !== undefined && !(one in vocabularies)) return `${place}: no vocabulary ${one}`;
      }
      if (property.max !== null && property.min > property.max) return `${place}: more at least than at most`;
      if (property.origin !== 'asked' && property.source === undefined) return `${place}: no source`;
      // shapes of nested resources are found by the property that leads to them
      if (property.shape !== undefined) {
        const other = leadsTo.get(property.iri) ?? property.shape;
        if (other !== property.shape) return `${place}: ${property.iri} leads to ${other} and ${property.shape}`;
        leadsTo.set(property.iri, property.shape);
      }
    }
  }
  return undefined;
}
