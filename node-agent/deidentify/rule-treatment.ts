/** Carries a rule of the profile out on one element; an action that does not fit the VR takes the value away. */
import { tagOf } from '../dicom/dictionary.ts';
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

export function treatByRule(place: Place, rule: ProfileRule, treatment: Treatment): ElementPlan {
  const plan = carriedOut(place, rule, treatment);
  if (rule.overrides === undefined || LEAVE_NOTHING.has(plan.action) || isEmpty(place.element)) return plan;
  return { ...plan, override: `${rule.name}. It lets more through than the basic profile: ${rule.overrides}.` };
}

function carriedOut(place: Place, { action, name, value }: ProfileRule, treatment: Treatment): ElementPlan {
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
  }
}
