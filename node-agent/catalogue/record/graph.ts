/** A small RDF graph as a tree: resources with properties, nested resources without a name of their own. */

export type Term =
  /** A full IRI or a prefixed name. */
  | { readonly kind: 'iri'; readonly iri: string }
  | { readonly kind: 'text'; readonly text: string; readonly language?: string }
  | { readonly kind: 'typed'; readonly text: string; readonly datatype: string }
  | { readonly kind: 'resource'; readonly resource: Resource };

export interface Resource {
  /** Absent for a blank node. */
  readonly iri?: string;
  readonly types: readonly string[];
  readonly properties: ReadonlyMap<string, readonly Term[]>;
}

/** A part of the local names of Turtle that needs no escape. */
const LOCAL_NAME = /^[A-Za-z][A-Za-z0-9_]*$/u;
/** Characters an IRI may not hold (RFC 3987 §2.2). */
const NOT_IN_IRI = /[\p{Cc}\s<>"{}|^`\\]/gu;

/** A full IRI or a prefixed name; characters an IRI may not hold are percent-encoded. */
export const iri = (value: string): Term => ({ kind: 'iri', iri: value.replace(NOT_IN_IRI, encodeURIComponent) });
export const english = (text: string): Term => ({ kind: 'text', text, language: 'en' });
export const plain = (text: string): Term => ({ kind: 'text', text });
export const typed = (text: string, datatype: string): Term => ({ kind: 'typed', text, datatype });
export const nested = (types: readonly string[], properties: Readonly<Record<string, readonly Term[]>>): Term => ({
  kind: 'resource',
  resource: { types, properties: propertiesOf(properties) },
});

/** Properties without a value are left out. */
export function propertiesOf(properties: Readonly<Record<string, readonly Term[]>>): Map<string, readonly Term[]> {
  return new Map(Object.entries(properties).filter(([, terms]) => terms.length > 0));
}

/** Prefixed where a prefix fits and the rest is a plain name; otherwise as it is. */
export function compact(value: string, prefixes: Readonly<Record<string, string>>): string {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    if (!value.startsWith(namespace)) continue;
    const local = value.slice(namespace.length);
    if (LOCAL_NAME.test(local)) return `${prefix}:${local}`;
  }
  return value;
}
