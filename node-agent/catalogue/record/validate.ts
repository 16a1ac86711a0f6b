/**
 * Checks a graph against the shapes of the record. It is the part of SHACL Core that the shapes use (W3C SHACL, §4), and
 * answers at once: the check runs inside the transaction that freezes a dataset. The tests compare it, finding by finding,
 * with an engine of others.
 */
import type { NodeShape, PropertyConstraint, Test } from './shapes.ts';
import { RDF_TYPE, type RdfTerm, type TripleIndex } from './triples.ts';

export interface Finding {
  /** Of the constraint, as in the SHACL file. */
  readonly constraint: string;
  readonly severity: 'violation' | 'warning';
  /** A sentence that names the property, and what to do. */
  readonly message: string;
  readonly focus: RdfTerm;
  /** Prefixed name; undefined where the constraint is about the resource as a whole. */
  readonly property: string | undefined;
}

const XSD = 'http://www.w3.org/2001/XMLSchema#';
const YEAR = String.raw`-?(?:[1-9]\d{3,}|0\d{3})`;
const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = String.raw`(?:0[1-9]|[12]\d|3[01])`;
const ZONE = String.raw`(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?`;
const TIME = String.raw`(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)`;
/** Lexical forms of XML Schema 1.1 part 2. */
const LEXICAL: Readonly<Record<string, RegExp>> = {
  [`${XSD}nonNegativeInteger`]: /^(?:\+?\d+|-0+)$/u,
  [`${XSD}decimal`]: /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/u,
  [`${XSD}boolean`]: /^(?:true|false|1|0)$/u,
  [`${XSD}date`]: new RegExp(`^${YEAR}-${MONTH}-${DAY}${ZONE}$`, 'u'),
  [`${XSD}dateTime`]: new RegExp(`^${YEAR}-${MONTH}-${DAY}T${TIME}${ZONE}$`, 'u'),
  [`${XSD}gYear`]: new RegExp(`^${YEAR}${ZONE}$`, 'u'),
  [`${XSD}gYearMonth`]: new RegExp(`^${YEAR}-${MONTH}${ZONE}$`, 'u'),
  [`${XSD}duration`]: /^-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/u,
  [`${XSD}hexBinary`]: /^(?:[0-9A-Fa-f]{2})*$/u,
};

/** @returns every finding, in the order of the shapes; warnings are no reason to refuse the record */
export function validate(shapes: readonly NodeShape[], graph: TripleIndex): Finding[] {
  return shapes.flatMap((shape) => focusNodes(shape, graph).flatMap((focus) => findingsAt(shape, focus, graph)));
}

function focusNodes({ targetClass, targetObjectsOf }: NodeShape, graph: TripleIndex): RdfTerm[] {
  const nodes = targetClass === undefined ? [] : graph.instancesOf(targetClass);
  for (const predicate of targetObjectsOf) nodes.push(...graph.objectsOf(predicate));
  return [...new Map(nodes.map((node) => [`${node.kind} ${node.value}`, node])).values()];
}

function findingsAt(shape: NodeShape, focus: RdfTerm, graph: TripleIndex): Finding[] {
  const findings: Finding[] = [];
  for (const constraint of shape.constraints) {
    const values = graph.objects(focus, constraint.path);
    const { id, severity, message, property } = constraint;
    const finding = { constraint: id, severity, message, focus, property: property.iri };
    for (let times = failures(constraint, values, graph); times > 0; times--) findings.push(finding);
  }
  for (const { id, message, anyOf } of shape.nodeConstraints) {
    const held = anyOf.some(({ path, value }) => {
      const values = graph.objects(focus, path);
      return value === undefined ? values.length > 0 : values.some((one) => isLiteral(one, value));
    });
    if (!held) findings.push({ constraint: id, severity: 'violation', message, focus, property: undefined });
  }
  return findings;
}

/** How often a constraint is broken: once for the resource, or once for each value. */
function failures({ test }: PropertyConstraint, values: readonly RdfTerm[], graph: TripleIndex): number {
  switch (test.kind) {
    case 'minCount':
      return values.length < test.count ? 1 : 0;
    case 'maxCount':
      return values.length > test.count ? 1 : 0;
    case 'hasValue':
      return values.some(({ kind, value }) => kind === 'iri' && value === test.value) ? 0 : 1;
    case 'someIn':
      return values.some(({ kind, value }) => kind === 'iri' && test.values.includes(value)) ? 0 : 1;
    case 'someLanguage':
      return values.some((one) => inLanguage(one, test.language)) ? 0 : 1;
    default:
      return values.filter((value) => !holds(test, value, graph)).length;
  }
}

function holds(test: Test, value: RdfTerm, graph: TripleIndex): boolean {
  switch (test.kind) {
    case 'nodeKind':
      if (test.nodeKind === 'BlankNodeOrIRI') return value.kind !== 'literal';
      return test.nodeKind === 'IRI' ? value.kind === 'iri' : value.kind === 'literal';
    case 'class':
      return graph.objects(value, RDF_TYPE).some((type) => type.value === test.type);
    case 'datatype':
      return (
        value.kind === 'literal' &&
        test.datatypes.includes(value.datatype) &&
        (LEXICAL[value.datatype]?.test(value.value) ?? true)
      );
    case 'in':
      return value.kind === 'iri' && test.values.includes(value.value);
    case 'pattern':
      return value.kind !== 'blank' && new RegExp(test.pattern, 'u').test(value.value);
    case 'notPattern':
      return value.kind === 'blank' || !new RegExp(test.pattern, 'iu').test(value.value);
    default:
      return true;
  }
}

function isLiteral(term: RdfTerm, wanted: { readonly text: string; readonly datatype: string }): boolean {
  return term.kind === 'literal' && term.value === wanted.text && term.datatype === wanted.datatype;
}

/** As `langMatches` of SPARQL: `en` holds for `en-GB`. */
function inLanguage(term: RdfTerm, language: string): boolean {
  if (term.kind !== 'literal') return false;
  const given = term.language.toLowerCase();
  return given === language || given.startsWith(`${language}-`);
}
