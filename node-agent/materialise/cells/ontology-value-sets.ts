import type { ModelRange } from '../../harmonise/common-data-model.ts';
import type { HyperOntology } from '../../harmonise/ontology/hyper-ontology.ts';
import type { ValueSets } from './cell-rules.ts';

const FAMILY = /^[A-Z]+/u;

/**
 * Ranges as the ontology in use has them: all classes below the root. Where it does not know the root, the families and
 * OMOP domains that the model names narrow the set. A code of an older generation is never allowed: its successor is.
 */
export class OntologyValueSets implements ValueSets {
  readonly #ontology: HyperOntology;
  readonly #ranges = new Map<string, ReadonlySet<string> | undefined>();

  constructor(ontology: HyperOntology) {
    this.#ontology = ontology;
  }

  allows(range: ModelRange, code: string): boolean {
    const found = this.#ontology.find(code);
    if (found === undefined) return false;
    const known = this.#range(range.root);
    if (known?.has(code)) return true;
    if (found.code !== code) return false;
    if (range.also.includes(code)) return true;
    if (known !== undefined) return false;
    const family = FAMILY.exec(code)?.[0] ?? '';
    return (
      range.families.includes(family) && (range.domains.length === 0 || range.domains.includes(found.omopDomain ?? ''))
    );
  }

  #range(root: string): ReadonlySet<string> | undefined {
    if (!this.#ranges.has(root)) this.#ranges.set(root, this.#ontology.range(root)?.codes);
    return this.#ranges.get(root);
  }
}
