/**
 * The header of an object as coarse as its dataset shows its patients: at every level of its sequences, by the table of
 * `header-table.ts`. Pixel data stays where it is. What needs no change comes back as the same element.
 */
import { AS_INDEXED, type Generalisation } from '../../catalogue/generalisation/generalisation.ts';
import type { DataElement, DataSet, SequenceValue, Tag } from '../../dicom/data-set.ts';
import { impliedVr, isPrivate, tagOf } from '../../dicom/dictionary.ts';
import { bytesElement, makeDataSet, sequenceElement, textElement } from '../../dicom/element.ts';
import { valueRepresentation } from '../../dicom/value-representation.ts';
import { coarseAge, coarseDate } from './coarse-values.ts';
import type { HeaderRules } from './header-table.ts';

const [SOP_CLASS_UID, PATIENT_AGE, CONTENT_SEQUENCE, CONCEPT_NAME, CODE_VALUE] = (
  ['SOPClassUID', 'PatientAge', 'ContentSequence', 'ConceptNameCodeSequence', 'CodeValue'] as const
).map(tagOf) as [Tag, Tag, Tag, Tag, Tag];

/** Whether a header can say more than these choices show. Columns of clinical tables are in no header. */
export function needsCoarseHeaders(choices: Generalisation): boolean {
  return (['age', 'date', 'device', 'sex', 'bodyPart'] as const).some((name) => choices[name] !== AS_INDEXED[name]);
}

export class CoarseHeader {
  readonly #choices: Generalisation;
  readonly #rules: HeaderRules;

  constructor(choices: Generalisation, rules: HeaderRules) {
    this.#choices = choices;
    this.#rules = rules;
  }

  /** Whether the object holds something that nobody can look into, a document for one. */
  isOpaque(dataSet: DataSet): boolean {
    return this.#rules.opaque.some((tag) => dataSet.has(tag));
  }

  /** @returns the same data set where it is as coarse already */
  of(dataSet: DataSet): DataSet {
    return this.#dataSet(dataSet, dataSet.string(SOP_CLASS_UID) ?? '');
  }

  #dataSet(dataSet: DataSet, sopClassUid: string | undefined): DataSet {
    const elements = dataSet.elements.flatMap((element) => this.#element(element, dataSet, sopClassUid) ?? []);
    const same =
      elements.length === dataSet.elements.length && elements.every((one, index) => one === dataSet.elements[index]);
    return same ? dataSet : makeDataSet(dataSet.encoding, elements, dataSet.characterSet);
  }

  /** @returns undefined where it goes altogether */
  #element(element: DataElement, dataSet: DataSet, sopClassUid: string | undefined): DataElement | undefined {
    const { tag } = element;
    if (isPrivate(tag)) return undefined;
    // A sequence that was not recognised as one may hold anything.
    const vr = element.vr === 'UN' ? impliedVr(tag, { signed: false, encapsulated: false }) : element.vr;
    if (element.vr === 'UN' && (vr === 'UN' || vr === 'SQ')) return undefined;
    if (this.#rules.emptied.has(tag) && this.#rules.removed.has(tag)) return undefined;
    if (this.#rules.emptied.has(tag)) return this.#emptied(element, vr, dataSet, sopClassUid);
    if (element.value.kind === 'sequence') return this.#sequence(element, element.value);
    if ((vr === 'DA' || vr === 'DT') && this.#choices.date !== 'day' && !this.#rules.notOfPatient.has(tag)) {
      return this.#dated(element, vr, dataSet, sopClassUid);
    }
    if (tag === PATIENT_AGE && this.#choices.age === 'years') {
      return withTexts(element, vr, dataSet, dataSet.strings(tag).map(coarseAge));
    }
    return element;
  }

  #sequence(element: DataElement, value: SequenceValue): DataElement {
    const kept = value.items.filter(({ dataSet }) => element.tag !== CONTENT_SEQUENCE || !this.#isOfConcept(dataSet));
    const items = kept.map((item) => {
      const dataSet = this.#dataSet(item.dataSet, undefined);
      return dataSet === item.dataSet ? item : { ...item, dataSet };
    });
    const same = items.length === value.items.length && items.every((item, index) => item === value.items[index]);
    return same ? element : { ...element, value: { ...value, items } };
  }

  #isOfConcept(item: DataSet): boolean {
    return item.items(CONCEPT_NAME).some((concept) => this.#rules.concepts.has(concept.string(CODE_VALUE) ?? ''));
  }

  #dated(element: DataElement, vr: string, dataSet: DataSet, sopClassUid: string | undefined): DataElement {
    const texts = dataSet.strings(element.tag);
    if (texts.length === 0) return isEmpty(element) ? element : emptyElement(element.tag, vr);
    const placeholder = this.#rules.requires(element.tag, sopClassUid) ? this.#rules.neutral.date : '';
    const coarse = texts.map((text) => coarseDate(text, this.#choices.date, placeholder));
    return withTexts(element, vr, dataSet, coarse);
  }

  #emptied(element: DataElement, vr: string, dataSet: DataSet, sopClassUid: string | undefined): DataElement {
    const { tag } = element;
    if (vr === 'SQ') return this.#neutralCode(element, dataSet);
    if (!this.#rules.requires(tag, sopClassUid)) return isEmpty(element) ? element : emptyElement(tag, vr);
    const { text, date, uid } = this.#rules.neutral;
    const neutral = vr === 'UI' ? uid : vr === 'DA' || vr === 'DT' ? date : text;
    return withTexts(element, vr, dataSet, [neutral]);
  }

  #neutralCode(element: DataElement, { encoding }: DataSet): DataElement {
    const { value, scheme, meaning } = this.#rules.neutral.code;
    if (element.value.kind === 'sequence') {
      const [only, second] = element.value.items;
      if (only !== undefined && second === undefined && only.dataSet.string(CODE_VALUE) === value) return element;
    }
    const item = makeDataSet(encoding, [
      textElement(encoding, CODE_VALUE, 'SH', value),
      textElement(encoding, tagOf('CodingSchemeDesignator'), 'SH', scheme),
      textElement(encoding, tagOf('CodeMeaning'), 'LO', meaning),
    ]);
    return sequenceElement(element.tag, [item]);
  }
}

/** The element with these values; the same one where it has them already. */
function withTexts(element: DataElement, vr: string, dataSet: DataSet, texts: readonly string[]): DataElement {
  const before = dataSet.strings(element.tag);
  if (texts.length === before.length && texts.every((text, index) => text === before[index])) return element;
  if (texts.every((text) => text === '')) return emptyElement(element.tag, vr);
  return textElement(dataSet.encoding, element.tag, vr, texts.join('\\'), dataSet.characterSet);
}

function emptyElement(tag: Tag, vr: string): DataElement {
  return valueRepresentation(vr).kind === 'sequence'
    ? sequenceElement(tag, [])
    : bytesElement(tag, vr, new Uint8Array());
}

function isEmpty({ value }: DataElement): boolean {
  if (value.kind === 'sequence') return value.items.length === 0;
  return value.kind === 'bytes' && value.bytes.length === 0;
}
