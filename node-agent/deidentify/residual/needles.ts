/**
 * What the residual scan looks for: every identifying value of the original. Collected from the input
 * alone, without the plan and without the profile, so that a mistake in a rule cannot hide itself.
 */
import type { DataElement, DataSet, Tag } from '../../dicom/data-set.ts';
import { effectiveVr, textsAt, textValues } from '../element-values.ts';
import { readTable, type Table } from '../read-table.ts';
import { identifyingText } from '../structured/content-concepts.ts';
import { fold, isAscii, wordsOf } from '../text/folding.ts';
import { digitCores, joinedForms, sixDigitDates, transliterations } from '../text/name-forms.ts';
import { nationalIdentifiersIn } from '../text/national-identifiers.ts';
import type { Vocabulary } from '../text/vocabulary.ts';
import { isPublicUid } from '../uid-replacement.ts';
import { spellingsOfPath } from './source-names.ts';
import { dateSpellings, nameSpellings, nameWithId } from './spellings.ts';

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
  /** Folded, and found only as a whole word of a text: other values may hold the same characters by chance. */
  readonly word?: true;
}

interface File extends Table {
  readonly kinds: Readonly<Record<string, readonly string[]>>;
}

const KINDS: ReadonlyMap<Tag, NeedleKind> = new Map(
  Object.entries(readTable<File>('identifying-attributes.json').kinds).flatMap(([kind, tags]) =>
    tags.map((digits): [Tag, NeedleKind] => [Number.parseInt(digits, 16), kind as NeedleKind]),
  ),
);
const FREE_TEXT_VRS: ReadonlySet<string> = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'UR']);
/** Code values are numbers as often as not, and remain where they are published. */
const CODES: ReadonlySet<Tag> = new Set([0x00080100, 0x00080119, 0x00080120]);
const ADDRESS = /[\w.+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|(?:https?|ftp|file|ldap):\/\/[^\s"<>]+/giu;
const WORDY: ReadonlySet<NeedleKind> = new Set<NeedleKind>(['institution', 'address']);
/** Kinds whose digits alone still point to the patient. */
const NUMBERED: ReadonlySet<NeedleKind> = new Set<NeedleKind>(['id', 'accession']);
const SHORTEST = 3;
const SHORTEST_PLACE_WORD = 5;
const SHORTEST_UID = 6;
const SHORTEST_LONG_NUMBER = 8;
/** Manufacturer and Manufacturer's Model Name, after which exports are called and which stay. */
const DEVICE = [0x00080070, 0x00081090];
const MEDIA_STORAGE_INSTANCE = 0x00020003;
export const PATIENT_NAME = 0x00100010;
export const PATIENT_ID = 0x00100020;

/** An element that is in memory or a sequence, in the data set whose top it stands at. */
export interface OriginalElement {
  readonly dataSet: DataSet;
  readonly element: DataElement;
}

/** Of File Meta Information, only what names an instance or an application: the rest is about encoding. */
export function identifiesInMeta({ tag }: DataElement): boolean {
  return tag === MEDIA_STORAGE_INSTANCE || KINDS.has(tag);
}

/** Collects the spellings of each value once. */
export class NeedleCollection {
  readonly needles: Needle[] = [];
  readonly #known = new Set<string>();
  readonly #vocabulary: Vocabulary;
  readonly #before: NeedleCollection | undefined;

  /** @param before a collection whose needles are not collected again */
  constructor(vocabulary: Vocabulary, before?: NeedleCollection) {
    this.#vocabulary = vocabulary;
    this.#before = before;
  }

  /** What an element says, and everything inside it. */
  collect({ dataSet, element }: OriginalElement): void {
    const { value } = element;
    if (value.kind === 'sequence') {
      for (const item of value.items)
        for (const nested of item.dataSet.elements) this.collect({ dataSet: item.dataSet, element: nested });
    } else if (value.kind === 'bytes' && value.bytes.length > 0) {
      this.#collectElement(dataSet, element);
    }
  }

  /** The patient's name and ID side by side, as encoders write them into comments. */
  collectPatient(dataSet: DataSet): void {
    const [name] = textsAt(dataSet, PATIENT_NAME);
    const [id] = textsAt(dataSet, PATIENT_ID);
    if (!name || !id || id.length >= SHORTEST_LONG_NUMBER) return;
    for (const spelling of nameWithId(name, id)) this.add('name', spelling);
  }

  /**
   * The names of the paths under which the original was stored where it came from.
   * @param retained what stays of it on purpose: with the names of the device, after which exports are called as well, they
   *   are not searched for
   */
  collectFileNames(dataSet: DataSet, fileNames: readonly string[], retained: DataSet | undefined): void {
    if (fileNames.length === 0) return;
    const staying = [
      ...devicesOf(dataSet),
      ...(retained?.elements ?? []).flatMap((element) => textValues(dataSet, element, effectiveVr(element))),
    ];
    const known = new Set(staying.flatMap(wordsOf).map(fold));
    for (const name of fileNames) {
      for (const spelling of spellingsOfPath(name, (word) => known.has(word) || this.#vocabulary.allows(word)))
        this.add('file-name', spelling);
    }
  }

  /** Adds a spelling once. Words that describe images identify nobody by themselves, not even as a name. */
  add(kind: NeedleKind, text: string, bytes?: Uint8Array): void {
    const key = `${kind} ${text}`;
    if (text.length < 2 || this.#isKnown(key) || this.#vocabulary.has(fold(text))) return;
    this.#known.add(key);
    this.needles.push(bytes === undefined ? { kind, text } : { kind, text, bytes });
  }

  #addWord(kind: NeedleKind, word: string): void {
    const key = `word ${word}`;
    if (this.#isKnown(key) || this.#vocabulary.has(word)) return;
    this.#known.add(key);
    this.needles.push({ kind, text: word, word: true });
  }

  #isKnown(key: string): boolean {
    if (this.#known.has(key)) return true;
    return this.#before === undefined ? false : this.#before.#isKnown(key);
  }

  /** By the VR of PS3.6 and by that of the stream: neither may hide what the other shows. */
  #collectElement(dataSet: DataSet, element: DataElement): void {
    const vr = effectiveVr(element);
    const kind = KINDS.get(element.tag) ?? identifyingText(dataSet, element.tag);
    const either = (wanted: string): boolean => vr === wanted || element.vr === wanted;
    if (either('PN') || kind === 'name') this.#addNames(dataSet, element);
    if (either('UI')) this.#addUids(dataSet, element);
    if (either('DA') || either('DT')) this.#addDates(dataSet, element);
    if (kind !== undefined && kind !== 'name' && vr !== 'UI') {
      for (const value of textValues(dataSet, element, vr)) this.#addText(kind, value);
      this.#addRaw(kind, element, / {2,}|[\\\0]+/);
    }
    if (FREE_TEXT_VRS.has(vr) && !CODES.has(element.tag)) {
      for (const value of textValues(dataSet, element, vr)) this.#addFromText(value);
    }
  }

  /** What gives somebody away wherever it stands: addresses on the net, and national numbers with a check character. */
  #addFromText(text: string): void {
    for (const [address] of text.matchAll(ADDRESS)) this.add('address', address);
    for (const number of nationalIdentifiersIn(text)) {
      this.add('id', number);
      const compact = number.replace(/[ ./-]/g, '');
      if (compact !== number) this.add('id', compact);
    }
  }

  #addNames(dataSet: DataSet, element: DataElement): void {
    for (const value of textValues(dataSet, element, 'PN')) {
      for (const spelling of nameSpellings(value, (word) => this.#vocabulary.has(fold(word))))
        this.add('name', spelling);
      for (const form of joinedForms(value)) this.#addWord('name', form);
      for (const word of wordsOf(value)) {
        for (const form of transliterations(word)) this.#addWord('name', form);
      }
    }
    this.#addRaw('name', element, /[\^=\\ \0]+/);
  }

  /** The parts as they stood, where a text comparison could miss them: with bytes beyond ASCII or escape sequences. */
  #addRaw(kind: NeedleKind, element: DataElement, separators: RegExp): void {
    if (element.value.kind !== 'bytes' || element.value.bytes.every((byte) => byte < 0x80 && byte !== 0x1b)) return;
    const raw = Buffer.from(element.value.bytes).toString('latin1');
    for (const part of raw.split(separators)) {
      if (!isAscii(part) || part.includes('\u001b')) this.add(kind, part, Buffer.from(part, 'latin1'));
    }
  }

  #addUids(dataSet: DataSet, element: DataElement): void {
    for (const uid of textValues(dataSet, element, 'UI')) {
      if (uid.length >= SHORTEST_UID && !isPublicUid(element.tag, uid)) this.add('uid', uid);
    }
  }

  #addDates(dataSet: DataSet, element: DataElement): void {
    for (const value of textValues(dataSet, element, 'DA')) {
      for (const spelling of dateSpellings(value)) this.add('date', spelling);
      for (const spelling of sixDigitDates(value)) this.#addWord('date', spelling);
    }
  }

  #addText(kind: NeedleKind, value: string): void {
    const text = value.trim();
    if (text.length < SHORTEST) return;
    this.add(kind, text);
    const compact = text.replace(/[\s()/.\-_]+/g, '');
    if (compact !== text && /\d{5,}/.test(compact)) this.add(kind, compact);
    if (NUMBERED.has(kind)) {
      for (const digits of digitCores(text)) {
        this.#addWord(kind, digits);
        if (digits.length >= SHORTEST_LONG_NUMBER) this.add(kind, digits);
      }
    }
    if (!WORDY.has(kind)) return;
    for (const word of wordsOf(text)) if (word.length >= SHORTEST_PLACE_WORD) this.add(kind, word);
  }
}

/** The names of the devices that an object names anywhere. */
function devicesOf(dataSet: DataSet): string[] {
  const nested = dataSet.elements.flatMap(({ value }) => (value.kind === 'sequence' ? value.items : []));
  return [...DEVICE.flatMap((tag) => textsAt(dataSet, tag)), ...nested.flatMap((item) => devicesOf(item.dataSet))];
}
