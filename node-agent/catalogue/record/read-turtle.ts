/** Reads Turtle, N-Triples or TriG that others wrote. */
import type { RdfTerm, Triple } from './triples.ts';

/** @returns the triples, or what is wrong with the text, as a sentence */
export async function readTurtle(
  text: string,
): Promise<{ readonly triples: readonly Triple[] } | { readonly problem: string }> {
  // loaded when a file is to be read: a node that serves reads none
  const { Parser } = await import('n3');
  try {
    const quads = new Parser().parse(text);
    return {
      triples: quads.map(({ subject, predicate, object }) => ({
        subject: termOf(subject),
        predicate: predicate.value,
        object: termOf(object),
      })),
    };
  } catch (error) {
    return { problem: `It is not Turtle (${error instanceof Error ? error.message : String(error)}).` };
  }
}

interface ParsedTerm {
  readonly termType: string;
  readonly value: string;
  readonly datatype?: { readonly value: string };
  readonly language?: string;
}

function termOf(term: ParsedTerm): RdfTerm {
  if (term.termType === 'Literal') {
    return { kind: 'literal', value: term.value, datatype: term.datatype?.value ?? '', language: term.language ?? '' };
  }
  return { kind: term.termType === 'BlankNode' ? 'blank' : 'iri', value: term.value };
}
