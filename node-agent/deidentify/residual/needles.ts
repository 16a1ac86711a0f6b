/**
 * What the residual scan looks for: every identifying value of the original. Collected from the input
 * alone, without the plan and without the profile, so that a mistake in a rule cannot hide itself.
 */
import type { DataElement, DataSet, Tag } from '../../dicom/data-set.ts';
import { effectiveVr, textValues } from '../element-values.ts';
import { readTable, type Table } from '../read-table.ts';
import { fold, isAscii, wordsOf } from '../text/folding.ts';
import type { Vocabulary } from '../text/vocabulary.ts';
import { isPublicUid } from '../uid-replacement.ts';
import { dateSpellings, nameSpellings } from './spellings.ts';

export type NeedleKind =
  | 'name'
  | 'id'
  | 'accession'
  | 'date'
  | 'uid'
  | 'institution'
  | 'address'
  | 'phone'
  | 'device-serial'
  | 'station'
  | 'file-name';

export interface Needle {
  readonly kind: NeedleKind;
  /** The spelling to look for. */
  readonly text: string;
  /** Bytes as they stood in the original, where no encoder can produce them again (ISO 2022). */
  readonly bytes?: Uint8Array;
}

interface File extends Table {
  readonly kinds: Readonly<Record<string, readonly string[]>>;
}

const KINDS: ReadonlyMap<Tag, NeedleKind> = new Map(
  Object.entries(readTable<File>('identifying-attributes.json').kinds).flatMap(([kind, tags]) =>
    tags.map((digits): [Tag, NeedleKind] => [Number.parseInt(digits, 16), kind as NeedleKind]),
  ),
);
const TEXT_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'AE', 'CS']);
const WORDY: ReadonlySet<NeedleKind> = new Set<NeedleKind>(['institution', 'address']);
const SHORTEST = 3;
const SHORTEST_PLACE_WORD = 5;
const SHORTEST_UID = 6;
const SHORTEST_FILE_NAME = 6;

/**
 * @param meta File Meta Information of the original
 * @param fileNames names under which the original was stored
 */
export function needlesOf(
  dataSet: DataSet,
  vocabulary: Vocabulary,
  meta?: DataSet,
  fileNames: readonly string[] = [],
): Needle[] {
  const collection = new Collection(vocabulary);
  collection.collect(dataSet);
  if (meta !== undefined) collection.collectMeta(meta);
  for (const name of fileNames) {
    const stem = name.replace(/\.[A-Za-z0-9]{1,5}$/, '');
    if (stem.length >= SHORTEST_FILE_NAME) collection.add('file-name', stem);
  }
  return collection.needles;
}

class Collection {
  readonly needles: Needle[] = [];
  readonly #known = new Set<string>();
  readonly #vocabulary: Vocabulary;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  collect(dataSet: DataSet): void {
    for (const element of dataSet.elements) {
      if (element.value.kind === 'sequence') {
        for (const item of element.value.items) this.collect(item.dataSet);
      } else if (element.value.kind === 'bytes' && element.value.bytes.length > 0) {
        this.#collectElement(dataSet, element);
      }
    }
  }

  /** Of the meta, only what names an instance or an application: the rest is about encoding. */
  collectMeta(meta: DataSet): void {
    for (const element of meta.elements) {
      const instance = element.tag === 0x00020003;
      if (instance || KINDS.has(element.tag)) this.#collectElement(meta, element);
    }
  }

  /** Adds a spelling once. Words that describe images identify nobody by themselves, not even as a name. */
  add(kind: NeedleKind, text: string, bytes?: Uint8Array): void {
    const key = `${kind} ${text}`;
    if (text.length < 2 || this.#known.has(key) || this.#vocabulary.has(fold(text))) return;
    this.#known.add(key);
    this.needles.push(bytes === undefined ? { kind, text } : { kind, text, bytes });
  }

  #collectElement(dataSet: DataSet, element: DataElement): void {
    const vr = effectiveVr(element);
    const kind = KINDS.get(element.tag);
    if (vr === 'PN') this.#addNames(dataSet, element);
    else if (vr === 'UI') this.#addUids(dataSet, element);
    else if (vr === 'DA' || vr === 'DT') this.#addDates(dataSet, element, vr);
    else if (kind !== undefined && TEXT_VRS.has(vr)) {
      for (const value of textValues(dataSet, element, vr)) this.#addText(kind, value);
    }
  }

  #addNames(dataSet: DataSet, element: DataElement): void {
    for (const value of textValues(dataSet, element, 'PN')) {
      for (const spelling of nameSpellings(value, (word) => this.#vocabulary.has(fold(word))))
        this.add('name', spelling);
    }
    if (element.value.kind !== 'bytes' || element.value.bytes.every((byte) => byte < 0x80 && byte !== 0x1b)) return;
    const raw = Buffer.from(element.value.bytes).toString('latin1');
    for (const part of raw.split(/[\^=\\ \0]+/)) {
      // Only what a text comparison could miss: parts with bytes beyond ASCII or with escape sequences.
      if (!isAscii(part) || part.includes('\u001b')) this.add('name', part, Buffer.from(part, 'latin1'));
    }
  }

  #addUids(dataSet: DataSet, element: DataElement): void {
    for (const uid of textValues(dataSet, element, 'UI')) {
      if (uid.length >= SHORTEST_UID && !isPublicUid(element.tag, uid)) this.add('uid', uid);
    }
  }

  #addDates(dataSet: DataSet, element: DataElement, vr: string): void {
    for (const value of textValues(dataSet, element, vr)) {
      for (const spelling of dateSpellings(value)) this.add('date', spelling);
    }
  }

  #addText(kind: NeedleKind, value: string): void {
    const text = value.trim();
    if (text.length < SHORTEST) return;
    this.add(kind, text);
    const compact = text.replace(/[\s()/.\-_]+/g, '');
    if (compact !== text && /\d{5,}/.test(compact)) this.add(kind, compact);
    if (!WORDY.has(kind)) return;
    for (const word of wordsOf(text)) if (word.length >= SHORTEST_PLACE_WORD) this.add(kind, word);
  }
}
