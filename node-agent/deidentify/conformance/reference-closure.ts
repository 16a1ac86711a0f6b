/** Whether what an object says about itself holds: every number, name or UID that refers to a part of it finds that part. */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import { tagOf, tagText } from '../../dicom/dictionary.ts';
import { readTable, type Table } from '../read-table.ts';

interface File extends Table {
  readonly references: readonly {
    readonly what: string;
    readonly reference: string;
    readonly definedIn: string;
    readonly key: string;
  }[];
  readonly evidence: { readonly tree: string; readonly reference: string; readonly listedIn: readonly string[] };
}

const tag = (digits: string): Tag => Number.parseInt(digits, 16);
const file = readTable<File>('reference-closure.json');
const REFERENCES = file.references.map(({ what, reference, definedIn, key }) => ({
  what,
  reference: tag(reference),
  definedIn: tag(definedIn),
  key: tag(key),
}));
const EVIDENCE = {
  tree: tag(file.evidence.tree),
  reference: tag(file.evidence.reference),
  listedIn: file.evidence.listedIn.map(tag),
};
const CONTENT_ITEM = tagOf('ReferencedContentItemIdentifier');

/** One line for each kind of reference of which one or more lead nowhere, with their number; never a value. */
export function openReferences(dataSet: DataSet): string[] {
  const open: string[] = [];
  const report = (reference: Tag, what: string, count: number): void => {
    if (count > 0) open.push(`${tagText(reference)}: ${count} references without their ${what}`);
  };
  for (const { what, reference, definedIn, key } of REFERENCES) {
    if (!dataSet.has(definedIn)) continue;
    const defined = new Set(dataSet.items(definedIn).flatMap((item) => item.strings(key).concat(numbers(item, key))));
    const missing = valuesOf(dataSet, reference, definedIn).filter((value) => !defined.has(value));
    report(reference, what, missing.length);
  }
  if (dataSet.has(EVIDENCE.tree)) {
    const listed = new Set(
      EVIDENCE.listedIn.flatMap((sequence) =>
        dataSet.items(sequence).flatMap((item) => valuesOf(item, EVIDENCE.reference)),
      ),
    );
    const named = dataSet.items(EVIDENCE.tree).flatMap((item) => valuesOf(item, EVIDENCE.reference));
    report(EVIDENCE.reference, 'evidence', named.filter((uid) => !listed.has(uid)).length);
    report(CONTENT_ITEM, 'content item', openContentItems(dataSet, dataSet));
  }
  return open;
}

/** The values of an attribute at every depth, outside the sequence that defines them. */
function valuesOf(dataSet: DataSet, wanted: Tag, except?: Tag): string[] {
  return dataSet.elements.flatMap(({ tag: at, value }) => {
    if (at === wanted) return dataSet.strings(wanted).concat(numbers(dataSet, wanted));
    if (value.kind !== 'sequence' || at === except) return [];
    return value.items.flatMap((item) => valuesOf(item.dataSet, wanted, except));
  });
}

/** Binary numbers as text; what is text already is read as such. */
function numbers(dataSet: DataSet, wanted: Tag): string[] {
  return dataSet.strings(wanted).length > 0 ? [] : dataSet.numbers(wanted).map(String);
}

/** By-reference relationships (PS3.3 §C.17.3.2.5): the path of item numbers from the root, which is 1. */
function openContentItems(root: DataSet, item: DataSet): number {
  let open = 0;
  const [start, ...path] = item.numbers(CONTENT_ITEM);
  if (start !== undefined) {
    let at: DataSet | undefined = root;
    for (const number of path) at = at?.items(EVIDENCE.tree)[number - 1];
    if (at === undefined) open += 1;
  }
  return item.items(EVIDENCE.tree).reduce((sum, child) => sum + openContentItems(root, child), open);
}
