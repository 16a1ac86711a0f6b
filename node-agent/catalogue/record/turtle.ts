/** Writes a graph as RDF 1.1 Turtle. */
import { compact, type Resource, type Term } from './graph.ts';

const PREFIXED_NAME = /^([a-z]+):([A-Za-z][A-Za-z0-9_]*)$/u;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const INDENT = '    ';

/**
 * @param prefixes namespace per prefix; other names are written as full IRIs
 * @param remark a line above everything, for people
 */
export function toTurtle(
  resources: readonly Resource[],
  prefixes: Readonly<Record<string, string>>,
  remark?: string,
): string {
  const written = resources.map(
    (resource) => `${name(resource.iri ?? '', prefixes)} ${body(resource, prefixes, INDENT)} .\n`,
  );
  const used = written.join('\n');
  const head = Object.entries(prefixes)
    .filter(([prefix]) => used.includes(`${prefix}:`))
    .map(([prefix, namespace]) => `@prefix ${prefix}: <${namespace}> .`);
  return `${remark === undefined ? '' : `# ${remark.replaceAll(/\s+/gu, ' ')}\n`}${head.join('\n')}\n\n${used}`;
}

function body(resource: Resource, prefixes: Readonly<Record<string, string>>, indent: string): string {
  const types = resource.types.map((type) => name(type, prefixes)).join(', ');
  const lines = [...resource.properties].map(
    ([property, terms]) => `${name(property, prefixes)} ${terms.map((one) => term(one, prefixes, indent)).join(', ')}`,
  );
  return [`a ${types}`, ...lines].join(` ;\n${indent}`);
}

function term(value: Term, prefixes: Readonly<Record<string, string>>, indent: string): string {
  switch (value.kind) {
    case 'iri':
      return name(value.iri, prefixes);
    case 'text':
      return value.language ? `${quoted(value.text)}@${value.language}` : quoted(value.text);
    case 'typed':
      return `${quoted(value.text)}^^${name(value.datatype, prefixes)}`;
    case 'resource': {
      const deeper = indent + INDENT;
      return `[\n${deeper}${body(value.resource, prefixes, deeper)}\n${indent}]`;
    }
  }
}

function name(value: string, prefixes: Readonly<Record<string, string>>): string {
  const short = compact(value, prefixes);
  const prefix = PREFIXED_NAME.exec(short)?.[1];
  if (prefix !== undefined && prefix in prefixes) return short;
  return `<${value}>`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"\n\r\t]/gu, (character) => ESCAPES[character] ?? character)}"`;
}
