/** What is wrong with the rules of a profile before any object is seen: each problem with its remedy. */
import type { Tag } from '../../dicom/data-set.ts';
import { isPrivate, lookup, tagOf, tagText } from '../../dicom/dictionary.ts';
import { makeDataSet } from '../../dicom/element.ts';
import { uidName } from '../../dicom/uids.ts';
import type { ConfidentialityRow, ConfidentialityTable } from '../confidentiality-table.ts';
import { type DerivedPart, readBy } from '../derived/derived-part.ts';
import { tagsOf } from '../derived/operand.ts';
import type { ActionCode } from '../resolution.ts';
import { REMOVED_UNLISTED } from '../retained-attributes.ts';
import type { ProfileProblem } from './profile-error.ts';
import type { RuleAction, RuleText } from './profile-file.ts';
import { type RuleSelector, selectorOf } from './rule-selector.ts';
import { valueProblem } from './rule-value.ts';

/** How much of a value an action lets through: 0 all of it, 1 what is left of it after cleaning, 2 a keyed UID, 3 nothing. */
type Passage = 0 | 1 | 2 | 3;

const OF_ACTION: Readonly<Record<RuleAction, Passage>> = {
  keep: 0,
  derive: 0,
  'by-table': 3,
  'set-aside': 3,
  'clean-text': 1,
  'shift-date': 1,
  'hash-uid': 2,
  empty: 3,
  replace: 3,
  remove: 3,
};
const LETS_THROUGH = ['everything', 'the cleaned value', 'a keyed UID', 'nothing'] as const;
/** Stamps and what decides about the whole object: no rule changes them. */
export const WRITTEN_BY_THE_NODE: ReadonlySet<Tag> = new Set(
  [
    'PatientName',
    'PatientID',
    'PatientIdentityRemoved',
    'DeidentificationMethod',
    'DeidentificationMethodCodeSequence',
    'LongitudinalTemporalInformationModified',
    'LongitudinalTemporalOffsetFromEvent',
    'LongitudinalTemporalEventType',
    'SpecificCharacterSet',
    'SOPClassUID',
  ].map(tagOf),
);
export const IDENTITY_OF_THE_OBJECT: ReadonlySet<Tag> = new Set(
  ['SOPInstanceUID', 'StudyInstanceUID', 'SeriesInstanceUID'].map(tagOf),
);
const TAKES_UID_AWAY: ReadonlySet<RuleAction> = new Set<RuleAction>(['remove', 'empty', 'replace']);
/** Actions that mean the same whatever the VR. */
const FOR_SEVERAL: ReadonlySet<RuleAction> = new Set<RuleAction>(['keep', 'remove', 'empty', 'by-table', 'set-aside']);
const FOR_CREATION: ReadonlySet<RuleAction> = new Set<RuleAction>(['replace', 'empty', 'derive']);
const TEXT_VRS = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'CS']);
const FIRST_GROUP = 0x0008;
const NOWHERE = makeDataSet({ explicit: true, littleEndian: true }, []);

/** The options of the profile, as its rules meet them. */
export interface ChosenOptions {
  readonly changeDates: boolean;
  /** What they make of a row, without the rules. */
  readonly codeOf: (row: ConfidentialityRow) => ActionCode;
}

export type CodeOf = ChosenOptions['codeOf'];

export function ruleProblems(
  rules: readonly RuleText[],
  table: ConfidentialityTable,
  chosen: ChosenOptions,
): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  const asked = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    const refuse = (sentence: string, ...inside: string[]): void => {
      problems.push({ path: ['rules', index, ...inside], sentence });
    };
    const ways = (['tag', 'groups', 'private'] as const).filter((way) => rule[way] !== undefined);
    if (ways.length !== 1) {
      refuse(
        `It names ${ways.length === 0 ? 'no attribute' : ways.join(' and ')}; give one of tag, groups and private.`,
      );
      continue;
    }
    const selector = selectorOf(rule);
    const earlier = asked.get(selector.key) ?? asked.get(keyOf(selector, rule));
    if (earlier !== undefined) {
      const same = rules[earlier]?.action === rule.action ? 'says the same' : 'contradicts it';
      refuse(`It is never asked: rules[${earlier}] means the same elements and ${same}; remove one of the two.`);
    }
    asked.set(keyOf(selector, rule), index);
    if (rule.except !== undefined && (selector.tag !== undefined || rule.private !== undefined))
      refuse('Only a pattern of tags or groups can have exceptions; leave "except" out.', 'except');
    for (const sentence of conditionProblems(rule)) refuse(sentence, 'when');
    if (rule.action === 'shift-date' && !chosen.changeDates)
      refuse(
        'This profile changes no dates; add the option retain_long_modified_dates, or use another action.',
        'action',
      );
    if (selector.tag === undefined) checkSeveral(rule, selector, refuse);
    else checkOne(rule, selector.tag, table, refuse);
    for (const sentence of formProblems(rule, selector)) refuse(sentence);
    const more = moreThanBefore(rule, table, chosen.codeOf);
    if (more !== undefined && rule.overrides === undefined)
      refuse(`${more}; use a stricter action, or say in "overrides" why this is allowed.`, 'action');
  }
  return problems;
}

/**
 * How the rule lets more through than the options do without it, as half a sentence; undefined where it does not.
 * @param rule has exactly one of tag, groups and private
 */
export function moreThanBefore(rule: RuleText, table: ConfidentialityTable, codeOf: CodeOf): string | undefined {
  const selector = selectorOf(rule);
  const allowed = passageBefore(selector, table, codeOf);
  const now = passageOfRule(rule);
  if (now < allowed && !(now === 2 && rule.action === 'derive' && mayHaveDummy(selector, table)))
    return `"${rule.action}" lets ${LETS_THROUGH[now]} through where the basic profile with these options lets ${LETS_THROUGH[allowed]} through`;
  // What is read elsewhere must not be hidden there, nor stand in a sequence that is.
  for (const tag of (rule.derive ?? []).flatMap(readBy).flatMap(tagsOf)) {
    const known = lookup(tag) !== undefined || table.find(tag) !== undefined;
    const source = known ? passageBefore(selectorOf({ tag: tagText(tag) }), table, codeOf) : 3;
    if (now < source && source > 1)
      return `"derive" shows ${tagText(tag)}, of which the basic profile with these options lets ${LETS_THROUGH[source]} through`;
  }
  return undefined;
}

function passageOfRule({ action, derive = [] }: RuleText): Passage {
  if (action !== 'derive') return OF_ACTION[action];
  return Math.min(3, ...derive.map(passageOfPart)) as Passage;
}

/** A value that is read is cleaned before it is written; a date says more than its month where its day stays. */
function passageOfPart(part: DerivedPart): Passage {
  if (part.as === 'constant') return 3;
  if (part.as === 'keyed-digits') return 2;
  if (part.as === 'date-parts') return part.day === undefined ? 0 : 1;
  return part.as === 'looked-up' && part.otherwise === 'keep' ? 0 : 1;
}

/** A keyed value is a dummy, where Table E.1-1 has one: consistent with the VR, and nobody else can make it. */
function mayHaveDummy({ tag }: RuleSelector, table: ConfidentialityTable): boolean {
  return tag !== undefined && /[DZ]/.test(table.find(tag)?.basic ?? '');
}

function formProblems(rule: RuleText, { tag }: RuleSelector): string[] {
  const problems: string[] = [];
  if ((rule.action === 'derive') !== (rule.derive !== undefined))
    problems.push('"derive" says what a value is derived from; give it with the action "derive" and with no other.');
  if (rule.create && (tag === undefined || !FOR_CREATION.has(rule.action)))
    problems.push('Only a single tag with replace, empty or derive can be created; leave "create" out.');
  if (rule.create && rule.action === 'replace' && rule.value === undefined)
    problems.push('An attribute is created with a value; give one.');
  return problems;
}

/** A rule without conditions is asked for every object, so nothing after it on the same elements is. */
function keyOf({ key }: RuleSelector, { when }: RuleText): string {
  return when === undefined ? key : `${key} ${JSON.stringify(Object.entries(when).sort())}`;
}

function conditionProblems({ when }: RuleText): string[] {
  if (when === undefined) return [];
  const problems: string[] = [];
  if (Object.keys(when).length === 0) problems.push('It holds no condition; give one or leave "when" out.');
  for (const uid of when.sopClass ?? [])
    if (uidName(uid) === undefined) problems.push(`${uid} is not a UID of PS3.6; write the UID of a SOP class.`);
  if (when.absent !== undefined && (when.absent === when.present || when.absent === when.equals?.tag))
    problems.push(`${when.absent} cannot be there and not be there; remove one of the conditions.`);
  return problems;
}

type Refuse = (sentence: string, ...inside: string[]) => void;

function checkSeveral(rule: RuleText, { key }: RuleSelector, refuse: Refuse): void {
  if (rule.private !== undefined) {
    if (rule.value !== undefined && rule.action !== 'replace') refuse('Only "replace" takes a value.', 'value');
    return;
  }
  if (!FOR_SEVERAL.has(rule.action))
    refuse(
      `"${rule.action}" depends on the attribute; name attributes one by one, or use keep, remove or empty.`,
      'action',
    );
  if (key.startsWith('tag') && /^tag ...[13579bdf]/.test(key))
    refuse('Private attributes are named by group, creator and element; use "private".', 'tag');
}

function checkOne(rule: RuleText, tag: Tag, table: ConfidentialityTable, refuse: Refuse): void {
  if (isPrivate(tag)) {
    refuse('Private attributes are named by group, creator and element; use "private".', 'tag');
    return;
  }
  const vr = lookup(tag)?.vr;
  if (tag >>> 16 < FIRST_GROUP || (vr === undefined && table.find(tag) === undefined)) {
    refuse('PS3.6 has no such attribute of a data set; check the digits.', 'tag');
    return;
  }
  if (WRITTEN_BY_THE_NODE.has(tag) && rule.action !== 'set-aside')
    refuse('Gatehouse writes this attribute itself; remove the rule.', 'tag');
  if (IDENTITY_OF_THE_OBJECT.has(tag) && TAKES_UID_AWAY.has(rule.action))
    refuse('An object needs this UID; use "hash-uid", or leave the rule out.', 'action');
  const needs: Readonly<Partial<Record<RuleAction, readonly [boolean, string]>>> = {
    'hash-uid': [vr === 'UI', 'a UID (UI)'],
    'shift-date': [vr === 'DA' || vr === 'DT', 'a date (DA, DT)'],
    derive: [vr !== 'SQ' && vr !== 'UI', 'a value that is no UID and no sequence'],
    'clean-text': [TEXT_VRS.has(vr ?? ''), 'a text (LO, SH, ST, LT, UT, UC, CS)'],
  };
  const need = needs[rule.action];
  if (need !== undefined && !need[0])
    refuse(`"${rule.action}" is for ${need[1]}, and this attribute is ${vr}; use another action.`, 'action');
  if (rule.value === undefined) return;
  if (rule.action !== 'replace') refuse('Only "replace" takes a value.', 'value');
  else {
    const problem = valueProblem(rule.value, vr ?? '');
    if (problem !== undefined) refuse(problem, 'value');
  }
}

/** The least that any of the attributes lets through without the rule. */
function passageBefore(selector: RuleSelector, table: ConfidentialityTable, codeOf: CodeOf): Passage {
  const { tag } = selector;
  if (selector.key.startsWith('private')) return 3;
  if (tag !== undefined) {
    const row = table.find(tag);
    if (row !== undefined) return passageOf(codeOf(row));
    return REMOVED_UNLISTED.has(tag) ? 3 : 1;
  }
  let strictest: Passage = 1;
  for (const candidate of candidates(table)) {
    // A place inside the object does not matter: only private attributes are told apart by it, and they were dealt with.
    if (!selector.matches(candidate, NOWHERE)) continue;
    const row = table.find(candidate);
    const passage = row === undefined ? 3 : passageOf(codeOf(row));
    if (passage > strictest) strictest = passage;
  }
  return strictest;
}

function passageOf(code: ActionCode): Passage {
  if (code === 'K') return 0;
  if (code === 'C') return 1;
  return code === 'U' || code === 'X/Z/U*' ? 2 : 3;
}

/** Every tag of the table, the repeating groups of curves and overlays written out (PS3.5 §7.6), and what is always removed. */
function* candidates(table: ConfidentialityTable): Generator<Tag> {
  for (const { tag } of table.rows) if (!/[XG]/.test(tag)) yield Number.parseInt(tag.replace(/[(),]/g, ''), 16);
  for (let group = 0; group < 0x100; group += 2) {
    for (const element of [0x3000, 0x4000]) {
      yield (((0x5000 + group) << 16) | element) >>> 0;
      yield (((0x6000 + group) << 16) | element) >>> 0;
    }
  }
  yield* REMOVED_UNLISTED;
}
