/** Makes the plan for an object: Table E.1-1 where it lists the attribute, the room's own rules where it does not. */

import { characterSetOf } from '../dicom/character-set.ts';
import type { DataElement, DataSet, Tag } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import { numberElement } from '../dicom/element.ts';
import { SPECIFIC_CHARACTER_SET } from '../dicom/tags.ts';
import type { AttributeType, AttributeTypes, TypeScope } from './attribute-types.ts';
import type { ConfidentialityTable } from './confidentiality-table.ts';
import { dummyCodeSequence, dummyNumbers, dummyText } from './dummies.ts';
import { effectiveVr, holdsBinaryNumbers, isEmpty } from './element-values.ts';
import { distinctLabels } from './labels.ts';
import type { DataSetPlan, ElementPlan } from './plan.ts';
import type { Profile } from './profile.ts';
import { type Resolution, resolve, withoutValue } from './resolution.ts';
import {
  CODED_TEXT,
  conditionsOf,
  GUARDED_TEXT,
  mayHoldSamples,
  REMOVED_UNLISTED,
  TYPED_CODES,
} from './retained-attributes.ts';
import type { SpecialRule } from './special-rule.ts';
import { CONTENT_SEQUENCE, dummyContent } from './structured/dummy-content.ts';
import type { ValueRules } from './value-rules.ts';

/** Repeating groups of curves (50xx) and overlays (60xx), PS3.3 §C.9.2 and §C.10.2. */
const CURVE_GROUPS = 0x50;
const OVERLAY_GROUPS = 0x60;
const OVERLAY_DATA = 0x3000;
/** Lower groups belong to commands, file meta and directories (PS3.5 §7.1). */
const FIRST_GROUP = 0x0008;
const CODE_VALUE_TAGS = [0x00080100, 0x00080119, 0x00080120];
const NUMBER_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
const BINARY_VRS = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV']);
const FREE_TEXT_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC']);

/** One element with everything that decides about it. */
interface Place {
  readonly element: DataElement;
  readonly dataSet: DataSet;
  readonly vr: string;
  readonly type: AttributeType | undefined;
  readonly scope: TypeScope;
}

export class Planner {
  readonly #profile: Profile;
  readonly #table: ConfidentialityTable;
  readonly #types: AttributeTypes;
  readonly #values: ValueRules;
  readonly #special: readonly SpecialRule[];

  /**
   * @param values the rules for values of this one object
   * @param special rules that are asked before the table; also for this one object
   */
  constructor(
    profile: Profile,
    table: ConfidentialityTable,
    types: AttributeTypes,
    values: ValueRules,
    special: readonly SpecialRule[] = [],
  ) {
    this.#profile = profile;
    this.#table = table;
    this.#types = types;
    this.#values = values;
    this.#special = special;
  }

  plan(dataSet: DataSet, sopClassUid: string): DataSetPlan {
    return this.#planDataSet(dataSet, this.#types.scopeOf(sopClassUid));
  }

  #planDataSet(dataSet: DataSet, scope: TypeScope): DataSetPlan {
    const seen = new Set<Tag>();
    const elements = dataSet.elements.map((element) => {
      if (seen.has(element.tag)) return removal(element, 'duplicate element');
      seen.add(element.tag);
      return this.#planElement(element, dataSet, scope);
    });
    return { dataSet, elements };
  }

  #planElement(element: DataElement, dataSet: DataSet, scope: TypeScope): ElementPlan {
    const { tag } = element;
    if ((tag & 0xffff) === 0) return removal(element, 'group length');
    if (tag === SPECIFIC_CHARACTER_SET) return characterSetPlan(element, dataSet);
    if (tag >>> 16 < FIRST_GROUP) return removal(element, 'group outside data sets');
    const type = scope.typeOf(tag);
    const place: Place = { element, dataSet, vr: effectiveVr(element), type, scope };
    for (const special of this.#special) {
      const plan = special.plan(element, dataSet, place.vr);
      if (plan !== undefined) return plan;
    }
    const group = tag >>> 24;
    // With Clean Graphics too: what is writing and what is drawing in a bitmap cannot be told apart.
    if (group === CURVE_GROUPS || group === OVERLAY_GROUPS) return removal(element, this.#ruleOfPlane(tag));
    const row = this.#table.find(tag);
    if (row !== undefined) {
      const { code, rule, options } = this.#profile.decide(row);
      return this.#resolved(place, resolve(code, type), rule, options);
    }
    if (lookup(tag) === undefined) return removal(element, 'attribute not in PS3.6');
    return this.#unlisted(place);
  }

  /** The row for the data of a curve or an overlay stands for its whole group. */
  #ruleOfPlane(tag: Tag): string {
    const row = this.#table.find(tag) ?? this.#table.find((((tag & 0xffff0000) >>> 0) | OVERLAY_DATA) >>> 0);
    return row === undefined ? 'overlay or curve' : this.#profile.decide(row).rule;
  }

  #resolved(place: Place, resolution: Resolution, rule: string, options: readonly string[]): ElementPlan {
    const { element, vr } = place;
    switch (resolution) {
      case 'remove':
        return this.#mustBePresent(place) ? { element, vr, action: 'empty', rule } : removal(element, rule);
      case 'empty':
        return { element, vr, action: 'empty', rule };
      case 'dummy':
        return this.#dummy(place, rule);
      case 'uid':
        return vr === 'UI' ? this.#leaf(place, rule, 'uid') : this.#dummy(place, rule);
      case 'items':
        return this.#items(place, rule);
      case 'keep':
        return this.#kept(place, rule, options);
      case 'clean':
        return this.#cleaned(place, rule, options);
    }
  }

  /** For type 2C where the condition is seen to hold; an attribute that is empty already gives nothing away. */
  #mustBePresent({ element, dataSet, type }: Place): boolean {
    if (type !== '2C') return false;
    return isEmpty(element) || conditionsOf(element.tag).some((tag) => dataSet.has(tag));
  }

  /** Action K: the value stays, but a sequence is de-identified inside and a text loses what identifies. */
  #kept(place: Place, rule: string, options: readonly string[]): ElementPlan {
    const { element, vr } = place;
    if (vr === 'SQ') return this.#items(place, rule);
    if (FREE_TEXT_VRS.has(vr)) return this.#leaf(place, rule, 'guarded');
    if (vr === 'UI' || options.includes('retain_long_full_dates')) return { element, vr, action: 'keep', rule };
    return this.#byVr(place, rule);
  }

  /** Action C: dates are shifted, texts go through the vocabulary, sequences are cleaned inside. */
  #cleaned(place: Place, rule: string, options: readonly string[]): ElementPlan {
    const { vr } = place;
    if (vr === 'SQ') return this.#items(place, rule);
    if (options.includes('retain_long_modified_dates')) {
      if (vr === 'SH') return this.#leaf(place, rule, 'time-zone');
      if (FREE_TEXT_VRS.has(vr)) return this.#leaf(place, rule, 'date-or-text');
      return this.#byVr(place, rule);
    }
    if (FREE_TEXT_VRS.has(vr)) return this.#leaf(place, rule, 'allow-list');
    // A binary or a code cannot be read word by word: clean means that it goes.
    return vr === 'CS' ? this.#leaf(place, rule, 'code') : this.#withoutValue(place, rule);
  }

  /** Attributes of PS3.6 that Table E.1-1 does not list: by VR, denied where they could hold anything. */
  #unlisted(place: Place): ElementPlan {
    const { element, vr, type } = place;
    const { tag } = element;
    if (REMOVED_UNLISTED.has(tag)) return this.#withoutValue(place, 'unlisted: identifies a device or a store');
    if (CODED_TEXT.has(tag) && (FREE_TEXT_VRS.has(vr) || vr === 'CS'))
      return this.#leaf(place, 'unlisted: coded entry', 'coded');
    if (FREE_TEXT_VRS.has(vr)) {
      if (GUARDED_TEXT.has(tag)) return this.#leaf(place, 'unlisted: technical text', 'guarded');
      if (type !== undefined) return this.#leaf(place, 'unlisted: text of the IOD', 'allow-list');
      return removal(element, 'unlisted: text outside the IOD');
    }
    if (vr === 'CS' && type === undefined) return removal(element, 'unlisted: code outside the IOD');
    if (TYPED_CODES.has(tag)) return this.#leaf(place, 'unlisted: label that people type', 'allow-list');
    return this.#byVr(place, `unlisted: ${vr}`);
  }

  #byVr(place: Place, rule: string): ElementPlan {
    const { element, vr } = place;
    switch (vr) {
      case 'SQ':
        return this.#items(place, rule);
      case 'UI':
        return this.#leaf(place, rule, 'uid');
      case 'DA':
      case 'DT':
        return this.#leaf(place, rule, 'date');
      case 'TM':
        return this.#leaf(place, rule, 'time');
      case 'AS':
        return this.#leaf(place, rule, 'age');
      case 'CS':
        // Any capitals make a code: under another VR it has to be known words.
        return this.#leaf(place, rule, element.vr === 'CS' || element.vr === 'UN' ? 'code' : 'allow-list');
      case 'DS':
      case 'IS':
        if (holdsBinaryNumbers(element)) return this.#decimals(place, rule);
        return this.#leaf(place, rule, 'number');
      default:
        break;
    }
    if (NUMBER_VRS.has(vr) || isEmpty(element)) return { element, vr, action: 'keep', rule };
    if (BINARY_VRS.has(vr) && mayHoldSamples(element.tag)) return { element, vr, action: 'keep', rule };
    return this.#withoutValue(place, rule);
  }

  #leaf(place: Place, rule: string, kind: Parameters<ValueRules['apply']>[0]): ElementPlan {
    const { element, vr } = place;
    if (isEmpty(element)) return { element, vr, action: 'keep', rule };
    const outcome = this.#values.apply(kind, place.dataSet, element, vr);
    if (outcome === undefined) return this.#withoutValue(place, rule);
    return outcome.text === undefined
      ? { element, vr, action: 'keep', rule }
      : { element, vr, action: outcome.action, rule, text: outcome.text };
  }

  /** Binary numbers where PS3.6 has decimal text are written as text, which cannot hide anything else. */
  #decimals(place: Place, rule: string): ElementPlan {
    const { element, dataSet, vr } = place;
    const numbers = dataSet.numbers(element.tag);
    const sound = numbers.length > 0 && numbers.every((number) => isPlausible(number, vr));
    if (!sound) return this.#withoutValue(place, rule);
    return {
      element,
      vr,
      action: 'keep',
      rule,
      replacement: numberElement(dataSet.encoding, element.tag, vr, numbers),
    };
  }

  #items(place: Place, rule: string): ElementPlan {
    const { element, scope } = place;
    if (element.value.kind !== 'sequence') return removal(element, 'sequence that cannot be read');
    const inside = scope.inside(element.tag);
    const items = element.value.items.map((item) => ({ item, plan: this.#planDataSet(item.dataSet, inside) }));
    return { element, vr: 'SQ', action: 'items', rule, items: distinctLabels(element.tag, items) };
  }

  #withoutValue(place: Place, rule: string): ElementPlan {
    switch (withoutValue(place.type)) {
      case 'remove':
        return removal(place.element, rule);
      case 'empty':
        return { element: place.element, vr: place.vr, action: 'empty', rule };
      case 'dummy':
        return this.#dummy(place, rule);
    }
  }

  #dummy(place: Place, rule: string): ElementPlan {
    const { element, vr, dataSet } = place;
    if (vr === 'UI') return this.#leaf(place, rule, 'uid');
    const text = dummyText(vr);
    if (text !== undefined) return { element, vr, action: 'dummy', rule, text };
    if (vr !== 'SQ') {
      const replacement = dummyNumbers(dataSet.encoding, element.tag, vr);
      return { element, vr, action: 'dummy', rule, replacement };
    }
    if (element.tag === CONTENT_SEQUENCE)
      return { element, vr, action: 'dummy', rule, replacement: dummyContent(dataSet.encoding) };
    const codes = element.value.kind === 'sequence' && element.value.items.some((item) => isCodedEntry(item.dataSet));
    if (!codes) return this.#items(place, rule);
    const replacement = dummyCodeSequence(dataSet.encoding, element.tag);
    return { element, vr, action: 'dummy', rule, replacement };
  }
}

/** Letters read as floating-point numbers come out enormous or minute. */
function isPlausible(number: number, vr: string): boolean {
  if (vr === 'IS') return Number.isInteger(number) && Math.abs(number) < 2 ** 31;
  return number === 0 || (Math.abs(number) > 1e-12 && Math.abs(number) < 1e12);
}

function isCodedEntry(item: DataSet): boolean {
  return CODE_VALUE_TAGS.some((tag) => item.has(tag));
}

/** Only terms that name a character set; what else stands among them could be anything. */
function characterSetPlan(element: DataElement, dataSet: DataSet): ElementPlan {
  const rule = 'character set';
  const terms = dataSet.strings(element.tag);
  const { unknownTerms } = characterSetOf(terms);
  if (unknownTerms.length === 0) return { element, vr: 'CS', action: 'keep', rule };
  const known = terms.filter((term) => !unknownTerms.includes(term));
  if (known.every((term) => term === '')) return removal(element, rule);
  return { element, vr: 'CS', action: 'clean-text', rule, text: known.join('\\') };
}

function removal(element: DataElement, rule: string): ElementPlan {
  return { element, vr: element.vr, action: 'remove', rule };
}
