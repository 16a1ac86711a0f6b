/** The report on one object: what was done where, by which rule, without any value. */
import type { DataElement } from '../dicom/data-set.ts';
import { groupText, isPrivate, tagText } from '../dicom/dictionary.ts';
import type { DeidentificationReport, ReportedRemark } from './outcome.ts';
import type { DataSetPlan, PlannedAction, ReportedAction } from './plan.ts';

type Head = Omit<DeidentificationReport, 'actions' | 'counts' | 'disagreements' | 'overrides'>;

/** @param stamps the elements written over the plan */
export function reportOf(plan: DataSetPlan, stamps: readonly DataElement[], head: Head): DeidentificationReport {
  const merged = new Map<string, { -readonly [Key in keyof ReportedAction]: ReportedAction[Key] }>();
  const counts: Record<string, number> = {};
  const disagreements = new Map<string, number>();
  const overrides = new Map<string, number>();
  const remark = (remarks: Map<string, number>, sentence: string | undefined): void => {
    if (sentence !== undefined) remarks.set(sentence, (remarks.get(sentence) ?? 0) + 1);
  };
  const stamped = new Set(stamps.map(({ tag }) => tag));
  const add = (path: string, action: PlannedAction, rule: string): void => {
    counts[action] = (counts[action] ?? 0) + 1;
    if (action === 'keep' || action === 'items') return;
    const key = `${path} ${action} ${rule}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { path, action, rule, count: 1 });
    else known.count += 1;
  };
  const walk = ({ elements }: DataSetPlan, prefix: string): void => {
    for (const { element, action, rule, items, disagreement, override } of elements) {
      if (prefix === '' && stamped.has(element.tag)) continue;
      // Private tags are merged by group: their numbers say nothing and there can be thousands.
      const tag = isPrivate(element.tag) ? `(${groupText(element.tag)},xxxx)` : tagText(element.tag);
      add(prefix + tag, action, rule);
      remark(disagreements, disagreement);
      remark(overrides, override);
      for (const { plan: nested } of items ?? []) walk(nested, `${prefix}${tag}[*]/`);
    }
  };
  walk(plan, '');
  for (const { tag } of stamps) add(tagText(tag), 'pseudonym', 'PS3.15 §E.1.1: written by the profile');
  return {
    ...head,
    actions: [...merged.values()],
    counts,
    disagreements: remarksOf(disagreements),
    overrides: remarksOf(overrides),
  };
}

function remarksOf(remarks: ReadonlyMap<string, number>): ReportedRemark[] {
  return [...remarks].map(([sentence, count]) => ({ sentence, count }));
}
