/**
 * Makes the search targets of one object after the other. The objects of a series say nearly the same: what the elements
 * say that have not changed since the object before is kept, and only the others are read anew. The targets are always
 * exactly those of the object, whatever came before it.
 */
import type { CharacterSet } from '../../dicom/character-set.ts';
import type { DataElement, DataSet, Tag } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { Vocabulary } from '../text/vocabulary.ts';
import { DatesInWords } from './dates-in-words.ts';
import { identifiesInMeta, NeedleCollection, type OriginalElement, PATIENT_ID, PATIENT_NAME } from './needles.ts';
import { SearchTargets, type TargetsMark } from './search-targets.ts';

/** The original as it is to be searched for. */
export interface Original {
  readonly dataSet: DataSet;
  /** File Meta Information. */
  readonly meta: DataSet | undefined;
  /** What stays in the output on purpose, and so is not searched for although files are called after it. */
  readonly retained?: DataSet | undefined;
}

export interface ObjectTargets {
  readonly targets: SearchTargets;
  readonly dates: readonly DatesInWords[];
}

/** What the objects so far had in common. */
interface Shared {
  /** Of the newest object. */
  elements: readonly OriginalElement[];
  readonly characterSet: CharacterSet;
  readonly collection: NeedleCollection;
  readonly dates: DatesInWords;
  readonly targets: SearchTargets;
  /** Before the needles of one object alone were added. */
  readonly mark: TargetsMark;
}

const SERIES = tagOf('SeriesInstanceUID');
/** What the text at the top of a content item means, an element beside it says (PS3.3 §C.17.3): always read anew. */
const TEXT_VALUE = tagOf('TextValue');

export class SearchMemory {
  readonly #vocabulary: Vocabulary;
  /** Elements that differ between the objects of a series. */
  readonly #own = new Set<Tag>([TEXT_VALUE]);
  #shared: Shared | undefined;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  get vocabulary(): Vocabulary {
    return this.#vocabulary;
  }

  /**
   * The targets of an object, until those of the next are asked for.
   * @param fileNames paths under which the original was stored where it came from
   */
  targetsOf(original: Original, fileNames: readonly string[]): ObjectTargets {
    const { dataSet, meta, retained } = original;
    const elements = [...elementsOf(dataSet), ...(meta === undefined ? [] : elementsOf(meta, identifiesInMeta))];
    const shared = this.#continued(elements, dataSet.characterSet) ?? this.#begin(elements, dataSet);
    this.#shared = shared;
    const own = new NeedleCollection(this.#vocabulary, shared.collection);
    const dates = new DatesInWords();
    for (const element of elements) {
      if (!this.#own.has(element.element.tag)) continue;
      own.collect(element);
      dates.collect(element);
    }
    if (this.#patientIsOwn) own.collectPatient(dataSet);
    own.collectFileNames(dataSet, fileNames, retained);
    for (const needle of own.needles) shared.targets.add(needle, shared.characterSet);
    return { targets: shared.targets, dates: [shared.dates, dates] };
  }

  /** What is shared with the object before; undefined where it is another series, or more differs than was known. */
  #continued(elements: readonly OriginalElement[], characterSet: CharacterSet): Shared | undefined {
    const shared = this.#shared;
    if (shared === undefined || shared.characterSet !== characterSet) return undefined;
    if (shared.elements.length !== elements.length) return undefined;
    const changed: Tag[] = [];
    for (const [index, { element }] of elements.entries()) {
      const before = shared.elements[index]?.element;
      if (before === undefined || before.tag !== element.tag) return undefined;
      if (this.#own.has(element.tag) || same(before, element)) continue;
      if (element.tag === SERIES) return undefined;
      changed.push(element.tag);
    }
    for (const tag of changed) this.#own.add(tag);
    if (changed.length > 0) return undefined;
    shared.targets.forget(shared.mark);
    shared.elements = elements;
    return shared;
  }

  get #patientIsOwn(): boolean {
    return this.#own.has(PATIENT_NAME) || this.#own.has(PATIENT_ID);
  }

  #begin(elements: readonly OriginalElement[], dataSet: DataSet): Shared {
    this.#shared = undefined;
    const { characterSet } = dataSet;
    const collection = new NeedleCollection(this.#vocabulary);
    const dates = new DatesInWords();
    for (const element of elements) {
      if (this.#own.has(element.element.tag)) continue;
      collection.collect(element);
      dates.collect(element);
    }
    if (!this.#patientIsOwn) collection.collectPatient(dataSet);
    const targets = new SearchTargets();
    for (const needle of collection.needles) targets.add(needle, characterSet);
    return { elements, characterSet, collection, dates, targets, mark: targets.mark() };
  }
}

function elementsOf(dataSet: DataSet, wanted: (element: DataElement) => boolean = () => true): OriginalElement[] {
  return dataSet.elements.filter(wanted).map((element) => ({ dataSet, element }));
}

/** Whether two elements say the same; large values say nothing here. */
function same(one: DataElement, other: DataElement): boolean {
  if (one.tag !== other.tag || one.vr !== other.vr || one.value.kind !== other.value.kind) return false;
  if (one.value.kind === 'bytes' && other.value.kind === 'bytes') {
    const [{ bytes }, { bytes: others }] = [one.value, other.value];
    return bytes.length === others.length && Buffer.compare(bytes, others) === 0;
  }
  if (one.value.kind !== 'sequence' || other.value.kind !== 'sequence') return true;
  const [{ items }, { items: others }] = [one.value, other.value];
  return items.length === others.length && items.every((item, index) => sameItem(item.dataSet, others[index]?.dataSet));
}

function sameItem(one: DataSet, other: DataSet | undefined): boolean {
  if (other === undefined || one.elements.length !== other.elements.length) return false;
  return one.elements.every((element, index) => same(element, other.elements[index] as DataElement));
}
