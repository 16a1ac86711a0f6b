/** Writes the shapes of the record as SHACL in Turtle: for harvesters, helpdesks and other engines. */
import type { PropertyTable } from './property-table.ts';
import { type NodeShape, type PropertyConstraint, shapesOf, type Test } from './shapes.ts';

/** The shapes have no address on the web: they belong to the node that hands them out. */
export const SHAPE_NAMESPACE = 'urn:gatehouse:record-shape:';

export function shapesTurtle(table: PropertyTable): string {
  const shapes = shapesOf(table);
  return [
    `# Shapes of the catalogue record: ${table.edition}; property table ${table.version}.`,
    '@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .',
    '@prefix sh: <http://www.w3.org/ns/shacl#> .',
    `@prefix shape: <${SHAPE_NAMESPACE}> .`,
    '@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .',
    '',
    ...shapes.map(nodeShape),
    ...shapes.flatMap(({ constraints }) => constraints.map(propertyShape)),
  ].join('\n');
}

function nodeShape({ key, targetClass, targetObjectsOf, constraints, nodeConstraints }: NodeShape): string {
  const lines = [`shape:${key} a sh:NodeShape`];
  if (targetClass !== undefined) lines.push(`sh:targetClass <${targetClass}>`);
  if (targetObjectsOf.length > 0)
    lines.push(`sh:targetObjectsOf ${targetObjectsOf.map((one) => `<${one}>`).join(', ')}`);
  lines.push(`sh:property ${constraints.map(({ id }) => `shape:${id}`).join(', ')}`);
  const targets = lines.slice(1, -1);
  const whole = nodeConstraints.map(({ id, message, anyOf }) => {
    const alternatives = anyOf.map(({ path, value }) =>
      value === undefined
        ? `[ sh:path <${path}> ; sh:minCount 1 ]`
        : `[ sh:path <${path}> ; sh:hasValue ${text(value.text)}^^<${value.datatype}> ]`,
    );
    return block([
      `shape:${id} a sh:NodeShape`,
      ...targets,
      `sh:message ${text(message)}@en`,
      `sh:or ( ${alternatives.join(' ')} )`,
    ]);
  });
  return [block(lines), ...whole].join('\n');
}

function propertyShape({ id, path, property, severity, message, test }: PropertyConstraint): string {
  return block([
    `shape:${id} a sh:PropertyShape`,
    `sh:path <${path}>`,
    `sh:name ${text(property.name)}@en`,
    `sh:description ${text(property.help)}@en`,
    ...(severity === 'warning' ? ['sh:severity sh:Warning'] : []),
    `sh:message ${text(message)}@en`,
    constraint(test),
  ]);
}

function constraint(test: Test): string {
  const iris = (values: readonly string[]) => `( ${values.map((value) => `<${value}>`).join(' ')} )`;
  switch (test.kind) {
    case 'minCount':
    case 'maxCount':
      return `sh:${test.kind} ${test.count}`;
    case 'nodeKind':
      return `sh:nodeKind sh:${test.nodeKind}`;
    case 'class':
      return `sh:class <${test.type}>`;
    case 'datatype': {
      const [first, ...others] = test.datatypes;
      if (others.length === 0) return `sh:datatype <${first}>`;
      return `sh:or ( ${test.datatypes.map((one) => `[ sh:datatype <${one}> ]`).join(' ')} )`;
    }
    case 'in':
      return `sh:in ${iris(test.values)}`;
    case 'hasValue':
      return `sh:hasValue <${test.value}>`;
    case 'pattern':
      return `sh:pattern ${text(test.pattern)}`;
    case 'notPattern':
      return `sh:not [ sh:pattern ${text(test.pattern)} ; sh:flags "i" ]`;
    case 'someLanguage':
      return `sh:qualifiedValueShape [ sh:languageIn ( ${text(test.language)} ) ] ;\n    sh:qualifiedMinCount 1`;
    case 'someIn':
      return `sh:qualifiedValueShape [ sh:in ${iris(test.values)} ] ;\n    sh:qualifiedMinCount 1`;
  }
}

function block(lines: readonly string[]): string {
  return `${lines.join(' ;\n    ')} .\n`;
}

function text(value: string): string {
  return JSON.stringify(value);
}
