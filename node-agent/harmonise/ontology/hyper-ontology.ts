/** Looking up classes of the EUCAIM hyper-ontology: by code of either generation, by label, and what a range holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf } from '../text-key.ts';
import { bareCode, type OntologyClass, type OntologyTable, readOntologyTable } from './ontology-table.ts';
import { loadValueSets, type ValueSet } from './value-sets.ts';

export const SHIPPED_ONTOLOGY = join(import.meta.dirname, '..', 'data', 'hyper-ontology.csv');

export class HyperOntology {
  readonly table: OntologyTable;
  readonly #byCode: ReadonlyMap<string, OntologyClass>;
  readonly #meaning = new Map<string, string>();
  readonly #valueSets: ReadonlyMap<string, ValueSet>;
  #byLabel: ReadonlyMap<string, readonly OntologyClass[]> | undefined;
  #children: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(table: OntologyTable, valueSets: ReadonlyMap<string, ValueSet> = loadValueSets()) {
    this.table = table;
    this.#byCode = new Map(table.classes.map((one) => [one.code, one]));
    for (const { code, equivalents } of table.classes) for (const other of equivalents) this.#meaning.set(other, code);
    this.#valueSets = valueSets;
  }

  get size(): number {
    return this.table.classes.length;
  }

  /**
   * The class of a code, also with its prefix `EUCAIM:` or as an IRI. A code that another class stands for is answered
   * with that class: `COM1000180` of the older generation is `COM1001366`.
   */
  find(code: string): OntologyClass | undefined {
    const bare = bareCode(code);
    return this.#byCode.get(this.#meaning.get(bare) ?? bare);
  }

  /** Whether a code is known, in either generation. */
  knows(code: string): boolean {
    const bare = bareCode(code);
    return this.#byCode.has(bare) || this.#meaning.has(bare);
  }

  /** Classes with this label, without regard to case, accents and punctuation. */
  byLabel(label: string): readonly OntologyClass[] {
    this.#byLabel ??= grouped(this.table.classes.map((one) => [keyOf(one.label), one] as const));
    return this.#byLabel.get(keyOf(label)) ?? [];
  }

  /**
   * The codes that a range allows: all classes below its root where the table says what is a kind of what, else the
   * explicit list of `value-sets.json`. Undefined where neither knows the root.
   */
  range(root: string): ReadonlySet<string> | undefined {
    const code = this.find(root)?.code ?? root;
    const below = this.#descendants(code);
    if (below.size > 0) return below;
    const set = this.#valueSets.get(code);
    if (!set) return undefined;
    const begins = set.prefix;
    const listed = begins === undefined ? [] : this.table.classes.filter((one) => one.code.startsWith(begins));
    return new Set([...set.codes, ...listed.map((one) => one.code)]);
  }

  /** Whether a range allows a code of either generation; undefined where the range is not known. */
  isInRange(root: string, code: string): boolean | undefined {
    const range = this.range(root);
    const found = this.find(code);
    return range && found !== undefined && (range.has(found.code) || range.has(bareCode(code)));
  }

  #descendants(root: string): Set<string> {
    this.#children ??= grouped(
      this.table.classes.flatMap(({ code, parents }) => parents.map((parent) => [parent, code] as const)),
    );
    const found = new Set<string>();
    const waiting = [...(this.#children.get(root) ?? [])];
    for (let code = waiting.pop(); code !== undefined; code = waiting.pop()) {
      if (found.has(code)) continue;
      found.add(code);
      waiting.push(...(this.#children.get(code) ?? []));
    }
    return found;
  }
}

/** @throws Error naming the file when it is missing or wrong */
export function readHyperOntology(file: string = SHIPPED_ONTOLOGY): HyperOntology {
  try {
    return new HyperOntology(readOntologyTable(readFileSync(file)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The hyper-ontology ${file} cannot be used: ${reason} Restore the one of the release with "gatehouse vocabulary restore hyper-ontology".`,
    );
  }
}

function grouped<Value>(pairs: readonly (readonly [string, Value])[]): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
