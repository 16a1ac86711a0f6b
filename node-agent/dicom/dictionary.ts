/** The data element dictionary of PS3.6, with the repeating groups and the conventions for odd groups. */

import { readDataFile } from './data-file.ts';
import type { Tag } from './data-set.ts';

interface DictionaryEntry {
  readonly keyword: string;
  readonly name: string;
  /** As the standard writes it: 'US or SS' where the VR depends on other attributes. */
  readonly vr: string;
  readonly vm: string;
  readonly retired: boolean;
}

type Row = readonly [tag: string, vr: string, vm: string, keyword: string, name: string, retired: 0 | 1];

interface RepeatingEntry {
  readonly mask: number;
  readonly pattern: number;
  readonly entry: DictionaryEntry;
}

const table = readDataFile<{ readonly elements: readonly Row[]; readonly repeating: readonly Row[] }>(
  'dictionary.json',
);
const ENTRIES = new Map<Tag, DictionaryEntry>();
const TAGS = new Map<string, Tag>();
for (const row of table.elements) {
  const tag = Number.parseInt(row[0], 16);
  ENTRIES.set(tag, entryOf(row));
  TAGS.set(row[3], tag);
}
const REPEATING: readonly RepeatingEntry[] = table.repeating.map((row) => ({
  mask: Number.parseInt(row[0].replace(/[^x]/g, 'f').replaceAll('x', '0'), 16) >>> 0,
  pattern: Number.parseInt(row[0].replaceAll('x', '0'), 16) >>> 0,
  entry: entryOf(row),
}));

/** What PS3.6 says about a tag; undefined for private and unknown tags. */
export function lookup(tag: Tag): DictionaryEntry | undefined {
  const entry = ENTRIES.get(tag);
  if (entry !== undefined || isPrivate(tag)) return entry;
  return REPEATING.find(({ mask, pattern }) => (tag & mask) >>> 0 === pattern)?.entry;
}

/** The tag of an attribute by its keyword, e.g. 'PatientID'. @throws Error when PS3.6 has no such keyword */
export function tagOf(keyword: string): Tag {
  const tag = TAGS.get(keyword);
  if (tag === undefined) throw new Error(`PS3.6 has no attribute with the keyword "${keyword}".`);
  return tag;
}

/** The tags of PS3.6 whose entry is wanted, without the repeating groups. */
export function tagsWhere(wanted: (entry: DictionaryEntry, tag: Tag) => boolean): Tag[] {
  return [...ENTRIES].flatMap(([tag, entry]) => (wanted(entry, tag) ? [tag] : []));
}

const HEXADECIMAL: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The group of a tag, four lower-case hexadecimal digits. */
export function groupText(tag: Tag): string {
  return `${HEXADECIMAL[tag >>> 24]}${HEXADECIMAL[(tag >>> 16) & 0xff]}`;
}

/** '(gggg,eeee)' in lower-case hexadecimal. */
export function tagText(tag: Tag): string {
  return `(${groupText(tag)},${HEXADECIMAL[(tag >>> 8) & 0xff]}${HEXADECIMAL[tag & 0xff]})`;
}

/** Whether the group is odd (PS3.5 §7.8). */
export function isPrivate(tag: Tag): boolean {
  return ((tag >>> 16) & 1) === 1;
}

/** Whether this is a private creator element, (gggg,0010-00FF) with gggg odd (PS3.5 §7.8.1). */
function isPrivateCreator(tag: Tag): boolean {
  const element = tag & 0xffff;
  return isPrivate(tag) && element >= 0x10 && element <= 0xff;
}

/** What decides between the VRs that the dictionary offers for one attribute. */
export interface VrContext {
  /** Whether the Pixel Representation (0028,0103) that applies means signed; read only where it matters. */
  readonly signed: boolean;
  /** Whether the value is encapsulated (PS3.5 §A.4). */
  readonly encapsulated: boolean;
}

/** The VR that applies where the stream does not carry one (PS3.5 Annex A.1); 'UN' when unknown. */
export function impliedVr(tag: Tag, context: VrContext): string {
  if ((tag & 0xffff) === 0) return 'UL';
  if (isPrivateCreator(tag)) return 'LO';
  const vr = lookup(tag)?.vr ?? 'UN';
  switch (vr) {
    case 'US or SS':
      return context.signed ? 'SS' : 'US';
    case 'OB or OW':
      return context.encapsulated ? 'OB' : 'OW';
    case 'US or OW':
    case 'US or SS or OW':
      return 'OW';
    case 'NONE':
      return 'UN';
    default:
      return vr;
  }
}

function entryOf(row: Row): DictionaryEntry {
  return { vr: row[1], vm: row[2], keyword: row[3], name: row[4], retired: row[5] === 1 };
}
