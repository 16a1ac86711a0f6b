/** Reads the elements of a data set from a file, nested sequences and fragments included (PS3.5 §7). */

import type { ByteWindow } from './byte-window.ts';
import type {
  BulkValue,
  BytesValue,
  DataElement,
  DataSet,
  ElementValue,
  Encoding,
  SequenceItem,
  SequenceValue,
  Tag,
} from './data-set.ts';
import { impliedVr, lookup, tagText } from './dictionary.ts';
import {
  type ElementHeader,
  isItemTag,
  LONG_HEADER,
  readHeader,
  readOddHeader,
  SHORT_HEADER,
  tagAt,
} from './element-header.ts';
import type { Findings } from './findings.ts';
import { DicomParseError } from './parse-error.ts';
import { type Frame, newFrame, vrContext } from './parse-frame.ts';
import type { ReadLimits } from './read-limits.ts';
import {
  DOUBLE_FLOAT_PIXEL_DATA,
  FLOAT_PIXEL_DATA,
  ITEM,
  ITEM_DELIMITATION,
  PIXEL_DATA,
  SEQUENCE_DELIMITATION,
  UNDEFINED_LENGTH,
} from './tags.ts';
import { mayBePadding, onlyZerosFrom } from './trailing-padding.ts';
import { valueRepresentation } from './value-representation.ts';

/** Asked before each element of the outermost data set; the tag is undefined when fewer than four bytes are left. */
export type StopCondition = (position: number, tag: Tag | undefined, elements: readonly DataElement[]) => boolean;

type Extent = 'outermost' | 'defined' | 'delimited';

const EMPTY: BytesValue = { kind: 'bytes', bytes: new Uint8Array(0) };
const IMPLICIT_LITTLE_ENDIAN: Encoding = { explicit: false, littleEndian: true };
const PIXEL_DATA_TAGS: ReadonlySet<Tag> = new Set([PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA]);
/** What is wrong with bytes that are no items after all; the limits hold whatever the bytes are. */
const KEPT_AS_BYTES: ReadonlySet<string> = new Set(['malformed', 'truncated']);
const FRAGMENTED_VRS: ReadonlySet<string> = new Set(['OB', 'OW']);

export class DataSetParser {
  readonly #file: ByteWindow;
  readonly #limits: ReadLimits;
  readonly #findings: Findings;
  readonly #tolerant: boolean;
  #count = 0;
  #memory = 0;

  constructor(file: ByteWindow, limits: ReadLimits, findings: Findings, tolerant: boolean) {
    this.#file = file;
    this.#limits = limits;
    this.#findings = findings;
    this.#tolerant = tolerant;
  }

  /**
   * Reads from `start` to the end of the file or to where `stop` says.
   * @throws DicomParseError
   */
  async parse(start: number, encoding: Encoding, stop?: StopCondition): Promise<{ dataSet: DataSet; end: number }> {
    const frame = newFrame(encoding, undefined);
    const end = await this.#parseElements(frame, start, this.#file.size, 'outermost', stop);
    return { dataSet: frame.view, end };
  }

  async #parseElements(
    frame: Frame,
    start: number,
    end: number,
    extent: Extent,
    stop?: StopCondition,
  ): Promise<number> {
    const file = this.#file;
    const { littleEndian } = frame.encoding;
    let position = start;
    while (position < end) {
      const remaining = end - position;
      const ahead = Math.min(remaining, LONG_HEADER);
      if (!file.holds(position, ahead)) await file.load(position, ahead);
      const tag = remaining < 4 ? undefined : tagAt(file, position, littleEndian);
      if (stop?.(position, tag, frame.elements)) return position;
      if (extent === 'outermost' && mayBePadding(file, position, remaining)) {
        if (!(await onlyZerosFrom(file, position))) throw this.#tooLong('The data set', position, end);
        this.#findings.add('Zero bytes follow the last element; they were left out.');
        return end;
      }
      if (tag === undefined || remaining < SHORT_HEADER) throw this.#tooLong('An element header', position, end);
      if (isItemTag(tag)) {
        if (tag === ITEM_DELIMITATION && extent === 'delimited') return position + SHORT_HEADER;
        position = this.#skipStray(tag, position);
        continue;
      }
      const header = readHeader(file, position, end, frame.encoding) ?? (await this.#oddHeader(frame, position, end));
      this.#countOne(position);
      const next = header.valueOffset + header.length;
      let vr = header.vr ?? impliedVr(tag, vrContext(frame, header.length === UNDEFINED_LENGTH));
      if (vr === 'SQ' && header.vr === undefined && !(await this.#holdsItems(header, frame.encoding, end))) {
        this.#findings.add(`${tagText(tag)} should be a sequence, but holds something else; kept as unknown bytes.`);
        vr = 'UN';
      }
      if (header.length !== UNDEFINED_LENGTH && vr !== 'SQ') {
        if (next > end) throw this.#tooLong(`The value of ${tagText(tag)}`, position, end);
        const sequence = await this.#unknownSequence(frame, header);
        if (sequence !== undefined) {
          frame.elements.push({ tag, vr, value: sequence });
          position = next;
          continue;
        }
        const bulk = this.#isBulk(tag, vr, header.length);
        if (!bulk) this.#claimMemory(header);
        if (!bulk && !file.holds(header.valueOffset, header.length)) await file.load(header.valueOffset, header.length);
        frame.elements.push({ tag, vr, value: this.#plainValue(header, bulk) });
        position = next;
      } else {
        position = await this.#parseStructured(frame, header, vr, end);
      }
    }
    if (extent === 'delimited') throw this.#tooLong('An item of undefined length', position, end);
    return position;
  }

  /** The value of a defined-length element that is no sequence; the window holds it unless it is bulk. */
  #plainValue({ length, valueOffset }: ElementHeader, bulk: boolean): ElementValue {
    if (length === 0) return EMPTY;
    if (bulk) return { kind: 'bulk', offset: valueOffset, length };
    return { kind: 'bytes', bytes: this.#file.bytes(valueOffset, length) };
  }

  /** Before the value is read, so that a file cannot make the reader take more than the limit. */
  #claimMemory({ length, valueOffset }: ElementHeader): void {
    this.#memory += length;
    if (this.#memory <= this.#limits.maximumMemory) return;
    throw new DicomParseError('limit', 'The values of this file need more memory than the limit allows.', valueOffset);
  }

  /** Text is read whatever its length (contours are megabytes of digits): what stays in the file is passed on unread. */
  #isBulk(tag: Tag, vr: string, length: number): boolean {
    const { maximumPixelDataInMemory, maximumValueInMemory } = this.#limits;
    if (PIXEL_DATA_TAGS.has(tag)) return length > maximumPixelDataInMemory;
    if (length <= maximumValueInMemory) return false;
    return !isText(vr) && !isText(impliedVr(tag, { signed: false, encapsulated: false }));
  }

  /** Sequences and encapsulated pixel data. @returns the position after the element */
  async #parseStructured(frame: Frame, header: ElementHeader, vr: string, end: number): Promise<number> {
    const { tag, length, valueOffset } = header;
    const undefinedLength = length === UNDEFINED_LENGTH;
    if (undefinedLength && (tag === PIXEL_DATA || FRAGMENTED_VRS.has(vr))) {
      const { fragments, next } = await this.#parseFragments(tag, frame.encoding, valueOffset, end);
      frame.elements.push({ tag, vr, value: { kind: 'encapsulated', fragments } });
      return next;
    }
    // An unknown VR of undefined length holds a sequence in implicit VR little endian (PS3.5 §6.2.2, note 2).
    const unknown = header.vr === 'UN';
    const sequenceVr = unknown ? 'UN' : 'SQ';
    if (vr !== 'SQ' && vr !== 'UN') {
      const sentence = `${tagText(tag)} has an undefined length although its VR ${vr} does not allow one`;
      if (!this.#tolerant) throw new DicomParseError('malformed', `${sentence}.`, valueOffset);
      this.#findings.add(`${sentence}; read as a sequence.`);
    }
    const encoding = unknown ? IMPLICIT_LITTLE_ENDIAN : frame.encoding;
    const sequenceEnd = undefinedLength ? end : valueOffset + length;
    if (sequenceEnd > end) throw this.#tooLong(`The sequence ${tagText(tag)}`, valueOffset, end);
    const { items, next } = await this.#parseItems(frame, tag, encoding, valueOffset, sequenceEnd, undefinedLength);
    frame.elements.push({ tag, vr: sequenceVr, value: { kind: 'sequence', items, undefinedLength } });
    return next;
  }

  async #parseItems(
    frame: Frame,
    sequence: Tag,
    encoding: Encoding,
    start: number,
    end: number,
    delimited: boolean,
  ): Promise<{ items: SequenceItem[]; next: number }> {
    if (frame.depth >= this.#limits.maximumDepth) {
      throw new DicomParseError('depth', `Sequences are nested more than ${this.#limits.maximumDepth} deep.`, start);
    }
    const items: SequenceItem[] = [];
    let position = start;
    while (position < end) {
      const { tag, length, valueOffset } = await this.#itemHeader(sequence, encoding, position, end);
      if (tag === SEQUENCE_DELIMITATION) {
        if (delimited) return { items, next: valueOffset };
        position = this.#skipStray(tag, position);
        continue;
      }
      const undefinedLength = length === UNDEFINED_LENGTH;
      const itemEnd = undefinedLength ? end : valueOffset + length;
      if (itemEnd > end) throw this.#tooLong(`An item of ${tagText(sequence)}`, position, end);
      const child = newFrame(encoding, frame);
      const offset = position;
      position = await this.#parseElements(child, valueOffset, itemEnd, undefinedLength ? 'delimited' : 'defined');
      items.push({ dataSet: child.view, undefinedLength, offset });
    }
    if (delimited) throw this.#tooLong(`The sequence ${tagText(sequence)}`, position, end);
    return { items, next: position };
  }

  /**
   * The items of a sequence of the standard that was written as UN of defined length: in implicit VR little
   * endian, like those of undefined length. undefined when it is something else, whose bytes are kept.
   */
  async #unknownSequence(frame: Frame, header: ElementHeader): Promise<SequenceValue | undefined> {
    const { tag, vr, length, valueOffset } = header;
    if (vr !== 'UN' || length < SHORT_HEADER || lookup(tag)?.vr !== 'SQ') return undefined;
    if (!this.#file.holds(valueOffset, SHORT_HEADER)) await this.#file.load(valueOffset, SHORT_HEADER);
    if (tagAt(this.#file, valueOffset, true) !== ITEM) return undefined;
    const [count, memory] = [this.#count, this.#memory];
    try {
      const end = valueOffset + length;
      const { items } = await this.#parseItems(frame, tag, IMPLICIT_LITTLE_ENDIAN, valueOffset, end, false);
      return { kind: 'sequence', items, undefinedLength: false };
    } catch (error) {
      if (!(error instanceof DicomParseError) || !KEPT_AS_BYTES.has(error.reason)) throw error;
      [this.#count, this.#memory] = [count, memory];
      return undefined;
    }
  }

  /** Where only the dictionary says that an element is a sequence, old or private use of its tag may differ. */
  async #holdsItems({ length, valueOffset }: ElementHeader, encoding: Encoding, end: number): Promise<boolean> {
    if (length === UNDEFINED_LENGTH || length === 0 || valueOffset + length > end) return true;
    if (length < SHORT_HEADER) return false;
    if (!this.#file.holds(valueOffset, SHORT_HEADER)) await this.#file.load(valueOffset, SHORT_HEADER);
    return isItemTag(tagAt(this.#file, valueOffset, encoding.littleEndian));
  }

  async #parseFragments(
    pixelData: Tag,
    encoding: Encoding,
    start: number,
    end: number,
  ): Promise<{ fragments: BulkValue[]; next: number }> {
    const fragments: BulkValue[] = [];
    let position = start;
    while (position < end) {
      const { tag, length, valueOffset } = await this.#itemHeader(pixelData, encoding, position, end);
      if (tag === SEQUENCE_DELIMITATION) return { fragments, next: valueOffset };
      if (length === UNDEFINED_LENGTH) {
        throw new DicomParseError('malformed', `A fragment of ${tagText(pixelData)} has no length.`, position);
      }
      position = valueOffset + length;
      if (position > end) throw this.#tooLong(`A fragment of ${tagText(pixelData)}`, valueOffset, end);
      fragments.push({ kind: 'bulk', offset: valueOffset, length });
    }
    throw this.#tooLong(`The value of ${tagText(pixelData)}`, position, end);
  }

  /** An item or the sequence delimitation item, counted. */
  async #itemHeader(sequence: Tag, encoding: Encoding, position: number, end: number): Promise<ElementHeader> {
    if (end - position < SHORT_HEADER) throw this.#tooLong(`The sequence ${tagText(sequence)}`, position, end);
    if (!this.#file.holds(position, SHORT_HEADER)) await this.#file.load(position, SHORT_HEADER);
    const tag = tagAt(this.#file, position, encoding.littleEndian);
    if (tag !== ITEM && tag !== SEQUENCE_DELIMITATION) {
      throw new DicomParseError('malformed', `${tagText(sequence)} holds something that is not an item.`, position);
    }
    this.#countOne(position);
    const length = this.#file.uint32(position + 4, encoding.littleEndian);
    return { tag, vr: undefined, length, valueOffset: position + SHORT_HEADER };
  }

  async #oddHeader(frame: Frame, position: number, end: number): Promise<ElementHeader> {
    const header = await readOddHeader(this.#file, position, end, frame.encoding);
    const vr = impliedVr(header.tag, vrContext(frame, false));
    this.#findings.add(`${tagText(header.tag)} has a VR that the standard does not know; read as ${vr}.`);
    return header;
  }

  #skipStray(tag: Tag, position: number): number {
    if (!this.#tolerant || tag === ITEM) {
      throw new DicomParseError('malformed', `${tagText(tag)} stands where a data element should be.`, position);
    }
    this.#findings.add('A delimitation item without a beginning was skipped.');
    return position + SHORT_HEADER;
  }

  #countOne(position: number): void {
    this.#count += 1;
    if (this.#count > this.#limits.maximumElements) {
      throw new DicomParseError('limit', 'The file has more data elements than the limit allows.', position);
    }
  }

  #tooLong(what: string, position: number, end: number): DicomParseError {
    return end >= this.#file.size
      ? new DicomParseError('truncated', `${what} is not complete: the file ends before it does.`, position)
      : new DicomParseError('malformed', `${what} is longer than the sequence or item around it.`, position);
  }
}

function isText(vr: string): boolean {
  const { kind } = valueRepresentation(vr);
  return kind === 'text' || kind === 'decimal';
}
