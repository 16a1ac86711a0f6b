/** Translates a Karnak profile. Its elements are asked in their order; the first that has an action for a tag decides. */
import { lookup } from '../../../dicom/dictionary.ts';
import { tagFrom } from '../../profile/rule-selector.ts';
import { refuseImport } from '../import-error.ts';
import type { LineOutcome } from '../import-report.ts';
import type { Decision, ImportedRule, Wish } from '../imported-rule.ts';
import type { ProfileDraft } from '../profile-draft.ts';
import { tagPattern, tagsOfPattern } from '../tag-selection.ts';
import {
  type Alternatives,
  asksAboutItself,
  conditionOf,
  NoSuchExpression,
  type Outcome,
  outcomesOf,
} from './expression.ts';
import { type KarnakElement, readKarnak } from './profile-form.ts';

const BASIC = 'basic.dicom.profile';
const DATE_VRS: ReadonlySet<string> = new Set(['AS', 'DA', 'DT', 'TM']);
const ACTIONS: Readonly<Record<string, Exclude<Wish['does'], 'constant' | 'derive' | 'nothing-like-it'>>> = {
  K: 'keep',
  X: 'remove',
  Z: 'empty',
  D: 'dummy',
  U: 'hash-uid',
};
const DATE_OPTIONS = ['shift', 'shift_range', 'shift_by_tag', 'date_format'];
const NOT_KEPT_BACK = 'Objects that it would exclude are not kept back by it.';
const SAME_SHIFT = 'All dates of a patient are moved by the same keyed number of whole days; times stay.';
/** More attributes than these are not written out one by one. */
const MOST_TAGS = 2000;

/** @throws ImportError */
export function importKarnak(text: string, draft: ProfileDraft): void {
  const { elements, masks, head } = readKarnak(text);
  for (const { key, line } of head) draft.line(line, key, 'off', 'It says nothing about attributes.');
  for (const line of masks)
    draft.line(
      line,
      'mask of pixels',
      'untranslated',
      'Gatehouse does not clean pixels: objects whose pixels may show text are kept back.',
    );
  for (const [index, element] of elements.entries()) {
    if (element.codename === BASIC && index < elements.length - 1)
      refuseImport(element.line, `${BASIC} must be the last element; move it to the end.`);
    importElement(element, draft);
  }
  if (elements.at(-1)?.codename !== BASIC)
    draft.remark(
      'The profile does not end with the basic profile; here what it leaves open is decided by the extended profile all the same.',
    );
}

const PRIVATE_GO = 'Private attributes go, unless a profile names them by their creator.';
const PRIVATE_STAY = 'Private attributes go. Name those that may stay in the profile with "private".';
/** Elements that need no rules, or that Gatehouse has nothing like. */
const WITHOUT_RULES: Readonly<Partial<Record<KarnakElement['codename'], readonly [LineOutcome, string]>>> = {
  'basic.dicom.profile': ['translated', 'The extended profile holds the basic profile of PS3.15 §E.2.'],
  'clean.pixel.data': [
    'untranslated',
    'Gatehouse does not clean pixels: objects whose pixels may show text are kept back.',
  ],
  'clean.recognizable.visual.features': [
    'untranslated',
    'Gatehouse does not change faces in images; it marks the objects that may show one.',
  ],
  'action.add.private.tag': ['untranslated', 'Private attributes are not created; nothing is written instead.'],
};

function importElement(element: KarnakElement, draft: ProfileDraft): void {
  const { line, codename } = element;
  const said = WITHOUT_RULES[codename];
  if (said !== undefined) draft.line(line, codename, ...said);
  else if (codename === 'action.on.privatetags') {
    const goes = actionOf(element) === 'remove';
    draft.line(line, codename, goes ? 'no-rule-needed' : 'stricter', goes ? PRIVATE_GO : PRIVATE_STAY);
  } else if (codename === 'replace.uid' && patternsOf(element.tags, line).length === 0)
    draft.line(line, codename, 'no-rule-needed', 'The UIDs of Table E.1-1 are replaced by keyed ones in any case.');
  else addRules(element, draft, wishesOf(element));
}

/** What an element asks for, attribute by attribute. */
interface Wishes {
  readonly of: (tag: string, vr: string) => readonly Wished[];
  /** Which attributes it can mean. */
  readonly wanted?: (vr: string) => boolean;
  /** Whether it means the same for every attribute, so that patterns can stay. */
  readonly patterns?: boolean;
  readonly create?: boolean;
}

function wishesOf(element: KarnakElement): Wishes {
  switch (element.codename) {
    case 'replace.uid':
      return { of: () => [{ does: 'hash-uid' }], wanted: (vr) => vr === 'UI' };
    case 'action.on.specific.tags': {
      const does = actionOf(element);
      return { of: () => [{ does }], patterns: does === 'keep' || does === 'remove' || does === 'empty' };
    }
    case 'action.on.dates':
      return { of: dateWish(element), wanted: (vr) => DATE_VRS.has(vr) };
    case 'expression.on.tags':
      return expressionWishes(element);
    case 'action.add.tag': {
      const text = required(element, 'value');
      return { of: () => [{ does: 'constant', text }], create: true };
    }
    default:
      return { of: () => [{ does: 'nothing-like-it', reason: 'A value is not asked for over the network.' }] };
  }
}

function actionOf({ action, line }: KarnakElement): (typeof ACTIONS)[string] {
  const known = Object.hasOwn(ACTIONS, action ?? '') ? ACTIONS[action ?? ''] : undefined;
  return known ?? refuseImport(line, `There is no such action; there are ${Object.keys(ACTIONS).join(', ')}.`);
}

function required(element: KarnakElement, name: string): string {
  return element.arguments?.[name] ?? refuseImport(element.line, `The argument "${name}" is missing; add it.`);
}

function dateWish(element: KarnakElement): (tag: string, vr: string) => readonly Wish[] {
  const { option, line } = element;
  if (!DATE_OPTIONS.includes(option ?? ''))
    refuseImport(line, `There is no such option; there are ${DATE_OPTIONS.join(', ')}.`);
  const remove = option === 'date_format' ? required(element, 'remove') : '';
  if (option === 'date_format' && remove !== 'day' && remove !== 'month_day')
    refuseImport(line, 'The argument "remove" is day or month_day; correct it.');
  return (tag, vr) => {
    if (vr !== 'DA' && vr !== 'DT') return [{ does: 'by-table' }];
    if (option !== 'date_format') return [{ does: 'shift-date' }];
    const month = remove === 'month_day' ? { month: 1 } : {};
    return [{ does: 'derive', parts: [{ as: 'date-parts', from: tag, ...month, day: 1 }] }];
  };
}

function expressionWishes(element: KarnakElement): Wishes {
  const expression = required(element, 'expr');
  return {
    of: (tag, vr) =>
      outcomesOf(expression, tag, vr).map((outcome) => ({ tests: outcome.tests, wish: wishOf(outcome, tag) })),
    patterns: !asksAboutItself(expression) && !/Replace\(|UID\(|ComputePatientAge/.test(expression),
  };
}

const PATIENT_AGE = '(0010,1010)';

/** Undefined where the next element of the profile is asked. */
function wishOf({ action }: Outcome, tag: string): Wish | undefined {
  if (action === undefined) return undefined;
  if (typeof action === 'object')
    return action.replaceBy === '' ? { does: 'empty' } : { does: 'constant', text: action.replaceBy };
  switch (action) {
    case 'Keep':
      return { does: 'keep' };
    case 'Remove':
      return { does: 'remove' };
    case 'UID':
      return { does: 'hash-uid' };
    case 'ReplaceNull':
      return { does: 'empty' };
    case 'ExcludeInstance':
      return { does: 'set-aside' };
    case 'ComputePatientAge':
      // The stamps compute it from the date of birth, where patient characteristics are retained.
      return tag === PATIENT_AGE
        ? { does: 'by-table' }
        : { does: 'nothing-like-it', reason: 'An age is computed for Patient’s Age (0010,1010) alone.' };
  }
}

type Wished = Wish | { readonly tests: Outcome['tests']; readonly wish: Wish | undefined };

function addRules(element: KarnakElement, draft: ProfileDraft, wishes: Wishes): void {
  const { of, wanted = () => true, patterns = false, create = false } = wishes;
  const { line, codename, condition } = element;
  const what = codename;
  const given = patternsOf(element.tags, line);
  if (given.length === 0 && codename !== 'action.on.dates') refuseImport(line, `${codename} needs tags; add them.`);
  const selectors = selectorsOf(given.length === 0 ? ['(xxxx,xxxx)'] : given, element, wanted, patterns);
  if (selectors.length === 0) draft.line(line, what, 'no-rule-needed', 'It means no attribute of PS3.6.');
  if (selectors.length > MOST_TAGS) {
    const reason =
      'It means so many attributes, each with rules of its own, that they cannot be written out; name fewer.';
    for (const tag of given) draft.rule({ line, what, selector: { tag }, decisions: [unlike(reason)] });
    return;
  }
  const notes = codename === 'action.on.dates' && element.option !== 'date_format' ? [SAME_SHIFT] : [];
  for (const tag of selectors) {
    const vr = tag.includes('x') ? '' : (lookup(tagFrom(tag))?.vr ?? '');
    const rule = (decisions: readonly Decision[]): ImportedRule => ({ line, what, selector: { tag }, decisions });
    try {
      const under: Alternatives = condition ? conditionOf(condition, tag, vr) : [[]];
      const decisions = of(tag, vr).flatMap((wished): Decision[] => {
        const { tests, wish } = 'wish' in wished ? wished : { tests: [], wish: wished };
        if (wish === undefined) return [];
        return under.map((outer) => ({ tests: [...outer, ...tests], wish, create, notes }));
      });
      if (decisions.length > 0) draft.rule(rule(decisions));
      else if (selectors.length === 1)
        draft.line(line, what, 'no-rule-needed', 'It never decides about the attribute.');
    } catch (error) {
      if (!(error instanceof NoSuchExpression)) throw error;
      const keptBack = /ExcludeInstance/.test(element.arguments?.expr ?? '') ? ` ${NOT_KEPT_BACK}` : '';
      draft.rule(rule([unlike(error.message + keptBack)]));
    }
  }
}

function unlike(reason: string): Decision {
  return { tests: [], wish: { does: 'nothing-like-it', reason }, notes: [] };
}

function patternsOf(tags: KarnakElement['tags'], line: number): string[] {
  return (tags ?? []).map(
    (tag) =>
      tagPattern(tag ?? '') ?? refuseImport(line, 'A tag is written as (gggg,eeee), with X for any digit; correct it.'),
  );
}

/** Patterns where they may stay patterns, else the attributes of PS3.6 that they mean. */
function selectorsOf(
  given: readonly string[],
  { excludedTags, line }: KarnakElement,
  wanted: (vr: string) => boolean,
  patterns: boolean,
): string[] {
  const excluded = patternsOf(excludedTags, line);
  if (patterns && excluded.length === 0) return [...new Set(given)];
  const spared = new Set(excluded.flatMap((pattern) => tagsOfPattern(pattern)));
  const isPrivatePattern = (pattern: string): boolean => pattern.includes('x') && /^\(...[13579bdf]/.test(pattern);
  return [
    ...new Set(given.flatMap((pattern) => (isPrivatePattern(pattern) ? [pattern] : tagsOfPattern(pattern, wanted)))),
  ].filter((tag) => !spared.has(tag));
}
