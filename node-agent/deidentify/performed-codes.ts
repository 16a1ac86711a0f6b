/**
 * Which codes of CID 7050 an object may claim: those of the profile that were executed on it, and no others.
 * - Options that act on content which most objects do not have are claimed only where there was some (PS3.15 §E.3.3,
 *   §E.3.4, §E.3.10).
 * - The basic profile is not claimed where a rule of the profile let a value through that the basic profile takes away;
 *   a sequence that stays with cleaned items is no such value.
 */
import { BASIC_PROFILE, type CodedOption } from './options.ts';
import type { DataSetPlan, ElementPlan } from './plan.ts';
import { codeOf, type Profile } from './profile.ts';

const CLAIMED_WHERE_EXECUTED = ['clean_structured_content', 'clean_graphics', 'retain_safe_private'];

export function performedCodes(profile: Profile, plan: DataSetPlan): readonly CodedOption[] {
  const idle = CLAIMED_WHERE_EXECUTED.filter((option) => profile.has(option) && !some(plan, acted(option)));
  const codes = new Set(idle.map((option) => codeOf(option).code));
  if (some(plan, ({ override, action }) => override !== undefined && action !== 'items')) codes.add(BASIC_PROFILE.code);
  return profile.codes.filter(({ code }) => !codes.has(code));
}

/** The rule of an element names the options that decided about it. */
function acted(option: string): (planned: ElementPlan) => boolean {
  const kept = option === 'retain_safe_private';
  return ({ rule, action }) => rule.includes(option) && !(kept && action === 'remove');
}

function some({ elements }: DataSetPlan, wanted: (planned: ElementPlan) => boolean): boolean {
  return elements.some((planned) => wanted(planned) || (planned.items ?? []).some(({ plan }) => some(plan, wanted)));
}
