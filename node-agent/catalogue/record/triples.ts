/** A graph as triples, for the check against the shapes: made from resources, or from what a parser read. */
import type { Resource, Term } from './graph.ts';

export type RdfTerm =
  | { readonly kind: 'iri' | 'blank'; readonly value: string }
  | { readonly kind: 'literal'; readonly value: string; readonly datatype: string; readonly language: string };

export interface Triple {
  readonly subject: RdfTerm;
  /** Full IRI. */
  readonly predicate: string;
  readonly object: RdfTerm;
}

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const XSD = 'http://www.w3.org/2001/XMLSchema#';
export const RDF_TYPE = `${RDF}type`;

/** @param expand makes full IRIs of prefixed names */
export function triplesOf(resources: readonly Resource[], expand: (name: string) => string): Triple[] {
  const triples: Triple[] = [];
  let blanks = 0;
  const objectOf = (term: Term): RdfTerm => {
    switch (term.kind) {
      case 'iri':
        return { kind: 'iri', value: expand(term.iri) };
      case 'text':
        return term.language === undefined
          ? { kind: 'literal', value: term.text, datatype: `${XSD}string`, language: '' }
          : { kind: 'literal', value: term.text, datatype: `${RDF}langString`, language: term.language };
      case 'typed':
        return { kind: 'literal', value: term.text, datatype: expand(term.datatype), language: '' };
      case 'resource':
        return describe(term.resource);
    }
  };
  const describe = (resource: Resource): RdfTerm => {
    const subject: RdfTerm =
      resource.iri === undefined
        ? { kind: 'blank', value: `b${blanks++}` }
        : { kind: 'iri', value: expand(resource.iri) };
    for (const type of resource.types) {
      triples.push({ subject, predicate: RDF_TYPE, object: { kind: 'iri', value: expand(type) } });
    }
    for (const [property, terms] of resource.properties) {
      for (const term of terms) triples.push({ subject, predicate: expand(property), object: objectOf(term) });
    }
    return subject;
  };
  for (const resource of resources) describe(resource);
  return triples;
}

/** Answers what the check asks of a graph. */
export class TripleIndex {
  readonly #bySubject = new Map<string, Triple[]>();
  readonly #byPredicate = new Map<string, Triple[]>();

  constructor(triples: Iterable<Triple>) {
    for (const triple of triples) {
      push(this.#bySubject, keyOf(triple.subject), triple);
      push(this.#byPredicate, triple.predicate, triple);
    }
  }

  /** Without repetition: a graph is a set. */
  objects(subject: RdfTerm, predicate: string): RdfTerm[] {
    const own = this.#bySubject.get(keyOf(subject)) ?? [];
    return distinct(own.filter((triple) => triple.predicate === predicate).map(({ object }) => object));
  }

  objectsOf(predicate: string): RdfTerm[] {
    return distinct((this.#byPredicate.get(predicate) ?? []).map(({ object }) => object));
  }

  instancesOf(type: string): RdfTerm[] {
    const typed = this.#byPredicate.get(RDF_TYPE) ?? [];
    return distinct(typed.filter(({ object }) => object.value === type).map(({ subject }) => subject));
  }
}

function push(map: Map<string, Triple[]>, key: string, triple: Triple): void {
  const known = map.get(key);
  if (known) known.push(triple);
  else map.set(key, [triple]);
}

function keyOf(term: RdfTerm): string {
  return term.kind === 'literal'
    ? JSON.stringify([term.value, term.datatype, term.language.toLowerCase()])
    : `${term.kind} ${term.value}`;
}

function distinct(terms: readonly RdfTerm[]): RdfTerm[] {
  return [...new Map(terms.map((term) => [keyOf(term), term])).values()];
}
