/** The answers of a record as the form holds them; the server knows what they have to be. */
import type { Answer } from '../client/call.ts';

export type RecordTable = Answer<'getRecordTable'>;
export type Shape = RecordTable['shapes'][string];
export type Property = Shape['properties'][number];
export interface Worded {
  readonly text: string;
  readonly language: string;
}
export type FieldValue = string | Worded | Fields;
export interface Fields {
  readonly [property: string]: readonly FieldValue[];
}

/** The contract says that answers are lists of anything; the table says what they are. */
export function fieldsOf(answers: Record<string, unknown[]>): Fields {
  return answers as unknown as Fields;
}

export function answersOf(fields: Fields): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(fields).map(([key, values]) => [key, [...values]]));
}

export function isWorded(value: FieldValue): value is Worded {
  return typeof value !== 'string' && typeof value.text === 'string';
}

export function withValues(fields: Fields, property: string, values: readonly FieldValue[]): Fields {
  const { [property]: _, ...others } = fields;
  return values.length === 0 ? others : { ...others, [property]: values };
}

/** What an added value begins as. */
export function emptyValue(property: Property): FieldValue {
  if (property.shape !== undefined) return {};
  return property.value === 'text' ? { text: '', language: 'en' } : '';
}

/** Words for a value, for reading. */
export function describe(
  table: RecordTable,
  property: Property,
  value: FieldValue,
  labels: Readonly<Record<string, string>>,
): string {
  if (typeof value === 'string') {
    const known =
      property.vocabulary && table.vocabularies[property.vocabulary]?.values.find(({ iri }) => iri === value);
    return known ? known.label : (labels[value] ?? value);
  }
  if (isWorded(value)) return value.language === 'en' ? value.text : `${value.text} (${value.language})`;
  const shape = table.shapes[property.shape ?? ''];
  const parts = (shape?.properties ?? []).flatMap((inner) => {
    const values = value[inner.iri] ?? [];
    return inner.shape === 'column'
      ? [`${values.length} columns`]
      : values.map((one) => describe(table, inner, one, labels));
  });
  return [...new Set(parts)].join(', ');
}

/** Properties in the order of the table, by group. */
export function groupsOf(
  properties: readonly Property[],
): (readonly [group: string, properties: readonly Property[]])[] {
  return [...Map.groupBy(properties, ({ group }) => group ?? 'Catalogue')];
}

/** Whether a property is shown before a person asks for everything. */
export function isShownAtFirst(property: Property, fields: Fields): boolean {
  return property.level === 'mandatory' || property.level === 'recommended' || (fields[property.iri] ?? []).length > 0;
}

/** `default` of the table is written with prefixes; the lists have full addresses. */
export function defaultLabels(table: RecordTable, property: Property): string[] {
  return (property.default ?? []).map((value) => {
    const local = value.slice(value.indexOf(':') + 1);
    const values = table.vocabularies[property.vocabulary ?? '']?.values ?? [];
    return (
      values.find(({ iri }) => iri === value || iri.endsWith(`#${local}`) || iri.endsWith(`/${local}`))?.label ?? value
    );
  });
}
