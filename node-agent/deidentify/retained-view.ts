/**
 * An object without the values that the profile retains on purpose: what it names there is no identifier for this
 * profile, so other texts need not lose it and the residual scan must not find fault with it.
 */
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { tagText } from '../dicom/dictionary.ts';
import { makeDataSet } from '../dicom/element.ts';
import type { ConfidentialityTable } from './confidentiality-table.ts';
import type { DatePolicy } from './date-policy.ts';
import { derive } from './derived/derive.ts';
import { effectiveVr, textValues } from './element-values.ts';
import type { ObjectRules, ProfileRule } from './profile/profile-rules.ts';
import type { Profile } from './profile.ts';

/** Options that keep what the room otherwise takes for identifying. */
const RETAINING = new Set([
  'retain_uids',
  'retain_device_identity',
  'retain_institution_identity',
  'retain_long_full_dates',
]);

export class RetainedView {
  readonly #profile: Profile;
  readonly #table: ConfidentialityTable;
  readonly #rules: ObjectRules;
  readonly #dates: DatePolicy;

  constructor(profile: Profile, table: ConfidentialityTable, rules: ObjectRules, dates: DatePolicy) {
    this.#profile = profile;
    this.#table = table;
    this.#rules = rules;
    this.#dates = dates;
  }

  /** The same data set where nothing is retained, else a view of it. */
  without(dataSet: DataSet): DataSet {
    let changed = false;
    const elements = dataSet.elements.flatMap((element): DataElement[] => {
      const { value } = element;
      if (value.kind !== 'sequence') {
        const retained = this.#isRetained(element, dataSet);
        changed ||= retained;
        return retained ? [] : [element];
      }
      const items = value.items.map((item) => ({ ...item, dataSet: this.without(item.dataSet) }));
      if (items.every((item, index) => item.dataSet === value.items[index]?.dataSet)) return [element];
      changed = true;
      return [{ ...element, value: { ...value, items } }];
    });
    return changed ? makeDataSet(dataSet.encoding, elements, dataSet.characterSet) : dataSet;
  }

  #isRetained(element: DataElement, dataSet: DataSet): boolean {
    const { tag } = element;
    const found = this.#rules.find(tag, dataSet, false);
    const rule = found?.action === 'by-table' ? undefined : found;
    if (rule?.action === 'derive') return isSetAlready(rule, element, dataSet);
    if (rule !== undefined && rule.action !== 'shift-date') return rule.action === 'keep';
    const row = this.#table.find(tag);
    if (rule === undefined && row !== undefined) {
      const { code, options } = this.#profile.decide(row);
      if (code === 'K' && options.some((option) => RETAINING.has(option))) return true;
    }
    return this.#staysAsItIs(element, dataSet);
  }

  /** A date that is the first of its month already, where dates are set to that. */
  #staysAsItIs(element: DataElement, dataSet: DataSet): boolean {
    if (this.#dates.kind !== 'month') return false;
    const vr = effectiveVr(element);
    if (vr !== 'DA' && vr !== 'DT') return false;
    return textValues(dataSet, element, vr).every((value) => {
      const changed = vr === 'DT' ? this.#dates.dateTime(value) : this.#dates.date(value);
      return changed === value;
    });
  }
}

/** A date that is already what the rule sets it to, such as the first of its month. */
function isSetAlready({ derive: parts }: ProfileRule, element: DataElement, dataSet: DataSet): boolean {
  const [part, ...more] = parts;
  if (part?.as !== 'date-parts' || more.length > 0 || part.from !== tagText(element.tag)) return false;
  const derived = derive(parts, { dataSet, root: dataSet }, undefined, () => '');
  return derived.kind === 'text' && derived.text === textValues(dataSet, element, effectiveVr(element)).join('\\');
}
