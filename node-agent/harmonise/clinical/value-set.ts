/** Whether a code may stand in a column of the common data model, and how it stands in the cell. */
import type { ModelColumn, ModelRange } from '../common-data-model.ts';
import type { HyperOntology, OntologyRange } from '../ontology/hyper-ontology.ts';

export interface CellCode {
  /** As the cell has it: `EUCAIM:COM1001366`, `ICDO3:8500/3`. */
  readonly cell: string;
  readonly code: string;
  readonly label: string;
}

/**
 * @param text an EUCAIM code of either generation, with or without its prefix, or `SYSTEM:code` of a system the column takes
 * @returns undefined where the column does not allow it
 */
export function codeInColumn(ontology: HyperOntology, column: ModelColumn, text: string): CellCode | undefined {
  const [, prefix, rest] = /^([A-Z0-9]+):(.+)$/u.exec(text) ?? [];
  if (prefix !== undefined && prefix !== 'EUCAIM') {
    const system = column.range?.systems.find((one) => one.prefix === prefix);
    if (system === undefined || !new RegExp(system.pattern, 'u').test(rest ?? '')) return undefined;
    return { cell: text, code: text, label: text };
  }
  const bare = text.replace(/^EUCAIM:/u, '');
  const listed = column.values?.find(({ code }) => code === (column.older[bare] ?? bare));
  if (listed !== undefined) return { cell: `EUCAIM:${listed.code}`, ...listed };
  const found = ontology.find(bare);
  if (found === undefined || column.range === undefined || !isInRange(ontology, column.range, found)) return undefined;
  return { cell: `EUCAIM:${found.code}`, code: found.code, label: found.label };
}

type Found = NonNullable<ReturnType<HyperOntology['find']>>;

/** By the ontology's own range where it is sure of it; what a list of the project lacks is told by family and domain of the code. */
function isInRange(ontology: HyperOntology, range: ModelRange, { code, omopDomain }: Found): boolean {
  if (range.also.includes(code)) return true;
  const known = rangeOf(ontology, range.root);
  if (known?.codes.has(code) || known?.certain === true) return known.codes.has(code);
  const family = /^[A-Z]+/u.exec(code)?.[0] ?? '';
  return range.families.includes(family) && (range.domains.length === 0 || range.domains.includes(omopDomain ?? ''));
}

type Ranges = Map<string, OntologyRange | undefined>;
/** A range is put together of thousands of classes, and asked for with every cell. */
const ranges = new WeakMap<HyperOntology, Ranges>();

function rangeOf(ontology: HyperOntology, root: string): OntologyRange | undefined {
  const known: Ranges = ranges.get(ontology) ?? new Map();
  ranges.set(ontology, known);
  if (!known.has(root)) known.set(root, ontology.range(root));
  return known.get(root);
}
