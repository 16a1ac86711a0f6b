/** Which kinds of objects the engine can clean as a whole, and what happens to the others. */
import { isStandardUid, uidName } from '../dicom/uids.ts';
import type { Excluded, Quarantined } from './outcome.ts';
import { readTable, type Table } from './read-table.ts';

interface Kind {
  readonly id: string;
  /** Why the engine does not clean it, as a sentence about the object. */
  readonly why: string;
  readonly sopClasses: readonly string[];
  readonly transferSyntaxes?: readonly string[];
}

interface File extends Table {
  readonly cleanable: readonly string[];
  readonly keptBack: readonly Kind[];
}

const file = readTable<File>('object-support.json');

/** The kinds of objects that are kept back, and that a site may choose to leave out instead. */
export const KEPT_BACK_KINDS: readonly string[] = file.keptBack.map(({ id }) => id);

/** The rule by which an object of a kind was left out, as the ledger names it. */
export function exclusionRule(kind: string): string {
  return `excluded-${kind}`;
}

export class ObjectSupport {
  readonly #cleanable: ReadonlySet<string> = new Set(file.cleanable);
  readonly #excluded: ReadonlySet<string>;

  /**
   * @param excluded kinds that are left out by choice instead of being set aside
   * @throws Error when one of them does not exist
   */
  constructor(excluded: readonly string[] = []) {
    const unknown = excluded.find((kind) => !KEPT_BACK_KINDS.includes(kind));
    if (unknown !== undefined) {
      throw new Error(`There is no kind of object "${unknown}" to leave out; there are ${KEPT_BACK_KINDS.join(', ')}.`);
    }
    this.#excluded = new Set(excluded);
  }

  /** Why such an object is not cleaned; undefined when it can be. */
  refusal(sopClassUid: string, transferSyntaxUid: string): Quarantined | Excluded | undefined {
    const kind = file.keptBack.find((candidate) => isOf(candidate, sopClassUid, transferSyntaxUid));
    if (kind !== undefined && this.#excluded.has(kind.id)) return { kind: 'excluded', rule: exclusionRule(kind.id) };
    if (kind === undefined && this.#cleanable.has(sopClassUid)) return undefined;
    if (!isStandardUid(sopClassUid)) {
      return { kind: 'quarantined', cause: 'private-sop-class', detail: 'The SOP class is not one of PS3.4.' };
    }
    const name = uidName(sopClassUid) ?? 'unknown: newer than this version of Gatehouse';
    const why = kind === undefined ? '' : ` ${kind.why}`;
    return { kind: 'quarantined', cause: 'unsupported-object', detail: `The object is of the kind "${name}".${why}` };
  }
}

function isOf({ sopClasses, transferSyntaxes = [] }: Kind, sopClassUid: string, transferSyntaxUid: string): boolean {
  if (sopClasses.includes(sopClassUid)) return true;
  // Fragmentable forms of a video syntax have one component more.
  return transferSyntaxes.some((syntax) => transferSyntaxUid === syntax || transferSyntaxUid.startsWith(`${syntax}.`));
}
