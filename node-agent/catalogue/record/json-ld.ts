/** Writes a graph as JSON-LD 1.1 with a context of prefixes. */
import { compact, type Resource, type Term } from './graph.ts';

export type JsonLd = Readonly<Record<string, unknown>>;

type Prefixes = Readonly<Record<string, string>>;

/** One resource is framed as a tree with its nested resources inside; several stand in a graph. */
export function toJsonLd(resources: readonly Resource[], prefixes: Prefixes): JsonLd {
  const nodes = resources.map((resource) => node(resource, prefixes));
  const written = JSON.stringify(nodes);
  const context = Object.entries(prefixes).filter(([prefix]) => written.includes(`"${prefix}:`));
  return { '@context': Object.fromEntries(context), ...(nodes.length === 1 ? nodes[0] : { '@graph': nodes }) };
}

function node(resource: Resource, prefixes: Prefixes): JsonLd {
  const properties = [...resource.properties].map(([property, terms]) => [
    property,
    one(terms.map((term) => value(term, prefixes))),
  ]);
  return {
    ...(resource.iri === undefined ? {} : { '@id': resource.iri }),
    '@type': one(resource.types),
    ...Object.fromEntries(properties),
  };
}

function value(term: Term, prefixes: Prefixes): unknown {
  switch (term.kind) {
    case 'iri':
      return { '@id': compact(term.iri, prefixes) };
    case 'text':
      return term.language ? { '@value': term.text, '@language': term.language } : { '@value': term.text };
    case 'typed':
      return { '@value': term.text, '@type': term.datatype };
    case 'resource':
      return node(term.resource, prefixes);
  }
}

/** A single value stands without brackets. */
function one(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
