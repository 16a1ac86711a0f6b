/** The rules of a profile, in their order: the first that is for this object and means the element decides. */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import type { ProfileFile, RuleAction, RuleText } from './profile-file.ts';
import { conditionsHold } from './rule-conditions.ts';
import { type RuleSelector, selectorOf } from './rule-selector.ts';

export interface ProfileRule {
  readonly action: RuleAction;
  readonly value: string | undefined;
  /** As reports name it. */
  readonly name: string;
  /** Why it may let more through than the options do; undefined where it does not. */
  readonly overrides: string | undefined;
}

/** The rules that are for one object. */
export interface ObjectRules {
  /** @param optional whether the IOD leaves it to the sender to have the attribute at this place */
  find(tag: Tag, dataSet: DataSet, optional: boolean): ProfileRule | undefined;
}

interface Compiled extends ProfileRule {
  readonly text: RuleText;
  readonly selector: RuleSelector;
}

const NO_RULES: ObjectRules = { find: () => undefined };

export class ProfileRules {
  readonly #rules: readonly Compiled[];

  constructor({ name, rules }: Pick<ProfileFile, 'name' | 'rules'>) {
    this.#rules = rules.map((text) => ({
      text,
      selector: selectorOf(text),
      action: text.action,
      value: text.value,
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
    return {
      find: (tag, dataSet, optional) => {
        const applies = (position: number): boolean =>
          rules[position] !== undefined && (optional || rules[position].text.ifOptional !== true);
        const first = exact.get(tag)?.find(applies) ?? rules.length;
        const earlier = others.find(
          (position) => position < first && applies(position) && rules[position]?.selector.matches(tag, dataSet),
        );
        return rules[earlier ?? first];
      },
    };
  }

  /** The first rule without conditions that means this tag wherever it stands; undefined when none does. */
  always(tag: Tag): ProfileRule | undefined {
    return this.#rules.find(
      ({ text, selector }) => text.when === undefined && text.ifOptional === undefined && selector.tag === tag,
    );
  }
}
