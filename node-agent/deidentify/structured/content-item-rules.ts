/**
 * Clean Structured Content (PS3.15 §E.3.4) on one content item (PS3.3 §C.17.3, §10.2): what its concept name says
 * about identity decides, and no item loses the value that its value type requires, so that the tree stays valid.
 */
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { dummyCodeSequence, dummyText } from '../dummies.ts';
import type { ElementPlan } from '../plan.ts';
import type { SpecialRule } from '../special-rule.ts';
import { capAge, OLDEST_AGE_IN_YEARS } from '../temporal.ts';
import type { ValueRules } from '../value-rules.ts';
import { type ContentRole, contentRole } from './content-concepts.ts';

const TAGS = {
  text: tagOf('TextValue'),
  name: tagOf('PersonName'),
  date: tagOf('Date'),
  time: tagOf('Time'),
  dateTime: tagOf('DateTime'),
  code: tagOf('ConceptCodeSequence'),
  measured: tagOf('MeasuredValueSequence'),
  numeric: tagOf('NumericValue'),
  unit: tagOf('MeasurementUnitsCodeSequence'),
  codeValue: tagOf('CodeValue'),
  floating: tagOf('FloatingPointValue'),
} as const;
/** By the codes of UCUM; a unit that is none of time is taken for years. */
const UNITS_PER_YEAR: Readonly<Record<string, number>> = { a: 1, mo: 12, wk: 52.18, d: 365.25 };

/** Roles whose values give nobody away by themselves; any other role does, whatever its value. */
const HARMLESS: ReadonlySet<ContentRole | undefined> = new Set<ContentRole | undefined>(['age', 'equipment']);

export class ContentItemRules implements SpecialRule {
  readonly #pseudonym: string;
  readonly #values: ValueRules;
  /** The measured values met so far that say something about identity: they do not bear the concept name themselves. */
  readonly #measured = new Map<DataSet, ContentRole>();

  constructor(pseudonym: string, values: ValueRules) {
    this.#pseudonym = pseudonym;
    this.#values = values;
  }

  plan(element: DataElement, dataSet: DataSet, vr: string): ElementPlan | undefined {
    switch (element.tag) {
      case TAGS.text:
        return this.#text(element, dataSet, vr);
      case TAGS.name:
        return contentRole(dataSet) === 'patient-name'
          ? { element, vr, action: 'pseudonym', rule: ruleOf('patient-name'), text: `${this.#pseudonym}^` }
          : undefined;
      case TAGS.date:
      case TAGS.time:
      case TAGS.dateTime:
        return withoutMeaning(element, vr, dataSet, contentRole(dataSet));
      case TAGS.code:
        return withoutMeaning(element, 'SQ', dataSet, contentRole(dataSet));
      case TAGS.measured:
        return this.#remember(element, contentRole(dataSet));
      case TAGS.numeric:
        return this.#number(element, dataSet, vr, contentRole(dataSet) ?? this.#measured.get(dataSet));
      case TAGS.floating:
        return this.#removedNumber(element, dataSet, vr);
      default:
        return undefined;
    }
  }

  #text(element: DataElement, item: DataSet, vr: string): ElementPlan {
    const role = contentRole(item);
    if (role === 'patient-id' || role === 'patient-name')
      return { element, vr, action: 'pseudonym', rule: ruleOf(role), text: this.#pseudonym };
    if (role === 'age') {
      const capped = capAge(item.string(TAGS.text) ?? '');
      if (capped !== undefined) return { element, vr, action: 'cap-age', rule: ruleOf(role), text: capped };
    }
    const dummy = { element, vr, action: 'dummy', rule: ruleOf(role), text: dummyText('UT') ?? '' } as const;
    if (role !== undefined && !HARMLESS.has(role)) return dummy;
    const outcome = this.#values.apply(role === 'equipment' ? 'guarded' : 'allow-list', item, element, vr);
    if (outcome === undefined) return dummy;
    const rule = ruleOf(role);
    return outcome.text === undefined
      ? { element, vr, action: 'keep', rule }
      : { element, vr, action: outcome.action, rule, text: outcome.text };
  }

  #remember(element: DataElement, role: ContentRole | undefined): undefined {
    if (role === undefined || element.value.kind !== 'sequence') return;
    for (const { dataSet } of element.value.items) this.#measured.set(dataSet, role);
  }

  /** An age from 90 years on becomes 90 years; any other number that identifies becomes 0. */
  #number(element: DataElement, item: DataSet, vr: string, role: ContentRole | undefined): ElementPlan | undefined {
    if (role === undefined || role === 'equipment') return undefined;
    const rule = ruleOf(role);
    if (role !== 'age') return { element, vr, action: 'dummy', rule, text: dummyText('DS') ?? '' };
    const unit = item.items(TAGS.unit)[0]?.string(TAGS.codeValue) ?? 'a';
    const oldest = OLDEST_AGE_IN_YEARS * (UNITS_PER_YEAR[unit] ?? 1);
    const age = item.number(TAGS.numeric);
    if (age === undefined || age < oldest) return undefined;
    return { element, vr, action: 'cap-age', rule, text: String(Math.floor(oldest)) };
  }

  /** Floating Point Value (0040,A161) repeats Numeric Value (0040,A30A) with more digits and would undo what was done. */
  #removedNumber(element: DataElement, item: DataSet, vr: string): ElementPlan | undefined {
    const role = this.#measured.get(item);
    if (role === undefined || role === 'equipment') return undefined;
    return { element, vr, action: 'remove', rule: ruleOf(role) };
  }
}

/** A date, a time or a code whose concept says that it identifies; the patient's other dates are shifted as everywhere. */
function withoutMeaning(
  element: DataElement,
  vr: string,
  { encoding }: DataSet,
  role: ContentRole | undefined,
): ElementPlan | undefined {
  if (role === undefined || HARMLESS.has(role)) return undefined;
  const rule = ruleOf(role);
  if (vr === 'SQ') return { element, vr, action: 'dummy', rule, replacement: dummyCodeSequence(encoding, element.tag) };
  const text = dummyText(vr);
  return text === undefined ? undefined : { element, vr, action: 'dummy', rule, text };
}

function ruleOf(role: ContentRole | undefined): string {
  return role === undefined ? 'content item: text' : `content item: ${role}`;
}
