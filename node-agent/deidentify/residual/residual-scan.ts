/**
 * The last gate: searches a de-identified file for the identifying values of its original, in one pass
 * over the raw bytes and in every decoded value. It knows nothing of the rules that made the file.
 *
 * A match in a value is judged by what the value is (`judgement.ts`). A match in the raw bytes that lies in
 * no value - padding, private leftovers, between elements - always counts.
 */
import { open } from 'node:fs/promises';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { tagText } from '../../dicom/dictionary.ts';
import { type Part10Object, readPart10, temporaryBeside } from '../../dicom/part10-reader.ts';
import { effectiveVr, textValues } from '../element-values.ts';
import { fold, isAscii, wordsOf } from '../text/folding.ts';
import { digitCores } from '../text/name-forms.ts';
import type { Vocabulary } from '../text/vocabulary.ts';
import { byteFormsOf } from './byte-forms.ts';
import { ByteScanner } from './byte-scanner.ts';
import { DatesInWords } from './dates-in-words.ts';
import { Judgement, type ScanContext } from './judgement.ts';
import { type Needle, type NeedleKind, needlesOf } from './needles.ts';

export interface ResidualHit {
  /** The path of the element, or the byte offset where no element holds it. Never the value. */
  readonly where: string;
  readonly kind: NeedleKind;
}

const CHUNK = 256 * 1024;
/** Shorter needles appear in samples and compressed pixels by chance. */
const SHORTEST_IN_BULK = 8;
const SHORT_WORD = 4;
const MOST_HITS = 64;
const CODE_VALUE = tagText(0x00080100);
const TEXT_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'PN', 'UR', 'AE', 'CS', 'UN']);
const WORD_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'PN']);

/** Collects the needles of the original and searches the output for them. */
export async function findResidualIdentifiers(
  original: Part10Object,
  output: string,
  vocabulary: Vocabulary,
  ownValues: ReadonlySet<string>,
  fileNames: readonly string[] = [],
): Promise<ResidualHit[]> {
  const needles = needlesOf(original.dataSet, vocabulary, original.meta, fileNames);
  return scanOutput(output, needles, { vocabulary, original: original.dataSet, ownValues });
}

/** @throws DicomParseError when the output itself cannot be read */
export async function scanOutput(
  path: string,
  needles: readonly Needle[],
  context: ScanContext,
): Promise<ResidualHit[]> {
  const output = await readPart10(path, temporaryBeside(path));
  try {
    const scan = new Scan(needles, context);
    if (output.meta !== undefined) scan.walk(output.meta, undefined, '');
    scan.walk(output.dataSet, context.original, '');
    if (output.path === path) {
      await scan.rawPass(path, scan.bulk);
    } else {
      // Deflated: its text stands in the inflated copy. In the compressed bytes short needles turn up by chance.
      await scan.rawPass(path, [{ start: output.dataSetOffset, end: Number.POSITIVE_INFINITY }]);
      await scan.rawPass(output.path, scan.bulk);
    }
    return scan.hits;
  } finally {
    await output.close();
  }
}

class Scan {
  readonly hits: ResidualHit[] = [];
  /** Where values lie that stayed in the file, in the order of the file. */
  readonly bulk: { start: number; end: number }[] = [];
  readonly #needles: readonly Needle[];
  readonly #scanner = new ByteScanner();
  readonly #shortWords = new Map<string, number>();
  /** Needles that count only as whole words. */
  readonly #words = new Map<string, number>();
  readonly #judgement: Judgement;
  readonly #datesInWords: DatesInWords;
  /** Matches per needle that lie in values, to tell them from those that lie outside. */
  readonly #inValues: Uint32Array;

  constructor(needles: readonly Needle[], context: ScanContext) {
    this.#needles = needles;
    this.#judgement = new Judgement(context);
    this.#datesInWords = new DatesInWords(context.original);
    this.#inValues = new Uint32Array(needles.length);
    for (const [number, needle] of needles.entries()) this.#addNeedle(number, needle, context.original);
  }

  walk(dataSet: DataSet, original: DataSet | undefined, prefix: string): void {
    for (const element of dataSet.elements) {
      const { value } = element;
      if (value.kind === 'sequence') {
        const items = original?.items(element.tag) ?? [];
        for (const [index, item] of value.items.entries()) {
          this.walk(item.dataSet, items[index], `${prefix}${tagText(element.tag)}[${index}]/`);
        }
      } else if (value.kind === 'bytes') {
        this.#walkValue(dataSet, element, value.bytes, original, prefix);
      } else {
        const parts = value.kind === 'bulk' ? [value] : value.fragments;
        for (const { offset, length } of parts) this.bulk.push({ start: offset, end: offset + length });
      }
    }
  }

  /** Searches the file from end to end, whatever its structure. */
  async rawPass(path: string, bulk: readonly { start: number; end: number }[]): Promise<void> {
    const inFile = new Uint32Array(this.#needles.length);
    const offsets = new Map<number, number>();
    let range = 0;
    const overlap = Math.max(this.#scanner.longest - 1, 0);
    const handle = await open(path, 'r');
    try {
      const buffer = new Uint8Array(CHUNK + overlap);
      let kept = 0;
      for (let position = 0; ; ) {
        const { bytesRead } = await handle.read(buffer, kept, CHUNK, position);
        if (bytesRead === 0) break;
        const base = position - kept;
        this.#scanner.scan(buffer.subarray(0, kept + bytesRead), kept, ({ needle, start, end }) => {
          while (range < bulk.length && (bulk[range]?.end ?? 0) < base + end) range += 1;
          const inside = bulk[range] !== undefined && base + start >= (bulk[range]?.start ?? 0);
          if (inside && end - start < SHORTEST_IN_BULK) return;
          inFile[needle] = (inFile[needle] ?? 0) + 1;
          offsets.set(needle, base + start);
        });
        position += bytesRead;
        const keep = Math.min(overlap, kept + bytesRead);
        buffer.copyWithin(0, kept + bytesRead - keep, kept + bytesRead);
        kept = keep;
      }
    } finally {
      await handle.close();
    }
    for (const [needle, offset] of offsets) {
      if ((inFile[needle] ?? 0) > (this.#inValues[needle] ?? 0)) this.#hit(`byte ${offset}`, needle);
    }
  }

  #addNeedle(number: number, needle: Needle, original: DataSet): void {
    const { kind, text } = needle;
    if (needle.word === true) {
      this.#words.set(text, number);
      return;
    }
    if (needle.bytes !== undefined) {
      this.#scanner.add(number, needle.bytes);
      return;
    }
    const folded = fold(text);
    const short = text.length < SHORT_WORD || (/^\d+$/.test(text) && text.length < 5);
    if (short) {
      this.#shortWords.set(folded, number);
      if (/^[\x20-\x7e]*$/.test(text)) return;
    }
    for (const spelling of new Set([text, folded, text.toUpperCase()])) {
      for (const bytes of byteFormsOf(spelling, original.characterSet, kind !== 'uid'))
        this.#scanner.add(number, bytes);
    }
  }

  #walkValue(
    dataSet: DataSet,
    element: DataElement,
    bytes: Uint8Array,
    original: DataSet | undefined,
    prefix: string,
  ): void {
    const vr = effectiveVr(element);
    const before = original?.get(element.tag);
    const place = {
      tag: element.tag,
      vr,
      bytes,
      before: before?.value.kind === 'bytes' ? before.value.bytes : undefined,
    };
    const where = prefix + tagText(element.tag);
    this.#scanner.scan(bytes, 0, ({ needle, start, end }) => {
      this.#inValues[needle] = (this.#inValues[needle] ?? 0) + 1;
      const wanted = this.#needles[needle];
      if (wanted !== undefined && !this.#judgement.isHarmless(wanted, place, start, end)) this.#hit(where, needle);
    });
    if (!TEXT_VRS.has(vr)) return;
    for (const text of textValues(dataSet, element, vr)) this.#walkText(text, vr, where);
  }

  /** Comparison forms of the decoded text: accents off for what the raw bytes cannot show, and short words. */
  #walkText(text: string, vr: string, where: string): void {
    if (this.#judgement.isOwnValue(text)) return;
    if (!isAscii(text)) {
      const bytes = Buffer.from(fold(text), 'utf8');
      this.#scanner.scan(bytes, 0, ({ needle, start, end }) => {
        const wanted = this.#needles[needle];
        const place = { tag: 0, vr, bytes, before: undefined };
        if (wanted !== undefined && !this.#judgement.isHarmless(wanted, place, start, end)) this.#hit(where, needle);
      });
    }
    const short = WORD_VRS.has(vr);
    if (short && this.#datesInWords.standIn(text)) this.#hitOf(where, 'date');
    for (const word of wordsOf(fold(text))) {
      const needle = (short ? this.#shortWords.get(word) : undefined) ?? this.#wordNeedle(word, vr, where);
      if (needle !== undefined) this.#hit(where, needle);
    }
  }

  /** Published codes are digits as often as not, and bytes of an unknown kind are no words. */
  #wordNeedle(word: string, vr: string, where: string): number | undefined {
    if (vr === 'UN' || where.endsWith(CODE_VALUE)) return undefined;
    const needle = this.#words.get(word);
    if (needle !== undefined) return needle;
    const digits = digitCores(word).find((digits) => this.#words.has(digits));
    return digits === undefined ? undefined : this.#words.get(digits);
  }

  #hit(where: string, needle: number): void {
    const kind = this.#needles[needle]?.kind;
    if (kind !== undefined) this.#hitOf(where, kind);
  }

  #hitOf(where: string, kind: NeedleKind): void {
    if (this.hits.length >= MOST_HITS) return;
    if (!this.hits.some((hit) => hit.where === where && hit.kind === kind)) this.hits.push({ where, kind });
  }
}
