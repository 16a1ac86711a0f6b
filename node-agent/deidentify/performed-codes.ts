/**
 * Which codes of CID 7050 an object may claim. Two options act on content that most objects do not have: they are
 * claimed only where there was some (PS3.15 §E.3.3, §E.3.4).
 */
import type { DataSetPlan } from './plan.ts';
import type { CodedOption, Profile } from './profile.ts';

const CLAIMED_WHERE_EXECUTED = ['clean_structured_content', 'clean_graphics'];

export function performedCodes(profile: Profile, plan: DataSetPlan): readonly CodedOption[] {
  const idle = profile.options.filter((option) => CLAIMED_WHERE_EXECUTED.includes(option) && !executed(plan, option));
  const codes = new Set(idle.map((option) => profile.codeOf(option).code));
  return profile.codes.filter(({ code }) => !codes.has(code));
}

/** The rule of an element names the options that decided about it. */
function executed({ elements }: DataSetPlan, option: string): boolean {
  return elements.some(
    ({ rule, items = [] }) => rule.includes(option) || items.some(({ plan }) => executed(plan, option)),
  );
}
