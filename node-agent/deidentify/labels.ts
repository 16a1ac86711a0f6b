/** Keeps the structures of one object apart when their labels had to be cleaned. */
import type { Tag } from '../dicom/data-set.ts';
import type { ElementPlan, ItemPlan } from './plan.ts';
import { readTable, type Table } from './read-table.ts';

interface File extends Table {
  readonly labels: readonly {
    readonly sequence: string;
    readonly label: string;
    readonly number: string;
    readonly word: string;
  }[];
}

interface LabelRule {
  readonly label: Tag;
  readonly number: Tag;
  /** Stands before the number in a neutral label. */
  readonly word: string;
}

const tag = (digits: string): Tag => Number.parseInt(digits, 16);
const RULES: ReadonlyMap<Tag, LabelRule> = new Map(
  readTable<File>('structure-labels.json').labels.map(({ sequence, label, number, word }) => [
    tag(sequence),
    { label: tag(label), number: tag(number), word },
  ]),
);

/** One label: what it was, and what its plan would write. */
interface Label {
  readonly position: number;
  readonly before: string;
  readonly after: string;
}

/**
 * The plans of a sequence's items; a label that lost everything, or that would become equal to another
 * one, is replaced by a neutral one of its own: 'ROI 3', 'Segment 2'. Labels that stay are never touched.
 */
export function distinctLabels(sequence: Tag, items: readonly ItemPlan[]): readonly ItemPlan[] {
  const rule = RULES.get(sequence);
  if (rule === undefined) return items;
  const labels = items.flatMap((item, position) => labelOf(item, position, rule));
  const taken = new Map<string, string>();
  for (const { before, after } of labels) if (before === after) taken.set(comparable(after), before);
  const neutral = new Map<number, string>();
  for (const { position, before, after } of labels) {
    if (before === after) continue;
    const equal = taken.get(comparable(after));
    if (after !== '' && (equal === undefined || equal === before)) {
      taken.set(comparable(after), before);
      continue;
    }
    const text = unused(`${rule.word} ${numberOf(items[position], position, rule)}`, taken);
    taken.set(comparable(text), before);
    neutral.set(position, text);
  }
  return neutral.size === 0 ? items : items.map((item, at) => withLabel(item, rule.label, neutral.get(at)));
}

function labelOf({ plan }: ItemPlan, position: number, rule: LabelRule): Label[] {
  const planned = plan.elements.find(({ element }) => element.tag === rule.label);
  const before = plan.dataSet.string(rule.label)?.trim() ?? '';
  if (planned === undefined || before === '') return [];
  return [{ position, before, after: textAfter(planned, before) }];
}

function textAfter({ action, text }: ElementPlan, before: string): string {
  if (action === 'keep') return before;
  return action === 'clean-text' ? (text ?? before).trim() : '';
}

/** The number the object gives the structure, else its place in the sequence. */
function numberOf(item: ItemPlan | undefined, position: number, rule: LabelRule): number {
  return item?.plan.dataSet.number(rule.number) ?? position + 1;
}

function unused(text: string, taken: ReadonlyMap<string, string>): string {
  let candidate = text;
  for (let more = 2; taken.has(comparable(candidate)); more += 1) candidate = `${text}.${more}`;
  return candidate;
}

function withLabel(item: ItemPlan, label: Tag, text: string | undefined): ItemPlan {
  if (text === undefined) return item;
  const elements = item.plan.elements.map((planned): ElementPlan => {
    const { element, vr } = planned;
    return element.tag === label ? { element, vr, rule: planned.rule, action: 'dummy', text } : planned;
  });
  return { ...item, plan: { ...item.plan, elements } };
}

/** Labels that differ in case only are one to many programs. */
function comparable(label: string): string {
  return label.toLowerCase();
}
