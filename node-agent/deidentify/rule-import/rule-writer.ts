/** Makes a rule of a profile of what a line asks for, or of the strictest thing that is like it. */
import { isPrivate, lookup, tagText } from '../../dicom/dictionary.ts';
import { makeDataSet } from '../../dicom/element.ts';
import { ConfidentialityTable } from '../confidentiality-table.ts';
import { decideByOptions } from '../options.ts';
import type { RuleText } from '../profile/profile-file.ts';
import { type CodeOf, IDENTITY_OF_THE_OBJECT, moreThanBefore, WRITTEN_BY_THE_NODE } from '../profile/rule-checks.ts';
import { type RuleSelector, selectorOf, tagFrom } from '../profile/rule-selector.ts';
import { valueProblem } from '../profile/rule-value.ts';
import type { LineOutcome } from './import-report.ts';
import { type Decision, type ImportedRule, type Wish, whenOf } from './imported-rule.ts';

const FIRST_GROUP = 0x0008;
const PATIENT = new Set([0x00100010, 0x00100020]);
const KEYED = 'The result follows from the secret of the site, not from the value alone as in the other tool.';
const OVERRIDDEN = 'It lets more through than the extended profile, for the reason given at the import.';
const RULED = 'the extended profile has a rule of its own about it';
const LEAVES_NOTHING: ReadonlySet<RuleText['action']> = new Set(['remove', 'empty', 'replace', 'set-aside']);
const NOWHERE = makeDataSet({ explicit: true, littleEndian: true }, []);
const CLEANED = 'What it shows of the original is cleaned as the extended profile cleans it.';
const SHOWS_TEXT: ReadonlySet<string> = new Set([
  'value',
  'replaced',
  'truncated',
  'lower-case',
  'upper-case',
  'path-element',
]);

export interface WrittenRule {
  readonly rule: RuleText | undefined;
  readonly outcome: LineOutcome;
  readonly sentences: readonly string[];
}

type Selector = Pick<RuleText, 'tag' | 'groups' | 'private'>;
type Finish = (act: Act, outcome: LineOutcome, ...sentences: string[]) => WrittenRule;
type Act = Omit<RuleText, 'tag' | 'groups' | 'private' | 'when' | 'why' | 'overrides'>;

export class RuleWriter {
  readonly #table = new ConfidentialityTable();
  readonly #codeOf: CodeOf;
  readonly #overrideReason: string | undefined;
  readonly #extended: readonly RuleSelector[];

  /** @param extended the rules of the extended profile, which rules of the new one would come before */
  constructor(options: readonly string[], extended: readonly RuleText[], overrideReason: string | undefined) {
    this.#extended = extended.map((rule) => selectorOf(rule));
    this.#codeOf = (row) => decideByOptions(row, options).code;
    this.#overrideReason = overrideReason;
  }

  write({ line, what, selector }: ImportedRule, decision: Decision): WrittenRule {
    const when = whenOf(decision);
    const head = { ...selector, ...(when === undefined ? {} : { when }) };
    const finish: Finish = (act, outcome, ...sentences) => ({
      rule: { ...head, ...act, why: `line ${line}: ${what}` },
      outcome,
      sentences,
    });
    const tag = 'tag' in selector && !/x/i.test(selector.tag) ? tagFrom(selector.tag) : undefined;
    const { wish } = decision;
    if (wish.does === 'set-aside') {
      if (tag !== undefined && (isPrivate(tag) || tag >>> 16 < FIRST_GROUP || lookup(tag) === undefined))
        return {
          rule: undefined,
          outcome: 'untranslated',
          sentences: ['Only attributes of PS3.6 can be asked about.'],
        };
      return finish({ action: 'set-aside' }, 'translated', 'The whole object is kept back in quarantine.');
    }
    const beyond = tag === undefined ? ofPrivateGroups(selector, wish) : outOfReach(tag, wish);
    if (beyond !== undefined) return beyond;
    if (wish.does === 'nothing-like-it')
      return finish(
        this.#strictest(selector, tag),
        'untranslated',
        wish.reason,
        'Instead the value goes as the basic profile has it.',
      );
    if (wish.does === 'by-table') return this.#left(tag, finish, 'translated');
    if (wish.does === 'keep') return this.#kept(selector, tag, finish);
    if (tag !== undefined && IDENTITY_OF_THE_OBJECT.has(tag) && wish.does !== 'hash-uid')
      return finish({ action: 'hash-uid' }, 'stricter', 'An object needs this UID; it is replaced by a keyed one.');
    const act = actOf(wish, tag, decision.create ?? false);
    if ('problem' in act)
      return finish(
        this.#strictest(selector, tag),
        'untranslated',
        act.problem,
        'Instead the value goes as the basic profile has it.',
      );
    const more =
      moreThanBefore({ ...head, ...act, why: what }, this.#table, this.#codeOf) ??
      (LEAVES_NOTHING.has(act.action) || !this.#isRuled(tag) ? undefined : RULED);
    const outcome = isKeyed(wish) ? 'keyed' : 'translated';
    const keyed = outcome === 'keyed' ? [KEYED] : [];
    // A table would carry what the profile hides into the profile itself.
    const carries = wish.does === 'derive' && wish.parts.some(({ as }) => as === 'looked-up');
    if (more !== undefined && (this.#overrideReason === undefined || carries))
      return this.#left(tag, finish, 'stricter', `Not carried out: ${more}. The extended profile decides.`);
    const cleaned = more === undefined && this.#isCleaned(selector, act);
    if (more === undefined && !(cleaned && this.#overrideReason !== undefined && !carries))
      return finish(act, outcome, ...keyed, ...(cleaned ? [CLEANED] : []));
    return allowed(finish(act, outcome, ...keyed, OVERRIDDEN), this.#overrideReason);
  }

  /** Whether the rule shows texts of the original that the profile would not keep as they are. */
  #isCleaned(selector: Selector, { derive = [] }: Act): boolean {
    if (!derive.some((part) => SHOWS_TEXT.has(part.as))) return false;
    return moreThanBefore({ ...selector, action: 'keep', why: CLEANED }, this.#table, this.#codeOf) !== undefined;
  }

  /** Leaves it to the extended profile: to its rules where it has some for the element, else to its options. */
  #left(tag: number | undefined, finish: Finish, outcome: LineOutcome, ...sentences: string[]): WrittenRule {
    if (!this.#isRuled(tag)) return finish({ action: 'by-table' }, outcome, ...sentences);
    return { rule: undefined, outcome: 'stricter', sentences: [...sentences, `Here ${RULED}.`] };
  }

  #isRuled(tag: number | undefined): boolean {
    return this.#extended.some((selector) => tag === undefined || selector.matches(tag, NOWHERE));
  }

  #kept(selector: Selector, tag: number | undefined, finish: Finish): WrittenRule {
    const isSequence = tag !== undefined && lookup(tag)?.vr === 'SQ';
    const inside = isSequence ? ['What stands in its items is de-identified all the same.'] : [];
    const rule: RuleText = { ...selector, action: 'keep', why: 'asked for by an imported line' };
    const more = moreThanBefore(rule, this.#table, this.#codeOf) ?? (this.#isRuled(tag) ? RULED : undefined);
    if (more === undefined) return this.#left(tag, finish, isSequence ? 'stricter' : 'translated', ...inside);
    const listed = tag === undefined || this.#table.find(tag) !== undefined;
    if (
      !listed &&
      more !== RULED &&
      moreThanBefore({ ...rule, action: 'clean-text' }, this.#table, this.#codeOf) === undefined
    )
      return this.#left(
        tag,
        finish,
        isSequence ? 'stricter' : 'translated',
        'It is kept, as long as it is a value of its kind that names nobody.',
        ...inside,
      );
    if (this.#overrideReason === undefined)
      return this.#left(tag, finish, 'stricter', `Not carried out: ${more}. The extended profile decides.`);
    const kept = finish({ action: 'keep' }, isSequence ? 'stricter' : 'translated', OVERRIDDEN, ...inside);
    return allowed(kept, this.#overrideReason);
  }

  /** What the basic profile does, whatever the options let through. */
  #strictest(selector: Selector, tag: number | undefined): Act {
    const row = tag === undefined ? undefined : this.#table.find(tag);
    if (tag !== undefined && (IDENTITY_OF_THE_OBJECT.has(tag) || (row?.basic === 'U' && lookup(tag)?.vr === 'UI')))
      return { action: 'hash-uid' };
    if (row?.basic === 'D') return { action: 'replace' };
    return { action: selector.tag !== undefined && /^Z/.test(row?.basic ?? '') ? 'empty' : 'remove' };
  }
}

function allowed(written: WrittenRule, overrides: string | undefined): WrittenRule {
  if (written.rule === undefined || overrides === undefined) return written;
  return { ...written, rule: { ...written.rule, overrides } };
}

/** A pattern of tags in odd groups. */
function ofPrivateGroups(selector: ImportedRule['selector'], { does }: Wish): WrittenRule | undefined {
  if (!('tag' in selector) || !/^\(...[13579bdf]/i.test(selector.tag)) return undefined;
  return ofPrivate(does === 'remove' || does === 'empty');
}

function ofPrivate(takesAway: boolean): WrittenRule {
  const sentence = takesAway
    ? 'Private attributes go, unless a profile names them by their creator.'
    : 'A private attribute means nothing without its creator, which the line does not say: it goes. Name it in the profile with "private".';
  return { rule: undefined, outcome: takesAway ? 'no-rule-needed' : 'stricter', sentences: [sentence] };
}

/** Attributes that no rule decides about. */
function outOfReach(tag: number, { does }: Wish): WrittenRule | undefined {
  const none = (outcome: LineOutcome, ...sentences: string[]): WrittenRule => ({ rule: undefined, outcome, sentences });
  const takesAway = does === 'remove' || does === 'empty';
  if (tag >>> 16 < FIRST_GROUP)
    return none(
      takesAway ? 'no-rule-needed' : 'stricter',
      'Groups below 0008 are written anew; nothing of them is taken over.',
    );
  if (isPrivate(tag)) return ofPrivate(takesAway);
  if (WRITTEN_BY_THE_NODE.has(tag)) {
    const keyed = PATIENT.has(tag) ? ' It holds the keyed pseudonym of the patient.' : '';
    const outcome = takesAway ? 'stricter' : PATIENT.has(tag) ? 'keyed' : 'stricter';
    return none(outcome, `Gatehouse writes this attribute itself.${keyed}`);
  }
  if (lookup(tag) === undefined)
    return none(takesAway ? 'no-rule-needed' : 'stricter', `PS3.6 has no attribute ${tagText(tag)}; such elements go.`);
  return undefined;
}

function actOf(wish: Wish, tag: number | undefined, create: boolean): Act | { readonly problem: string } {
  const vr = tag === undefined ? '' : (lookup(tag)?.vr ?? '');
  const created = create ? { create: true as const } : {};
  switch (wish.does) {
    case 'remove':
      return { action: 'remove' };
    case 'empty':
      return { action: 'empty', ...(vr === 'SQ' ? {} : created) };
    case 'dummy':
      return tag === undefined ? { problem: 'A dummy depends on the attribute.' } : { action: 'replace' };
    case 'hash-uid':
      return vr === 'UI'
        ? { action: 'hash-uid' }
        : { problem: `Only a UID becomes another UID, and this is ${vr || 'several attributes'}.` };
    case 'shift-date':
      return vr === 'DA' || vr === 'DT'
        ? { action: 'shift-date' }
        : { problem: `Only a date is moved by days, and this is ${vr || 'several attributes'}.` };
    case 'constant': {
      if (tag === undefined) return { problem: 'A value depends on the attribute.' };
      const problem = valueProblem(wish.text, vr);
      return problem === undefined ? { action: 'replace', value: wish.text, ...created } : { problem };
    }
    case 'derive': {
      if (tag === undefined) return { problem: 'A value depends on the attribute.' };
      const problem =
        vr === 'UI' || vr === 'SQ' ? `A value is not derived for an attribute of VR ${vr}.` : valueProblem('', vr);
      // An empty text fits every VR that takes text at all, apart from its form.
      return problem === undefined || problem.includes('needs')
        ? { action: 'derive', derive: [...wish.parts], ...created }
        : { problem };
    }
    default:
      return { problem: 'Gatehouse has nothing like it.' };
  }
}

function isKeyed(wish: Wish): boolean {
  if (wish.does === 'hash-uid' || wish.does === 'shift-date') return true;
  return wish.does === 'derive' && wish.parts.some(({ as }) => as === 'keyed-digits');
}
