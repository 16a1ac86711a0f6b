/** Typed access to a list of data elements. */
import { type CharacterSet, characterSetOf } from './character-set.ts';
import type { DataElement, DataSet, Encoding, Tag } from './data-set.ts';
import { impliedVr } from './dictionary.ts';
import { SPECIFIC_CHARACTER_SET } from './tags.ts';
import { decodeNumbers, decodeText, splitText } from './value-decoding.ts';
import { valueRepresentation } from './value-representation.ts';

const DEFAULT_REPERTOIRE = characterSetOf([]);
/** Decimal and integer strings (PS3.5 Table 6.2-1); JavaScript alone would also take '0x10' and ''. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const ENCODING_OF_UNKNOWN: Encoding = { explicit: false, littleEndian: true };

export class DataSetView implements DataSet {
  readonly encoding: Encoding;
  readonly elements: readonly DataElement[];
  readonly #parent: () => CharacterSet;
  #characterSet: CharacterSet | undefined;
  #index: Map<Tag, DataElement> | undefined;

  /** @param parent the enclosing data set's character set, asked for only once it is needed */
  constructor(encoding: Encoding, elements: readonly DataElement[], parent?: () => CharacterSet) {
    this.encoding = encoding;
    this.elements = elements;
    this.#parent = parent ?? (() => DEFAULT_REPERTOIRE);
  }

  get characterSet(): CharacterSet {
    this.#characterSet ??= this.#ownCharacterSet() ?? this.#parent();
    return this.#characterSet;
  }

  get(tag: Tag): DataElement | undefined {
    this.#index ??= indexOf(this.elements);
    return this.#index.get(tag);
  }

  has(tag: Tag): boolean {
    return this.get(tag) !== undefined;
  }

  string(tag: Tag): string | undefined {
    const first = this.strings(tag)[0];
    return first === '' ? undefined : first;
  }

  strings(tag: Tag): string[] {
    const element = this.get(tag);
    if (element?.value.kind !== 'bytes' || element.value.bytes.length === 0) return [];
    const vr = effectiveVr(element);
    const layout = valueRepresentation(vr);
    if (layout.kind !== 'text' && layout.kind !== 'decimal') return [];
    const characterSet = layout.characterSet ? this.characterSet : undefined;
    const texts = splitText(decodeText(element.value.bytes, vr, characterSet), vr);
    return texts.length === 1 && texts[0] === '' ? [] : texts;
  }

  number(tag: Tag): number | undefined {
    const first = this.#numbers(tag)[0];
    return first === undefined || Number.isNaN(first) ? undefined : first;
  }

  numbers(tag: Tag): number[] {
    const numbers = this.#numbers(tag);
    return numbers.some(Number.isNaN) ? [] : numbers;
  }

  items(tag: Tag): DataSet[] {
    const value = this.get(tag)?.value;
    return value?.kind === 'sequence' ? value.items.map((item) => item.dataSet) : [];
  }

  #numbers(tag: Tag): number[] {
    const element = this.get(tag);
    if (element?.value.kind !== 'bytes') return [];
    const vr = effectiveVr(element);
    switch (valueRepresentation(vr).kind) {
      case 'decimal':
        return this.strings(tag).map((text) => (DECIMAL.test(text) ? Number(text) : Number.NaN));
      case 'number':
        return decodeNumbers(element.value.bytes, vr, element.vr === 'UN' ? ENCODING_OF_UNKNOWN : this.encoding);
      default:
        return [];
    }
  }

  /** Read from the elements, not through `characterSet`: (0008,0005) itself is always in the default repertoire. */
  #ownCharacterSet(): CharacterSet | undefined {
    const element = this.get(SPECIFIC_CHARACTER_SET);
    if (element?.value.kind !== 'bytes') return undefined;
    return characterSetOf(splitText(decodeText(element.value.bytes, 'CS', undefined), 'CS'));
  }
}

/** UN values are what implicit VR little endian would hold, so the dictionary says how to read them (PS3.5 §6.2.2). */
function effectiveVr(element: DataElement): string {
  return element.vr === 'UN' ? impliedVr(element.tag, { signed: false, encapsulated: false }) : element.vr;
}

function indexOf(elements: readonly DataElement[]): Map<Tag, DataElement> {
  const index = new Map<Tag, DataElement>();
  for (const element of elements) if (!index.has(element.tag)) index.set(element.tag, element);
  return index;
}
