/** The rules of a profile, in their order: the first that is for this object and means the element decides. */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import type { DerivedPart } from '../derived/derived-part.ts';
import type { ProfileFile, RuleAction, RuleText } from './profile-file.ts';
import { conditionsHold, testsHold } from './rule-conditions.ts';
import { type RuleSelector, selectorOf } from './rule-selector.ts';

export interface ProfileRule {
  readonly action: RuleAction;
  readonly value: string | undefined;
  /** What a value is derived from; [] for other actions. */
  readonly derive: readonly DerivedPart[];
  /** As reports name it. */
  readonly name: string;
  /** Why it may let more through than the options do; undefined where it does not. */
  readonly overrides: string | undefined;
}

/** The rules that are for one object. */
export interface ObjectRules {
  /** @param optional whether the IOD leaves it to the sender to have the attribute at this place */
  find(tag: Tag, dataSet: DataSet, optional: boolean): ProfileRule | undefined;
  /** The attributes that are written where the top of the object lacks them, each with its rule. */
  readonly created: readonly { readonly tag: Tag; readonly rule: ProfileRule }[];
}

interface Compiled extends ProfileRule {
  readonly text: RuleText;
  readonly selector: RuleSelector;
}

const NO_RULES: ObjectRules = { find: () => undefined, created: [] };

export class ProfileRules {
  readonly #rules: readonly Compiled[];

  constructor({ name, rules }: Pick<ProfileFile, 'name' | 'rules'>) {
    this.#rules = rules.map((text) => ({
      text,
      selector: selectorOf(text),
      action: text.action,
      value: text.value,
      derive: text.derive ?? [],
      name: `${name}: ${text.why}`,
      overrides: text.overrides,
    }));
  }

  /** @param original the top of the object */
  forObject(original: DataSet): ObjectRules {
    const rules = this.#rules.filter(({ text }) => conditionsHold(text.when, original));
    if (rules.length === 0) return NO_RULES;
    // Most rules mean one tag: only the others are asked one by one.
    const exact = new Map<Tag, number[]>();
    const others: number[] = [];
    for (const [position, { selector }] of rules.entries()) {
      if (selector.tag === undefined) others.push(position);
      else exact.set(selector.tag, [...(exact.get(selector.tag) ?? []), position]);
    }
    const find = (tag: Tag, dataSet: DataSet, optional: boolean): Compiled | undefined => {
      const applies = (position: number): boolean => {
        const text = rules[position]?.text;
        return text !== undefined && (optional || text.ifOptional !== true) && testsHold(text.when, dataSet, original);
      };
      const first = exact.get(tag)?.find(applies) ?? rules.length;
      const earlier = others.find(
        (position) => position < first && rules[position]?.selector.matches(tag, dataSet) && applies(position),
      );
      return rules[earlier ?? first];
    };
    const creatable = new Set(rules.flatMap(({ text, selector }) => (text.create ? (selector.tag ?? []) : [])));
    const created = [...creatable].flatMap((tag) => {
      const rule = original.has(tag) ? undefined : find(tag, original, true);
      return rule?.text.create ? [{ tag, rule }] : [];
    });
    return { find, created };
  }

  /** The first rule without conditions that means this tag wherever it stands; undefined when none does. */
  always(tag: Tag): ProfileRule | undefined {
    return this.#rules.find(
      ({ text, selector }) => text.when === undefined && text.ifOptional === undefined && selector.tag === tag,
    );
  }
}
