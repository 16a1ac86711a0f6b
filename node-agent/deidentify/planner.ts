/** Makes the plan for an object: the profile's rules, then Table E.1-1, then the room's own rules for what no row lists. */

import { characterSetOf } from '../dicom/character-set.ts';
import type { DataElement, DataSet, Tag } from '../dicom/data-set.ts';
import { impliedVr, isPrivate, lookup } from '../dicom/dictionary.ts';
import { SPECIFIC_CHARACTER_SET } from '../dicom/tags.ts';
import type { AttributeTypes, TypeScope } from './attribute-types.ts';
import type { ConfidentialityTable } from './confidentiality-table.ts';
import type { KeyedSource } from './derived/derive.ts';
import { effectiveVr } from './element-values.ts';
import { distinctLabels } from './labels.ts';
import { type Place, removal } from './place.ts';
import type { DataSetPlan, ElementPlan } from './plan.ts';
import { creatorTagOf } from './private-attribute.ts';
import type { ObjectRules } from './profile/profile-rules.ts';
import type { Profile } from './profile.ts';
import { resolve } from './resolution.ts';
import { CODED_TEXT, GUARDED_TEXT, REMOVED_UNLISTED, TYPED_CODES } from './retained-attributes.ts';
import { treatByRule } from './rule-treatment.ts';
import type { SafePrivate } from './safe-private.ts';
import type { SpecialRule } from './special-rule.ts';
import { FREE_TEXT_VRS, Treatment } from './treatment.ts';
import type { ValueRules } from './value-rules.ts';

/** Repeating groups of curves (50xx) and overlays (60xx), PS3.3 §C.9.2 and §C.10.2. */
const CURVE_GROUPS = 0x50;
const OVERLAY_GROUPS = 0x60;
const OVERLAY_DATA = 0x3000;
/** Lower groups belong to commands, file meta and directories (PS3.5 §7.1). */
const FIRST_GROUP = 0x0008;

export interface PlannerParts {
  readonly profile: Profile;
  /** The rules of the profile that are for this one object. */
  readonly rules: ObjectRules;
  readonly table: ConfidentialityTable;
  readonly types: AttributeTypes;
  /** The rules for values of this one object. */
  readonly values: ValueRules;
  /** For profiles that retain private attributes. */
  readonly safePrivate?: SafePrivate | undefined;
  /** The top of the original. */
  readonly root: DataSet;
  /** Makes the values that rules derive with the secret of the site; without it such values go. */
  readonly keyed: KeyedSource | undefined;
  /** Rules that are asked before the table; also for this one object. */
  readonly special?: readonly SpecialRule[];
}

export class Planner {
  readonly #parts: PlannerParts;
  readonly #special: readonly SpecialRule[];
  readonly #treatment: Treatment;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
    this.#special = parts.special ?? [];
    this.#treatment = new Treatment(parts.values, (place, rule) => this.#items(place, rule));
  }

  plan(dataSet: DataSet, sopClassUid: string): DataSetPlan {
    const scope = this.#parts.types.scopeOf(sopClassUid);
    const { elements } = this.#planDataSet(dataSet, scope);
    const created = this.#parts.rules.created.flatMap(({ tag, rule }) => {
      const vr = impliedVr(tag, { signed: false, encapsulated: false });
      const element: DataElement = { tag, vr, value: { kind: 'bytes', bytes: new Uint8Array(0) } };
      const place: Place = { element, dataSet, vr, type: scope.typeOf(tag), scope };
      const plan = treatByRule(place, rule, this.#treatment, this.#parts);
      return plan.action === 'remove' ? [] : [plan];
    });
    return { dataSet, elements: [...elements, ...created] };
  }

  #planDataSet(dataSet: DataSet, scope: TypeScope): DataSetPlan {
    const seen = new Set<Tag>();
    const elements = dataSet.elements.map((element) => {
      if (seen.has(element.tag)) return removal(element, 'duplicate element');
      seen.add(element.tag);
      return this.#planElement(element, dataSet, scope);
    });
    return { dataSet, elements: withCreators(elements) };
  }

  #planElement(element: DataElement, dataSet: DataSet, scope: TypeScope): ElementPlan {
    const { tag } = element;
    if ((tag & 0xffff) === 0) return removal(element, 'group length');
    if (tag === SPECIFIC_CHARACTER_SET) return characterSetPlan(element, dataSet);
    if (tag >>> 16 < FIRST_GROUP) return removal(element, 'group outside data sets');
    const place: Place = { element, dataSet, vr: effectiveVr(element), type: scope.typeOf(tag), scope };
    // Asked even where a rule of the profile decides: they also remember what they have seen.
    const special = this.#bySpecialRule(place);
    const rule = this.#parts.rules.find(tag, dataSet, place.type === undefined || place.type === '3');
    if (rule !== undefined && rule.action !== 'by-table') return treatByRule(place, rule, this.#treatment, this.#parts);
    return special ?? this.#byTable(place);
  }

  #bySpecialRule({ element, dataSet, vr }: Place): ElementPlan | undefined {
    for (const special of this.#special) {
      const plan = special.plan(element, dataSet, vr);
      if (plan !== undefined) return plan;
    }
    return undefined;
  }

  #byTable(place: Place): ElementPlan {
    const { element, type } = place;
    const { tag } = element;
    const { table, profile, safePrivate } = this.#parts;
    const group = tag >>> 24;
    // With Clean Graphics too: what is writing and what is drawing in a bitmap cannot be told apart.
    if (group === CURVE_GROUPS || group === OVERLAY_GROUPS) return removal(element, this.#ruleOfPlane(tag));
    // The only option that touches the row of private attributes is Retain Safe Private.
    if (safePrivate !== undefined && isPrivate(tag)) return safePrivate.plan(place, this.#treatment);
    const row = table.find(tag);
    if (row === undefined)
      return lookup(tag) === undefined ? removal(element, 'attribute not in PS3.6') : this.#unlisted(place);
    const { code, rule, options, disagreement } = profile.decide(row);
    const plan = this.#treatment.resolved(place, resolve(code, type), rule, options);
    return disagreement === undefined ? plan : { ...plan, disagreement };
  }

  /** The row for the data of a curve or an overlay stands for its whole group. */
  #ruleOfPlane(tag: Tag): string {
    const { table, profile } = this.#parts;
    const row = table.find(tag) ?? table.find((((tag & 0xffff0000) >>> 0) | OVERLAY_DATA) >>> 0);
    return row === undefined ? 'overlay or curve' : profile.decide(row).rule;
  }

  /** Attributes of PS3.6 that Table E.1-1 does not list: by VR, denied where they could hold anything. */
  #unlisted(place: Place): ElementPlan {
    const { element, vr, type } = place;
    const { tag } = element;
    const treatment = this.#treatment;
    if (REMOVED_UNLISTED.has(tag)) return treatment.withoutValue(place, 'unlisted: identifies a device or a store');
    if (CODED_TEXT.has(tag) && (FREE_TEXT_VRS.has(vr) || vr === 'CS'))
      return treatment.leaf(place, 'unlisted: coded entry', 'coded');
    if (FREE_TEXT_VRS.has(vr)) {
      if (GUARDED_TEXT.has(tag)) return treatment.leaf(place, 'unlisted: technical text', 'guarded');
      if (type !== undefined) return treatment.leaf(place, 'unlisted: text of the IOD', 'allow-list');
      return removal(element, 'unlisted: text outside the IOD');
    }
    if (vr === 'CS' && type === undefined) return removal(element, 'unlisted: code outside the IOD');
    if (TYPED_CODES.has(tag)) return treatment.leaf(place, 'unlisted: label that people type', 'allow-list');
    return treatment.byVr(place, `unlisted: ${vr}`);
  }

  #items(place: Place, rule: string): ElementPlan {
    const { element, scope } = place;
    if (element.value.kind !== 'sequence') return removal(element, 'sequence that cannot be read');
    const inside = scope.inside(element.tag);
    const items = element.value.items.map((item) => ({ item, plan: this.#planDataSet(item.dataSet, inside) }));
    return { element, vr: 'SQ', action: 'items', rule, items: distinctLabels(element.tag, items) };
  }
}

/** The private creators of blocks in which something stays; without its creator a private attribute has no meaning (PS3.5 §7.8.1). */
function withCreators(elements: readonly ElementPlan[]): readonly ElementPlan[] {
  const creators = new Set<Tag>();
  for (const { element, action } of elements)
    if (action !== 'remove' && isPrivate(element.tag)) creators.add(creatorTagOf(element.tag));
  if (creators.size === 0) return elements;
  return elements.map((planned): ElementPlan => {
    const { element, action } = planned;
    if (action !== 'remove' || !creators.has(element.tag)) return planned;
    return { element, vr: 'LO', action: 'keep', rule: 'creator of private attributes that stay' };
  });
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
