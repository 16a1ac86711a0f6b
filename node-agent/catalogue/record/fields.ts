/** What is said of a resource, before it becomes a graph: values by property, as the form holds and the index keeps them. */
import { english, iri, nested, plain, type Resource, type Term, typed } from './graph.ts';
import type { PropertyTable, RecordProperty } from './property-table.ts';

/** A text with its language; what a machine reads as its text; or a nested resource. */
export type FieldValue = string | { readonly text: string; readonly language: string } | Fields;
/** Values by prefixed name of the property. */
export interface Fields {
  readonly [property: string]: readonly FieldValue[];
}

const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/u;
const MOST_VALUES = 200;
const LONGEST = 8000;

/**
 * Brings an untrusted document into form: texts trimmed, empty values and empty resources left out.
 * @returns the fields, or the first problem as a sentence
 */
export function readFields(
  table: PropertyTable,
  shapeName: string,
  document: unknown,
): { readonly fields: Fields } | { readonly problem: string } {
  const shape = table.shape(shapeName);
  if (!isObject(document)) return { problem: `The ${shape.title} is not a list of properties with their values.` };
  const fields: Record<string, readonly FieldValue[]> = {};
  for (const [key, given] of Object.entries(document)) {
    const property = shape.properties.find(({ iri }) => iri === key);
    if (property === undefined) return { problem: `The ${shape.title} has no property ${key.slice(0, 80)}.` };
    if (property.origin !== 'asked')
      return { problem: `${property.name} (${key}) is not typed in: ${property.source}` };
    if (!Array.isArray(given) || given.length > MOST_VALUES) {
      return { problem: `${property.name} takes a list of up to ${MOST_VALUES} values.` };
    }
    const values: FieldValue[] = [];
    for (const one of given) {
      const result = readValue(table, property, one);
      if ('problem' in result) return result;
      if (result.value !== undefined) values.push(result.value);
    }
    if (values.length > 0) fields[key] = values;
  }
  return { fields };
}

type Read = { readonly value: FieldValue | undefined } | { readonly problem: string };

function readValue(table: PropertyTable, property: RecordProperty, given: unknown): Read {
  if (property.shape !== undefined) {
    const result = readFields(table, property.shape, given);
    if ('problem' in result) return { problem: `${property.name}: ${result.problem}` };
    return { value: Object.keys(result.fields).length === 0 ? undefined : result.fields };
  }
  const { text, language } = isObject(given) ? given : { text: given, language: 'en' };
  if (typeof text !== 'string' || text.length > LONGEST) {
    return { problem: `${property.name} takes texts of up to ${LONGEST} characters.` };
  }
  const trimmed = text.trim();
  if (trimmed === '') return { value: undefined };
  if (property.value !== 'text') return { value: trimmed };
  if (typeof language !== 'string' || !/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u.test(language)) {
    return { problem: `${property.name}: the language is a code such as en or de.` };
  }
  return { value: { text: trimmed, language } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields of which the first that says something about a property decides; defaults of the table stand where none does. */
export function mergeFields(table: PropertyTable, shapeName: string, ...layers: readonly Fields[]): Fields {
  const merged: Record<string, readonly FieldValue[]> = {};
  for (const property of table.shape(shapeName).properties) {
    const said = layers.map((layer) => layer[property.iri]).find((values) => values !== undefined && values.length > 0);
    const values = said ?? property.default?.map(table.expand);
    if (values === undefined) continue;
    const { shape } = property;
    merged[property.iri] = shape === undefined ? values : values.map((one) => mergeFields(table, shape, one as Fields));
  }
  return merged;
}

/**
 * The resource that fields describe, its properties in the order of the table.
 * @param name the resource's IRI; without one it is a blank node
 */
export function resourceOf(table: PropertyTable, shapeName: string, fields: Fields, name?: string): Resource {
  const shape = table.shape(shapeName);
  const properties = new Map<string, readonly Term[]>();
  for (const property of shape.properties) {
    const terms = (fields[property.iri] ?? []).map((value) => termOf(table, property, value));
    if (terms.length > 0) properties.set(property.iri, terms);
  }
  return { ...(name === undefined ? {} : { iri: name }), types: [shape.type], properties };
}

function termOf(table: PropertyTable, property: RecordProperty, value: FieldValue): Term {
  if (property.shape !== undefined) {
    const { types, properties } = resourceOf(table, property.shape, value as Fields);
    return nested(types, Object.fromEntries(properties));
  }
  if (typeof value !== 'string') {
    const { text, language } = value as { text: string; language: string };
    return language === 'en' ? english(text) : { kind: 'text', text, language };
  }
  switch (property.value) {
    case 'text':
      return english(value);
    case 'iri':
    case 'concept':
      return iri(value);
    case 'mailto':
      return iri(EMAIL.test(value) && !value.startsWith('mailto:') ? `mailto:${value}` : value);
    case 'integer':
      return typed(value, 'xsd:nonNegativeInteger');
    case 'decimal':
      return typed(value, 'xsd:decimal');
    case 'boolean':
      return typed(value, 'xsd:boolean');
    case 'duration':
      return typed(value, 'xsd:duration');
    case 'anyURI':
      return typed(value, 'xsd:anyURI');
    case 'hex':
      return typed(value, 'xsd:hexBinary');
    case 'date':
      return typed(value, dateType(value));
    default:
      return plain(value);
  }
}

/** The data type by the form of the text, as precise as it is. */
function dateType(value: string): string {
  if (/^\d{4}$/u.test(value)) return 'xsd:gYear';
  if (/^\d{4}-\d{2}$/u.test(value)) return 'xsd:gYearMonth';
  return value.includes('T') ? 'xsd:dateTime' : 'xsd:date';
}
