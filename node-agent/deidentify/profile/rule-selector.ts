/** Which elements a rule of a profile means: a tag or a pattern of tags, groups, or private attributes by their creator. */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import { isPrivate } from '../../dicom/dictionary.ts';
import { privateAttributeOf } from '../private-attribute.ts';
import type { RuleText } from './profile-file.ts';

export interface RuleSelector {
  /** The same for selectors that mean the same elements. */
  readonly key: string;
  /** The only tag that is meant; undefined for patterns, groups and private attributes. */
  readonly tag: Tag | undefined;
  matches(tag: Tag, dataSet: DataSet): boolean;
}

/** @param rule has exactly one of tag, groups and private */
export function selectorOf(rule: Pick<RuleText, 'tag' | 'groups' | 'private' | 'except' | 'ifOptional'>): RuleSelector {
  const whole = wholeSelector(rule);
  const { except = [], ifOptional } = rule;
  const key = [whole.key, ...except.toSorted(), ...(ifOptional ? ['if optional'] : [])].join(' ');
  if (except.length === 0) return { ...whole, key };
  const spared = new Set(except.map(tagFrom));
  return { ...whole, key, matches: (tag, dataSet) => !spared.has(tag) && whole.matches(tag, dataSet) };
}

function wholeSelector(rule: Pick<RuleText, 'tag' | 'groups' | 'private'>): RuleSelector {
  if (rule.tag !== undefined) return tagSelector(rule.tag);
  if (rule.groups !== undefined) return groupSelector(rule.groups);
  if (rule.private !== undefined) return privateSelector(rule.private);
  throw new Error('A rule of a profile says no attribute.');
}

/** '(gggg,eeee)' as a number. */
export function tagFrom(text: string): Tag {
  return Number.parseInt(text.replace(/[(),]/g, ''), 16);
}

function tagSelector(text: string): RuleSelector {
  const digits = text.replace(/[(),]/g, '').toLowerCase();
  const mask = Number.parseInt(digits.replace(/[^x]/g, 'f').replaceAll('x', '0'), 16) >>> 0;
  const value = Number.parseInt(digits.replaceAll('x', '0'), 16) >>> 0;
  return {
    key: `tag ${digits}`,
    tag: digits.includes('x') ? undefined : value,
    matches: (tag) => (tag & mask) >>> 0 === value,
  };
}

/** A range of groups means the standard's attributes in it; private ones are named by their creator. */
function groupSelector(text: string): RuleSelector {
  const [from = 0, to = from] = text.split('-').map((group) => Number.parseInt(group, 16));
  return {
    key: `groups ${from}-${to}`,
    tag: undefined,
    matches: (tag) => !isPrivate(tag) && tag >>> 16 >= from && tag >>> 16 <= to,
  };
}

function privateSelector({ group, creator, element }: NonNullable<RuleText['private']>): RuleSelector {
  const wanted = Number.parseInt(group, 16);
  const offset = element === undefined ? undefined : Number.parseInt(element, 16);
  return {
    key: `private ${wanted} ${creator} ${offset ?? 'block'}`,
    tag: undefined,
    matches: (tag, dataSet) => {
      if (tag >>> 16 !== wanted) return false;
      const found = privateAttributeOf(tag, dataSet);
      return found?.creator === creator && (offset === undefined || found.element === offset);
    },
  };
}
