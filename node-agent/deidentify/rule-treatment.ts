/** Carries a rule of the profile out on one element; an action that does not fit the VR takes the value away. */
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { derive, type KeyedSource } from './derived/derive.ts';
import { readBy } from './derived/derived-part.ts';
import { tagsOf } from './derived/operand.ts';
import { SetAside } from './derived/set-aside.ts';
import { isEmpty } from './element-values.ts';
import { isBelowOldestAge } from './patient-age.ts';
import type { Place } from './place.ts';
import type { ElementPlan, PlannedAction } from './plan.ts';
import type { ProfileRule } from './profile/profile-rules.ts';
import { valueProblem } from './profile/rule-value.ts';
import { resolve } from './resolution.ts';
import type { Treatment } from './treatment.ts';

const BIRTH_DATE = tagOf('PatientBirthDate');
/** Nothing of the value is left after these. */
const LEAVE_NOTHING: ReadonlySet<PlannedAction> = new Set<PlannedAction>(['remove', 'empty', 'dummy']);

/** What a rule may read besides its element. */
export interface RuleSources {
  /** The top of the original. */
  readonly root: DataSet;
  readonly keyed: KeyedSource | undefined;
}

/** @throws SetAside where the rule keeps the whole object back */
export function treatByRule(place: Place, rule: ProfileRule, treatment: Treatment, sources: RuleSources): ElementPlan {
  const plan = carriedOut(place, rule, treatment, sources);
  if (rule.overrides === undefined || LEAVE_NOTHING.has(plan.action)) return plan;
  if (isEmpty(place.element) && plan.text === undefined) return plan;
  return { ...plan, override: `${rule.name}. It lets more through than the basic profile: ${rule.overrides}.` };
}

function carriedOut(place: Place, rule: ProfileRule, treatment: Treatment, sources: RuleSources): ElementPlan {
  const { action, name, value } = rule;
  const { element, vr, type } = place;
  switch (action) {
    case 'keep':
      return treatment.kept(place, name, 'retained');
    case 'remove':
      return treatment.resolved(place, resolve('X', type), name, []);
    case 'empty':
      return treatment.resolved(place, resolve('Z', type), name, []);
    case 'replace':
      // Only for private attributes can the VR be one that the value does not fit: the profile could not know it.
      return value === undefined || valueProblem(value, vr) !== undefined
        ? treatment.dummy(place, name)
        : { element, vr, action: 'dummy', rule: name, text: value };
    case 'hash-uid':
      return vr === 'UI' ? treatment.leaf(place, name, 'uid') : treatment.withoutValue(place, name);
    case 'shift-date':
      if (element.tag === BIRTH_DATE && !isBelowOldestAge(place.dataSet)) return treatment.withoutValue(place, name);
      return vr === 'DA' || vr === 'DT' ? treatment.leaf(place, name, 'date') : treatment.withoutValue(place, name);
    case 'clean-text':
      return treatment.resolved(place, 'clean', name, []);
    case 'derive':
      return derivedPlan(place, rule, treatment, sources);
    case 'set-aside':
      throw new SetAside(`The profile keeps such objects back: ${name}.`);
    case 'by-table':
      throw new Error('A rule that leaves an element to the table was asked to treat it.');
  }
}

function derivedPlan(place: Place, rule: ProfileRule, treatment: Treatment, sources: RuleSources): ElementPlan {
  const { element, dataSet } = place;
  const { name } = rule;
  // What a rule may let through for a reason loses only what names the patient.
  const mode = rule.overrides === undefined ? 'allow-list' : 'guarded';
  const tellsBirth = [element.tag, ...rule.derive.flatMap(readBy).flatMap(tagsOf)].includes(BIRTH_DATE);
  if (tellsBirth && !isBelowOldestAge(sources.root)) return treatment.withoutValue(place, name);
  const derived = derive(rule.derive, { dataSet, root: sources.root }, sources.keyed, (tag, text) =>
    treatment.shown(tag, text, mode),
  );
  switch (derived.kind) {
    case 'keep':
      return treatment.kept(place, name, 'retained');
    case 'remove':
      return treatment.resolved(place, resolve('X', place.type), name, []);
    case 'empty':
      return treatment.resolved(place, resolve('Z', place.type), name, []);
    case 'text':
      return treatment.written(place, name, derived);
  }
}
