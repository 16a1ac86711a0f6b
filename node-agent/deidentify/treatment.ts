/** Carries a decision about an element out: from 'remove', 'dummy' or 'clean' to what will be written. */
import type { DataSet, Tag } from '../dicom/data-set.ts';
import { impliedVr, lookup } from '../dicom/dictionary.ts';
import { numberElement } from '../dicom/element.ts';
import { dummyCodeSequence, dummyNumbers, dummyText } from './dummies.ts';
import { holdsBinaryNumbers, isEmpty } from './element-values.ts';
import { type Place, removal } from './place.ts';
import type { ElementPlan } from './plan.ts';
import { fitsVr } from './profile/rule-value.ts';
import { type Resolution, withoutValue } from './resolution.ts';
import { conditionsOf, mayHoldSamples } from './retained-attributes.ts';
import { CONTENT_SEQUENCE, dummyContent } from './structured/dummy-content.ts';
import { capAge } from './temporal.ts';
import type { TextMode } from './text/text-cleaner.ts';
import type { ValueKind, ValueRules } from './value-rules.ts';

const CODE_VALUE_TAGS = [0x00080100, 0x00080119, 0x00080120];
const NUMBER_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
const BINARY_VRS = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV']);
export const FREE_TEXT_VRS: ReadonlySet<string> = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC']);
/** Texts that no other rule of the room would keep. */
const NAMING_VRS = new Set(['AE', 'PN', 'UR']);

export class Treatment {
  readonly #values: ValueRules;
  readonly #planItems: (place: Place, rule: string) => ElementPlan;

  /** @param planItems plans the items of a sequence that stays */
  constructor(values: ValueRules, planItems: (place: Place, rule: string) => ElementPlan) {
    this.#values = values;
    this.#planItems = planItems;
  }

  /** @param options the options that decided; [] when none did */
  resolved(place: Place, resolution: Resolution, rule: string, options: readonly string[]): ElementPlan {
    const { element, vr } = place;
    switch (resolution) {
      case 'remove':
        return mustBePresent(place) ? { element, vr, action: 'empty', rule } : removal(element, rule);
      case 'empty':
        return { element, vr, action: 'empty', rule };
      case 'dummy':
        return this.dummy(place, rule);
      case 'uid':
        return vr === 'UI' ? this.leaf(place, rule, 'uid') : this.dummy(place, rule);
      case 'items':
        return this.#planItems(place, rule);
      case 'keep':
        // What describes the patient is known to nobody by name; it is read word by word all the same.
        return this.kept(place, rule, options.includes('retain_patient_characteristics') ? 'guarded' : 'retained');
      case 'clean':
        return this.#cleaned(place, rule, options);
    }
  }

  /** Action K: the value stays if it is one of its VR, but a sequence is de-identified inside and no text may name the patient. */
  kept(place: Place, rule: string, text: 'guarded' | 'retained'): ElementPlan {
    const { element, vr } = place;
    if (vr === 'SQ') return this.#planItems(place, rule);
    if (FREE_TEXT_VRS.has(vr) || NAMING_VRS.has(vr)) return this.leaf(place, rule, text);
    if (vr === 'DA' || vr === 'DT' || vr === 'TM') return this.leaf(place, rule, 'unchanged-time');
    if (vr === 'UI' || BINARY_VRS.has(vr) || vr === 'UN') return { element, vr, action: 'keep', rule };
    return this.byVr(place, rule);
  }

  /** Action C: dates are changed, texts go through the vocabulary, sequences are cleaned inside. */
  #cleaned(place: Place, rule: string, options: readonly string[]): ElementPlan {
    const { vr } = place;
    if (vr === 'SQ') return this.#planItems(place, rule);
    if (options.includes('retain_long_modified_dates')) {
      if (vr === 'SH') return this.leaf(place, rule, 'time-zone');
      if (FREE_TEXT_VRS.has(vr)) return this.leaf(place, rule, 'date-or-text');
      return this.byVr(place, rule);
    }
    if (FREE_TEXT_VRS.has(vr)) return this.leaf(place, rule, 'allow-list');
    // The title of an application says what it is; the dummy says that there was one.
    if (vr === 'AE') return this.dummy(place, rule);
    // A binary or a code cannot be read word by word: clean means that it goes.
    return vr === 'CS' ? this.leaf(place, rule, 'code') : this.withoutValue(place, rule);
  }

  byVr(place: Place, rule: string): ElementPlan {
    const { element, vr } = place;
    switch (vr) {
      case 'SQ':
        return this.#planItems(place, rule);
      case 'UI':
        return this.leaf(place, rule, 'uid');
      case 'DA':
      case 'DT':
        return this.leaf(place, rule, 'date');
      case 'TM':
        return this.leaf(place, rule, 'time');
      case 'AS':
        return this.leaf(place, rule, 'age');
      case 'CS':
        // Any capitals make a code: under another VR it has to be known words.
        return this.leaf(place, rule, element.vr === 'CS' || element.vr === 'UN' ? 'code' : 'allow-list');
      case 'DS':
      case 'IS':
        if (holdsBinaryNumbers(element)) return this.#decimals(place, rule);
        return this.leaf(place, rule, 'number');
      default:
        break;
    }
    if (NUMBER_VRS.has(vr) || isEmpty(element)) return { element, vr, action: 'keep', rule };
    if (BINARY_VRS.has(vr) && mayHoldSamples(element.tag)) return { element, vr, action: 'keep', rule };
    return this.withoutValue(place, rule);
  }

  leaf(place: Place, rule: string, kind: ValueKind): ElementPlan {
    const { element, vr } = place;
    if (isEmpty(element)) return { element, vr, action: 'keep', rule };
    const outcome = this.#values.apply(kind, place.dataSet, element, vr);
    if (outcome === undefined) return this.withoutValue(place, rule);
    return outcome.text === undefined
      ? { element, vr, action: 'keep', rule }
      : { element, vr, action: outcome.action, rule, text: outcome.text };
  }

  /** What may be shown elsewhere of the values of an attribute. */
  shown(tag: Tag, text: string, mode: TextMode): string {
    const vr = impliedVr(tag, { signed: false, encapsulated: false });
    return text
      .split('\\')
      .map((value) => this.#values.shown(tag, value, vr, mode))
      .join('\\');
  }

  /** A text that a rule made; nothing of it where the VR cannot hold it. What it shows of the original is read word by word. */
  written(place: Place, rule: string, made: { readonly text: string; readonly showsOriginal: boolean }): ElementPlan {
    const { element, vr } = place;
    const values = made.text.split('\\').map((value) => (vr === 'AS' ? (capAge(value) ?? value) : value.trim()));
    const text = (made.showsOriginal ? this.#values.guarded(values) : values).join('\\');
    if (text.replaceAll('\\', '') === '') return this.withoutValue(place, rule);
    if (!values.every((value) => fitsVr(value, vr)) || !text.split('\\').every((value) => fitsVr(value, vr)))
      return this.withoutValue(place, rule);
    return { element, vr, action: made.showsOriginal ? 'clean-text' : 'dummy', rule, text };
  }

  /** Binary numbers where PS3.6 has decimal text are written as text, which cannot hide anything else. */
  #decimals(place: Place, rule: string): ElementPlan {
    const { element, dataSet, vr } = place;
    const numbers = dataSet.numbers(element.tag);
    const sound = numbers.length > 0 && numbers.every((number) => isPlausible(number, vr));
    if (!sound) return this.withoutValue(place, rule);
    const replacement = numberElement(dataSet.encoding, element.tag, vr, numbers);
    return { element, vr, action: 'keep', rule, replacement };
  }

  withoutValue(place: Place, rule: string): ElementPlan {
    switch (withoutValue(place.type)) {
      case 'remove':
        return removal(place.element, rule);
      case 'empty':
        return { element: place.element, vr: place.vr, action: 'empty', rule };
      case 'dummy':
        return this.dummy(place, rule);
    }
  }

  dummy(place: Place, rule: string): ElementPlan {
    const { element, vr, dataSet } = place;
    if (vr === 'UI') return this.leaf(place, rule, 'uid');
    const single = dummyText(vr);
    const count = fewestValues(element.tag);
    if (single !== undefined)
      return { element, vr, action: 'dummy', rule, text: Array.from({ length: count }, () => single).join('\\') };
    if (vr !== 'SQ') {
      const replacement = dummyNumbers(dataSet.encoding, element.tag, vr, count);
      return { element, vr, action: 'dummy', rule, replacement };
    }
    if (element.tag === CONTENT_SEQUENCE)
      return { element, vr, action: 'dummy', rule, replacement: dummyContent(dataSet.encoding) };
    const codes = element.value.kind === 'sequence' && element.value.items.some((item) => isCodedEntry(item.dataSet));
    if (!codes) return this.#planItems(place, rule);
    const replacement = dummyCodeSequence(dataSet.encoding, element.tag);
    return { element, vr, action: 'dummy', rule, replacement };
  }
}

/** For type 2C where the condition is seen to hold; an attribute that is empty already gives nothing away. */
function mustBePresent({ element, dataSet, type }: Place): boolean {
  if (type !== '2C') return false;
  return isEmpty(element) || conditionsOf(element.tag).some((tag) => dataSet.has(tag));
}

/** The least number of values that PS3.6 allows, 1 where it does not say. */
function fewestValues(tag: Tag): number {
  return Number(/^\d+/.exec(lookup(tag)?.vm ?? '')?.[0] ?? 1) || 1;
}

/** Letters read as floating-point numbers come out enormous or minute. */
function isPlausible(number: number, vr: string): boolean {
  if (vr === 'IS') return Number.isInteger(number) && Math.abs(number) < 2 ** 31;
  return number === 0 || (Math.abs(number) > 1e-12 && Math.abs(number) < 1e12);
}

function isCodedEntry(item: DataSet): boolean {
  return CODE_VALUE_TAGS.some((tag) => item.has(tag));
}
