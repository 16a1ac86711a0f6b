/** The type of every attribute in the IOD of a SOP class (PS3.3 module tables, PS3.5 §7.4). */
import type { Tag } from '../dicom/data-set.ts';
import { readTable, type Table } from './read-table.ts';

export type AttributeType = '1' | '1C' | '2' | '2C' | '3';

/** The attributes at one place of an object: at its top, or inside the items of one sequence. */
export interface TypeScope {
  /** The strictest type among the modules that list the attribute here; undefined when none does. */
  typeOf(tag: Tag): AttributeType | undefined;
  /** Every attribute listed here. */
  tags(): Iterable<Tag>;
  /** The scope inside the items of a sequence. */
  inside(tag: Tag): TypeScope;
}

type Node = Readonly<Record<string, AttributeType | readonly [AttributeType, number]>>;

interface File extends Table {
  readonly sopClasses: Readonly<Record<string, string>>;
  readonly iods: Readonly<Record<string, readonly string[]>>;
  readonly modules: Readonly<Record<string, number>>;
  readonly nodes: readonly Node[];
}

interface Entry {
  type: AttributeType;
  readonly nested: number[];
}

const STRICTNESS: Readonly<Record<AttributeType, number>> = { '1': 0, '1C': 1, '2': 2, '2C': 3, '3': 4 };

const NOTHING: TypeScope = { typeOf: () => undefined, tags: () => [], inside: () => NOTHING };

export class AttributeTypes {
  readonly edition: string;
  readonly #file: File;
  readonly #tops = new Map<string, TypeScope>();
  readonly #scopes = new Map<string, TypeScope>();

  constructor(file: File = readTable<File>('ps3.3-attribute-types.json')) {
    this.edition = file.edition;
    this.#file = file;
  }

  /** Whether PS3.3 describes objects of this SOP class. */
  knows(sopClassUid: string): boolean {
    return this.#file.sopClasses[sopClassUid] !== undefined;
  }

  /** The top of an object; empty for a SOP class without an IOD in the table. */
  scopeOf(sopClassUid: string): TypeScope {
    const iod = this.#file.sopClasses[sopClassUid];
    if (iod === undefined) return NOTHING;
    let scope = this.#tops.get(iod);
    if (scope === undefined) {
      scope = this.#top(iod);
      this.#tops.set(iod, scope);
    }
    return scope;
  }

  #top(iod: string): TypeScope {
    const modules = (this.#file.iods[iod] ?? []).map((name) => this.#file.modules[name]);
    return this.#scope(modules.filter((node) => node !== undefined));
  }

  /** Scopes are shared by all the places that the same set of nodes describes. */
  #scope(nodes: readonly number[]): TypeScope {
    const key = nodes.join(',');
    let scope = this.#scopes.get(key);
    if (scope === undefined) {
      scope = this.#build(nodes);
      this.#scopes.set(key, scope);
    }
    return scope;
  }

  #build(nodes: readonly number[]): TypeScope {
    const entries = new Map<Tag, Entry>();
    for (const number of nodes) {
      for (const [digits, value] of Object.entries(this.#file.nodes[number] ?? {})) {
        const [type, nested] = typeof value === 'string' ? [value, undefined] : value;
        addEntry(entries, Number.parseInt(digits, 16), type, nested);
      }
    }
    return {
      typeOf: (tag) => entries.get(tag)?.type,
      tags: () => entries.keys(),
      inside: (tag) => {
        const nested = entries.get(tag)?.nested;
        return nested === undefined || nested.length === 0 ? NOTHING : this.#scope(nested);
      },
    };
  }
}

function addEntry(entries: Map<Tag, Entry>, tag: Tag, type: AttributeType, nested: number | undefined): void {
  let entry = entries.get(tag);
  if (entry === undefined) {
    entry = { type, nested: [] };
    entries.set(tag, entry);
  } else if (STRICTNESS[type] < STRICTNESS[entry.type]) {
    entry.type = type;
  }
  if (nested !== undefined && !entry.nested.includes(nested)) entry.nested.push(nested);
}
