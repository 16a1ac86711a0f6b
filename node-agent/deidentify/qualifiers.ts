/**
 * Attributes that only qualify others (type 1C, 2C, 3 of PS3.3): a calendar without its date, a role without its person, a
 * context group without its identifier may not stand alone.
 */
import type { DataElement, DataSet, Tag } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { isContextIdentifier } from './coded-entries.ts';
import { isEmpty, textsAt } from './element-values.ts';
import type { ElementPlan } from './plan.ts';
import { readTable, type Table } from './read-table.ts';
import type { SpecialRule } from './special-rule.ts';

interface File extends Table {
  readonly qualifiers: Readonly<Record<string, readonly string[]>>;
  readonly ofContextGroup: readonly string[];
}

const file = readTable<File>('qualifiers.json');
const tag = (digits: string): Tag => Number.parseInt(digits, 16);
const QUALIFIERS: ReadonlyMap<Tag, readonly Tag[]> = new Map(
  Object.entries(file.qualifiers).map(([digits, qualified]) => [tag(digits), qualified.map(tag)]),
);
const OF_CONTEXT_GROUP: ReadonlySet<Tag> = new Set(file.ofContextGroup.map(tag));
const CONTEXT_IDENTIFIER = tagOf('ContextIdentifier');

/** Attributes that go with what they qualify, whatever their type. */
export const QUALIFYING: ReadonlySet<Tag> = new Set([...QUALIFIERS.keys(), ...OF_CONTEXT_GROUP]);

export class Qualifiers implements SpecialRule {
  readonly #goes: (tag: Tag) => boolean;

  /** @param goes whether the profile takes an attribute away altogether */
  constructor(goes: (tag: Tag) => boolean) {
    this.#goes = goes;
  }

  plan(element: DataElement, dataSet: DataSet, vr: string): ElementPlan | undefined {
    if (isEmpty(element)) return undefined;
    const qualified = QUALIFIERS.get(element.tag)?.filter((other) => dataSet.has(other)) ?? [];
    const alone = qualified.length > 0 && qualified.every((other) => this.#goes(other));
    const contextless = OF_CONTEXT_GROUP.has(element.tag) && !keepsContext(dataSet);
    return alone || contextless ? { element, vr, action: 'remove', rule: 'qualifies what is removed' } : undefined;
  }
}

/** Items without a context group, and those whose identifier is one, are left alone. */
function keepsContext(dataSet: DataSet): boolean {
  const [identifier] = textsAt(dataSet, CONTEXT_IDENTIFIER);
  return identifier === undefined || isContextIdentifier(identifier);
}
