/** Writes a graph as JSON-LD 1.1 with a context of prefixes. */
import type { Resource, Term } from './graph.ts';

export type JsonLd = Readonly<Record<string, unknown>>;

export function toJsonLd(resource: Resource, prefixes: Readonly<Record<string, string>>): JsonLd {
  return { '@context': prefixes, ...node(resource) };
}

function node(resource: Resource): JsonLd {
  const properties = [...resource.properties].map(([property, terms]) => [property, one(terms.map(value))]);
  return {
    ...(resource.iri === undefined ? {} : { '@id': resource.iri }),
    '@type': one(resource.types),
    ...Object.fromEntries(properties),
  };
}

function value(term: Term): unknown {
  switch (term.kind) {
    case 'iri':
      return { '@id': term.iri };
    case 'text':
      return term.language ? { '@value': term.text, '@language': term.language } : { '@value': term.text };
    case 'typed':
      return { '@value': term.text, '@type': term.datatype };
    case 'resource':
      return node(term.resource);
  }
}

/** A single value stands without brackets. */
function one(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
