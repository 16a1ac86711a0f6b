/**
 * The shapes of the record, made from the property table: what a resource has to fulfil, one constraint at a time, each with
 * the sentence that says what is wrong. They are written as SHACL (`shapes-turtle.ts`) and evaluated here (`validate.ts`).
 */
import type { PropertyTable, RecordProperty, RecordShape, Vocabulary } from './property-table.ts';

export type Test =
  | { readonly kind: 'minCount' | 'maxCount'; readonly count: number }
  | { readonly kind: 'nodeKind'; readonly nodeKind: 'IRI' | 'Literal' | 'BlankNodeOrIRI' }
  /** One of them. */
  | { readonly kind: 'datatype'; readonly datatypes: readonly string[] }
  | { readonly kind: 'class'; readonly type: string }
  | { readonly kind: 'in'; readonly values: readonly string[] }
  | { readonly kind: 'hasValue'; readonly value: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** No value may look like this, upper or lower case. */
  | { readonly kind: 'notPattern'; readonly pattern: string }
  /** At least one value in this language, or of this list. */
  | { readonly kind: 'someLanguage'; readonly language: string }
  | { readonly kind: 'someIn'; readonly values: readonly string[] };

export interface PropertyConstraint {
  /** Unique, safe in IRIs. */
  readonly id: string;
  /** Full IRI. */
  readonly path: string;
  readonly property: RecordProperty;
  readonly severity: 'violation' | 'warning';
  readonly message: string;
  readonly test: Test;
}

export interface NodeConstraint {
  readonly id: string;
  readonly message: string;
  /** One of these holds: a property has a value, or exactly this one among its values. */
  readonly anyOf: readonly {
    readonly path: string;
    readonly value?: { readonly text: string; readonly datatype: string };
  }[];
}

export interface NodeShape {
  readonly key: string;
  /** Full IRIs. */
  readonly targetClass: string | undefined;
  readonly targetObjectsOf: readonly string[];
  readonly constraints: readonly PropertyConstraint[];
  readonly nodeConstraints: readonly NodeConstraint[];
}

const XSD = 'http://www.w3.org/2001/XMLSchema#';
const DATATYPES: Partial<Record<RecordProperty['value'], readonly string[]>> = {
  integer: ['nonNegativeInteger'],
  decimal: ['decimal'],
  boolean: ['boolean'],
  date: ['date', 'dateTime', 'gYear', 'gYearMonth'],
  duration: ['duration'],
  hex: ['hexBinary'],
};
const WEB_ADDRESS = '^https?://[^\\s]+$';
const MAILBOX = '^mailto:[^\\s@]+@[^\\s@]+$';
const NO_PLACEHOLDER: ReadonlySet<RecordProperty['value']> = new Set(['text', 'string', 'mailto', 'iri']);

/** One node shape for each resource of the table. */
export function shapesOf(table: PropertyTable): NodeShape[] {
  return Object.entries(table.shapes).map(([key, shape]) => ({
    key,
    targetClass: shape.target ? table.expand(shape.type) : undefined,
    targetObjectsOf: leadingTo(table, key).map(table.expand),
    constraints: shape.properties.flatMap((property) => constraintsOf(table, key, shape, property)),
    nodeConstraints: nodeConstraintsOf(table, key, shape),
  }));
}

/** The properties whose values are resources of this shape. */
function leadingTo(table: PropertyTable, key: string): string[] {
  const properties = Object.values(table.shapes).flatMap((shape) => shape.properties);
  return [...new Set(properties.filter((property) => property.shape === key).map(({ iri }) => iri))];
}

function constraintsOf(table: PropertyTable, key: string, shape: RecordShape, property: RecordProperty) {
  const { name, iri, min, max } = property;
  const what = `${name} (${iri}) of the ${shape.title}`;
  const constraints: PropertyConstraint[] = [];
  const add = (
    suffix: string,
    test: Test,
    sentence: string,
    severity: PropertyConstraint['severity'] = 'violation',
  ) => {
    const id = `${key}-${iri.replace(':', '_')}-${suffix}`;
    const path = table.expand(iri);
    constraints.push({ id, path, property, severity, message: sentence, test });
  };
  if (min > 0) {
    const sentence = property.mayBeEmpty
      ? `${what} is empty. That is allowed until one is officially designated.`
      : `${what} is missing. ${property.help}`;
    add('minCount', { kind: 'minCount', count: min }, sentence, property.mayBeEmpty ? 'warning' : 'violation');
  }
  if (max !== null) {
    const times = max === 1 ? 'one value' : `${max} values`;
    add('maxCount', { kind: 'maxCount', count: max }, `${what} takes ${times} at most. Remove the others.`);
  }
  for (const [suffix, test, sentence] of rangeOf(table, property)) add(suffix, test, `${what} ${sentence}`);
  if (NO_PLACEHOLDER.has(property.value)) {
    const sentence = `${what} is a placeholder. Say what is so, or leave it empty.`;
    add('placeholder', { kind: 'notPattern', pattern: placeholderPattern(table) }, sentence);
  }
  if (property.english) {
    const sentence = `${what} has no value in English. Add one.`;
    add('english', { kind: 'someLanguage', language: 'en' }, sentence);
  }
  for (const [index, value] of (property.includes ?? []).map(table.expand).entries()) {
    add(`value${index}`, { kind: 'hasValue', value }, `${what} lacks ${labelOf(table, property, value)}. Add it.`);
  }
  if (property.oneOfVocabulary !== undefined) {
    const vocabulary = table.vocabulary(property.oneOfVocabulary);
    const sentence = `${what} names none of the ${vocabulary.title}. Choose at least one.`;
    add('oneOf', { kind: 'someIn', values: vocabulary.values.map((one) => one.iri) }, sentence);
  }
  return constraints;
}

type Range = readonly [suffix: string, test: Test, sentence: string];

function rangeOf(table: PropertyTable, property: RecordProperty): Range[] {
  const datatypes = DATATYPES[property.value];
  if (datatypes !== undefined) {
    const words = datatypes.join(', ');
    return [
      [
        'datatype',
        { kind: 'datatype', datatypes: datatypes.map((one) => XSD + one) },
        `is no value of the type ${words}. Correct it.`,
      ],
    ];
  }
  const iri: Range = ['nodeKind', { kind: 'nodeKind', nodeKind: 'IRI' }, 'is not an address (IRI). Give one.'];
  switch (property.value) {
    case 'node': {
      const shape = table.shape(property.shape ?? '');
      const type = table.expand(shape.type);
      return [
        ['nodeKind', { kind: 'nodeKind', nodeKind: 'BlankNodeOrIRI' }, 'is a text where a resource belongs.'],
        ['class', { kind: 'class', type }, `is not of the type ${shape.type}.`],
      ];
    }
    case 'concept': {
      const vocabulary = table.vocabulary(property.vocabulary ?? '');
      return [iri, membership(vocabulary)];
    }
    case 'iri':
      return [iri, ['pattern', { kind: 'pattern', pattern: WEB_ADDRESS }, 'is no address that begins with https://.']];
    case 'mailto':
      return [iri, ['pattern', { kind: 'pattern', pattern: MAILBOX }, 'is no e-mail address.']];
    default: {
      const literal: Range = ['nodeKind', { kind: 'nodeKind', nodeKind: 'Literal' }, 'is not a text.'];
      const { pattern, form } = property;
      if (pattern === undefined) return [literal];
      return [literal, ['pattern', { kind: 'pattern', pattern }, `is not ${form ?? 'of the right form'}.`]];
    }
  }
}

function membership({ title, closed, base, values }: Vocabulary): Range {
  if (closed) {
    return [
      'in',
      { kind: 'in', values: values.map(({ iri }) => iri) },
      `is not on the list: ${title}. Choose one of it.`,
    ];
  }
  const pattern = `^(?:${base.map(escaped).join('|')})[^\\s]+$`;
  return [
    'pattern',
    { kind: 'pattern', pattern },
    `is not of the list: ${title}. Its values begin with ${base.join(' or ')}.`,
  ];
}

function nodeConstraintsOf(table: PropertyTable, key: string, shape: RecordShape): NodeConstraint[] {
  const nameOf = (iri: string) => {
    const property = shape.properties.find((one) => one.iri === iri);
    return `${property?.name ?? ''} (${iri})`;
  };
  const constraints: NodeConstraint[] = [];
  if (shape.oneOf !== undefined) {
    constraints.push({
      id: `${key}-oneOf`,
      message: `The ${shape.title} has none of these: ${shape.oneOf.map(nameOf).join(', ')}. Give at least one.`,
      anyOf: shape.oneOf.map((iri) => ({ path: table.expand(iri) })),
    });
  }
  if (shape.requires !== undefined) {
    const { when, is, property } = shape.requires;
    constraints.push({
      id: `${key}-requires`,
      message: `${nameOf(property)} of the ${shape.title} is missing, although ${nameOf(when)} is ${is}.`,
      anyOf: [
        { path: table.expand(when), value: { text: is === 'true' ? 'false' : 'true', datatype: `${XSD}boolean` } },
        { path: table.expand(property) },
      ],
    });
  }
  return constraints;
}

/** The whole text is one of the words that stand for nothing, be it an address of e-mail or the web. */
function placeholderPattern({ placeholders }: PropertyTable): string {
  return `^\\s*(?:mailto:|https?://)?(?:${placeholders.join('|')})\\s*$`;
}

function labelOf(table: PropertyTable, property: RecordProperty, value: string): string {
  const known = property.vocabulary && table.vocabulary(property.vocabulary).values.find(({ iri }) => iri === value);
  return known ? `${known.label} (${value})` : value;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, '\\$&').replaceAll('\\/', '/');
}
