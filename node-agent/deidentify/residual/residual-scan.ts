/**
 * The last gate: searches a de-identified file for the identifying values of its original, in one pass
 * over the raw bytes and in every decoded value. It knows nothing of the rules that made the file.
 *
 * A match in a value is judged by what the value is (`judgement.ts`). A match in the raw bytes that lies in
 * no value - padding, private leftovers, between elements - always counts.
 */
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { tagText } from '../../dicom/dictionary.ts';
import { readPart10, temporaryBeside } from '../../dicom/part10-reader.ts';
import { effectiveVr, textValues } from '../element-values.ts';
import { fold, isAscii, wordsOf } from '../text/folding.ts';
import { digitCores } from '../text/name-forms.ts';
import type { DatesInWords } from './dates-in-words.ts';
import { Judgement, type ScanContext } from './judgement.ts';
import type { NeedleKind } from './needles.ts';
import { type Span, searchFile } from './raw-search.ts';
import type { ObjectTargets, Original, SearchMemory } from './search-memory.ts';
import type { SearchTargets } from './search-targets.ts';

export interface ResidualHit {
  /** The path of the element, or the byte offset where no element holds it. Never the value. */
  readonly where: string;
  readonly kind: NeedleKind;
}

const MOST_HITS = 64;
const CODE_VALUE = tagText(0x00080100);
const TEXT_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'PN', 'UR', 'AE', 'CS', 'UN']);
const WORD_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'PN']);

/**
 * Searches the output for every identifying value of the original.
 * @param fileNames paths under which the original was stored where it came from
 * @throws DicomParseError when the output itself cannot be read
 */
export async function findResidualIdentifiers(
  original: Original,
  output: string,
  memory: SearchMemory,
  ownValues: ReadonlySet<string>,
  fileNames: readonly string[] = [],
): Promise<ResidualHit[]> {
  const { vocabulary } = memory;
  const context = { vocabulary, original: original.dataSet, ownValues };
  // Asked for only when the output is open: from there on nothing gives way to another object.
  return scanOutput(output, () => memory.targetsOf(original, fileNames), context);
}

/** @throws DicomParseError when the output itself cannot be read */
export async function scanOutput(
  path: string,
  targetsOf: () => ObjectTargets,
  context: ScanContext,
): Promise<ResidualHit[]> {
  const output = await readPart10(path, { ...temporaryBeside(path), blocking: true });
  try {
    const scan = new Scan(targetsOf(), context);
    if (output.meta !== undefined) scan.walk(output.meta, undefined, '');
    scan.walk(output.dataSet, context.original, '');
    if (output.path === path) {
      scan.rawPass(output.descriptor ?? path, scan.bulk);
    } else {
      // Deflated: its text stands in the inflated copy. In the compressed bytes short needles turn up by chance.
      scan.rawPass(path, [{ start: output.dataSetOffset, end: Number.POSITIVE_INFINITY }]);
      scan.rawPass(output.path, scan.bulk);
    }
    return scan.hits;
  } finally {
    await output.close();
  }
}

class Scan {
  readonly hits: ResidualHit[] = [];
  /** Where values lie that stayed in the file, in the order of the file. */
  readonly bulk: Span[] = [];
  readonly #targets: SearchTargets;
  readonly #judgement: Judgement;
  readonly #datesInWords: readonly DatesInWords[];
  /** Matches per needle that lie in values, to tell them from those that lie outside. */
  readonly #inValues: Uint32Array;

  constructor({ targets, dates }: ObjectTargets, context: ScanContext) {
    this.#targets = targets;
    this.#judgement = new Judgement(context);
    this.#datesInWords = dates;
    this.#inValues = new Uint32Array(targets.needles.length);
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
  rawPass(file: string | number, bulk: readonly Span[]): void {
    const inFile = new Uint32Array(this.#targets.needles.length);
    const offsets = new Map<number, number>();
    searchFile(file, bulk, this.#targets.scanner, (needle, offset) => {
      inFile[needle] = (inFile[needle] ?? 0) + 1;
      offsets.set(needle, offset);
    });
    for (const [needle, offset] of offsets) {
      if ((inFile[needle] ?? 0) > (this.#inValues[needle] ?? 0)) this.#hit(`byte ${offset}`, needle);
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
    this.#targets.scanner.scan(bytes, ({ needle, start, end }) => {
      this.#inValues[needle] = (this.#inValues[needle] ?? 0) + 1;
      const wanted = this.#targets.needles[needle];
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
      this.#targets.scanner.scan(bytes, ({ needle, start, end }) => {
        const wanted = this.#targets.needles[needle];
        const place = { tag: 0, vr, bytes, before: undefined };
        if (wanted !== undefined && !this.#judgement.isHarmless(wanted, place, start, end)) this.#hit(where, needle);
      });
    }
    const short = WORD_VRS.has(vr);
    if (short && this.#datesInWords.some((dates) => dates.standIn(text))) this.#hitOf(where, 'date');
    for (const word of wordsOf(fold(text))) {
      const needle = (short ? this.#targets.shortWord(word) : undefined) ?? this.#wordNeedle(word, vr, where);
      if (needle !== undefined) this.#hit(where, needle);
    }
  }

  /** Published codes are digits as often as not, and bytes of an unknown kind are no words. */
  #wordNeedle(word: string, vr: string, where: string): number | undefined {
    if (vr === 'UN' || where.endsWith(CODE_VALUE)) return undefined;
    for (const form of [word, ...digitCores(word)]) {
      const needle = this.#targets.word(form);
      if (needle !== undefined) return needle;
    }
    return undefined;
  }

  #hit(where: string, needle: number): void {
    const kind = this.#targets.needles[needle]?.kind;
    if (kind !== undefined) this.#hitOf(where, kind);
  }

  #hitOf(where: string, kind: NeedleKind): void {
    if (this.hits.length >= MOST_HITS) return;
    if (!this.hits.some((hit) => hit.where === where && hit.kind === kind)) this.hits.push({ where, kind });
  }
}
