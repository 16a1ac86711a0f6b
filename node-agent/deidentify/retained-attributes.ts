/** The room's own judgement of attributes that Table E.1-1 does not list. */
import type { Tag } from '../dicom/data-set.ts';
import { readTable, type Table } from './read-table.ts';

interface File extends Table {
  readonly guardedText: { readonly tags: readonly string[] };
  readonly codedText: { readonly tags: readonly string[] };
  readonly typedCodes: { readonly tags: readonly string[] };
  readonly removed: { readonly tags: readonly string[] };
  readonly binaryGroups: { readonly groups: readonly string[] };
  readonly classUids: { readonly tags: readonly string[] };
  readonly schemeUids: { readonly uids: readonly string[] };
  readonly conditions: { readonly whenPresent: Readonly<Record<string, readonly string[]>> };
}

interface EnumeratedFile extends Table {
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const file = readTable<File>('retained-attributes.json');

/** Texts about equipment and processing: kept but for what identifies. */
export const GUARDED_TEXT = tags(file.guardedText.tags);
/** The text parts of a coded entry (PS3.3 §8.8). */
export const CODED_TEXT = tags(file.codedText.tags);
/** Codes (CS) without defined terms: their values are words that people type. */
export const TYPED_CODES = tags(file.typedCodes.tags);
export const REMOVED_UNLISTED = tags(file.removed.tags);
/** UI attributes that name classes, syntaxes and schemes rather than instances. */
export const CLASS_UIDS = tags(file.classUids.tags);
const BINARY_GROUPS: ReadonlySet<number> = new Set(file.binaryGroups.groups.map((group) => Number.parseInt(group, 16)));
const SCHEME_UIDS: ReadonlySet<string> = new Set(file.schemeUids.uids);
/** Codes (CS) of which only these values say nothing else. */
export const ENUMERATED_VALUES: ReadonlyMap<Tag, ReadonlySet<string>> = new Map(
  Object.entries(readTable<EnumeratedFile>('enumerated-values.json').values).map(([digits, values]) => [
    Number.parseInt(digits, 16),
    new Set(values),
  ]),
);

const CONDITIONS: ReadonlyMap<Tag, readonly Tag[]> = new Map(
  Object.entries(file.conditions.whenPresent).map(([digits, others]) => [
    Number.parseInt(digits, 16),
    others.map((other) => Number.parseInt(other, 16)),
  ]),
);

/** Attributes any of which makes this one, of type 2C, required. */
export function conditionsOf(tag: Tag): readonly Tag[] {
  return CONDITIONS.get(tag) ?? [];
}

/** Whether binary values of this tag are samples, tables or coordinates. */
export function mayHoldSamples(tag: Tag): boolean {
  return BINARY_GROUPS.has(tag >>> 16);
}

/** Whether the UID is that of a public coding scheme. */
export function isSchemeUid(uid: string): boolean {
  return SCHEME_UIDS.has(uid);
}

function tags(digits: readonly string[]): ReadonlySet<Tag> {
  return new Set(digits.map((text) => Number.parseInt(text, 16)));
}
