/** What each function of a CTP script means here. Names, arguments and effects: CTP's DICOMAnonymizer and its article in the MIRC wiki. */
import { lookup } from '../../../dicom/dictionary.ts';
import type { ElementTest } from '../../derived/element-test.ts';
import { patternProblem } from '../../derived/safe-pattern.ts';
import { tagFrom } from '../../profile/rule-selector.ts';
import { refuseImport } from '../import-error.ts';
import type { Action, ActionPart } from './action.ts';
import type { LookupTable } from './lookup-table.ts';
import type { ScriptNames } from './names.ts';
import { followedBy, marked, NOWHERE_ELSE, unlike, type Way, written } from './ways.ts';

export interface ActionContext {
  readonly line: number;
  /** The element: '(gggg,eeee)'. */
  readonly self: string;
  readonly names: ScriptNames;
  readonly parameters: ReadonlyMap<string, string>;
  readonly lookupTable: LookupTable | undefined;
}

type Call = ActionPart & { kind: 'call' };
type Meaning = (call: Call, context: ActionContext) => readonly Way[];

/** The longest value of VRs that hold digits but not many of them. */
const LONGEST_DIGITS: Readonly<Record<string, number>> = { AE: 16, CS: 16, DS: 16, IS: 9, SH: 16 };
const MOST_DIGITS = 38;
const NOT_KEPT_BACK = 'Objects that the line would keep back are not kept back by it.';
const SAME_SHIFT = 'All dates of a patient are moved by the same keyed number of days, so that intervals stay.';

/** The ways an action can go, in the order in which they are asked. @throws ImportError for an unknown function */
export function waysOf(action: Action, context: ActionContext): Way[] {
  let ways: Way[] = [NOWHERE_ELSE];
  for (const part of action) {
    const next = part.kind === 'text' ? [written({ as: 'constant', text: part.text })] : called(part, context);
    ways = followedBy(ways, next, context.line);
  }
  return ways;
}

function called(call: Call, context: ActionContext): readonly Way[] {
  const meaning = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  if (meaning === undefined) {
    const known = Object.keys(FUNCTIONS)
      .toSorted()
      .map((name) => `@${name}`)
      .join(', ');
    return refuseImport(
      context.line,
      `There is no function @${call.name.slice(0, 32)}; CTP would write it into the data. There are ${known}.`,
    );
  }
  return meaning(call, context);
}

/** A parameter where the argument names one. */
function resolved(argument: string, { parameters, line }: ActionContext): string {
  if (!argument.startsWith('@')) return argument;
  const value = parameters.get(argument.slice(1).trim());
  return (
    value ??
    refuseImport(
      line,
      `There is no parameter ${argument.slice(0, 64)}; define it with <p t="${argument.slice(1, 64)}">.`,
    )
  );
}

function argument(call: Call, position: number, context: ActionContext): string {
  const found = call.arguments[position];
  if (found === undefined)
    return refuseImport(
      context.line,
      `@${call.name} lacks its ${['first', 'second', 'third', 'fourth'][position]} argument; add it.`,
    );
  return resolved(found, context);
}

function wholeNumber(call: Call, position: number, context: ActionContext): number | undefined {
  const text = call.arguments[position] === undefined ? '' : argument(call, position, context).trim();
  return /^[+-]?\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** Calls `make` with the operand; where the attribute cannot be told there is nothing like it. */
function reading(call: Call, position: number, context: ActionContext, make: (from: string) => Way): readonly Way[] {
  const named = call.arguments[position] ?? 'this';
  const from = context.names.operand(named, context.self);
  return [from === undefined ? unlike(unknownOperand(call.name)) : make(from)];
}

function unknownOperand(name: string): string {
  return `@${name} reads an attribute that PS3.6 does not have and the script does not name; private ones cannot be read.`;
}

function vrOf(tag: string): string {
  return lookup(tagFrom(tag))?.vr ?? '';
}

/** Hashes become digits that only this site can make. */
function keyedDigits(
  call: Call,
  position: number,
  context: ActionContext,
  more: { domain?: string; length?: number | undefined; components?: number },
): readonly Way[] {
  return reading(call, position, context, (from) => {
    const vr = vrOf(context.self);
    if (vr === 'UI' && from === context.self) return marked({ does: 'hash-uid' });
    if (vr === 'UI') return unlike('A UID made of another attribute would link objects in a way nobody checks.');
    const { length, ...rest } = more;
    const longest = LONGEST_DIGITS[vr] ?? MOST_DIGITS;
    const wanted = length === undefined || length < 1 ? longest : Math.min(length, longest);
    return written({ as: 'keyed-digits', from, length: wanted, ...rest });
  });
}

function movedDate(call: Call, context: ActionContext, note: string): readonly Way[] {
  argument(call, 1, context);
  return reading(call, 0, context, (from) =>
    from === context.self
      ? marked({ does: 'shift-date' }, note, SAME_SHIFT)
      : unlike('The date of another attribute is not copied; each date is moved where it stands.'),
  );
}

function unlikely(reason: string): Meaning {
  return () => [unlike(reason)];
}

/** The two blocks of a call, the second one empty where it is missing. */
function blocksOf(call: Call): readonly [Action, Action] {
  return [call.blocks[0] ?? [], call.blocks[1] ?? []];
}

const COMPARISONS: ReadonlyMap<string, ElementTest['is']> = new Map([
  ['isblank', 'blank'],
  ['exists', 'exists'],
  ['equals', 'equals'],
  ['contains', 'contains'],
  ['matches', 'matches'],
  ['greaterthan', 'greater'],
]);

function testOf(call: Call, context: ActionContext): ElementTest | string {
  const of = context.names.operand(call.arguments[0] ?? 'this', context.self);
  const is = COMPARISONS.get(call.arguments[1] ?? '');
  if (is === undefined)
    return refuseImport(
      context.line,
      `@if does not know this comparison; there are ${[...COMPARISONS.keys()].join(', ')}.`,
    );
  if (of === undefined) return unknownOperand('if');
  if (is === 'blank' || is === 'exists') return { of, is };
  const value = argument(call, 2, context);
  const problem = is === 'matches' ? patternProblem(value) : undefined;
  return problem ?? { of, is, value: is === 'matches' ? value.trim() : value };
}

/** Whether the whole object can be set aside in one of the blocks. */
function keepsBack(blocks: readonly Action[]): boolean {
  return blocks.some((block) =>
    block.some((part) => part.kind === 'call' && (/^(?:quarantine|skip)$/.test(part.name) || keepsBack(part.blocks))),
  );
}

const ifElse: Meaning = (call, context) => {
  const test = testOf(call, context);
  if (typeof test === 'string') return [unlike(keepsBack(call.blocks) ? `${test} ${NOT_KEPT_BACK}` : test)];
  const [yes, no] = blocksOf(call);
  const then = waysOf(yes, context).map((way): Way => ({ ...way, tests: [test, ...way.tests] }));
  return [...then, ...waysOf(no, context)];
};

const select: Meaning = (call, context) => {
  const [top, items] = blocksOf(call);
  const at = (depth: 'top' | 'items', action: Action): Way[] =>
    followedBy([{ ...NOWHERE_ELSE, depth }], waysOf(action, context), context.line);
  return [...at('top', top), ...at('items', items)];
};

/** What is there stays; what is missing is created from another attribute or a default, by @always() alone. */
const required: Meaning = (call, context) => {
  const keep: Way = { ...marked({ does: 'keep' }), tests: [{ of: context.self, is: 'exists' }] };
  const fallback = written({ as: 'constant', text: call.arguments[1] === undefined ? '' : argument(call, 1, context) });
  if (call.arguments[0] === undefined) return [keep, written({ as: 'constant', text: '' })];
  const from = context.names.operand(call.arguments[0], context.self);
  if (from === undefined) return [keep, unlike(unknownOperand('require'))];
  return [keep, { ...written({ as: 'value', from }), tests: [{ of: from, is: 'exists' }] }, fallback];
};

const contents: Meaning = (call, context) =>
  reading(call, 0, context, (from) => {
    const pattern = call.arguments[1];
    if (pattern === undefined) return written({ as: 'value', from });
    const problem = patternProblem(pattern);
    if (problem !== undefined || pattern === '') return unlike(problem ?? 'The pattern is empty.');
    return written({ as: 'replaced', from, pattern, replacement: call.arguments[2] ?? '' });
  });

const modifiedDate: Meaning = (call, context) =>
  reading(call, 0, context, (from) => {
    const [year, month, day] = [1, 2, 3].map((position) => {
      argument(call, position, context);
      return wholeNumber(call, position, context);
    });
    const inRange = (value: number | undefined, most: number): boolean =>
      value === undefined || (value >= 1 && value <= most);
    if (!inRange(year, 9999) || !inRange(month, 12) || !inRange(day, 31))
      return unlike('A year, month or day of the calendar is needed.');
    const given = { ...(year ? { year } : {}), ...(month ? { month } : {}), ...(day ? { day } : {}) };
    return written({ as: 'date-parts', from, ...given }, 'Only the date is written; a time after it goes.');
  });

const lookedUp: Meaning = (call, context) => {
  const { lookupTable, names, self } = context;
  const from = (call.arguments[0] ?? 'this').split('|').map((name) => names.operand(name.trim(), self));
  const keyType = argument(call, 1, context);
  if (from.some((operand) => operand === undefined)) return [unlike(unknownOperand('lookup'))];
  if (from.length > 4) return [unlike('A table is asked about four attributes at most.')];
  if (lookupTable === undefined)
    return [unlike('The lookup table is not in the script; import it again with --lookup FILE.')];
  const table = lookupTable.rowsOf(keyType.trim());
  const action = call.arguments[2]?.trim();
  const value = call.arguments[3] ?? '';
  const part = { as: 'looked-up', from: from as string[], table } as const;
  if (action === undefined) return [written(part)];
  if (action === 'keep' || action === 'remove' || action === 'empty') return [written({ ...part, otherwise: action })];
  if (action === 'default') return [written({ ...part, otherwise: { constant: resolved(value, context).trim() } })];
  if (action !== 'ignore')
    return refuseImport(
      context.line,
      '@lookup knows keep, remove, empty, default and ignore; correct the third argument.',
    );
  const problem = patternProblem(value);
  return [problem === undefined ? written({ ...part, otherwise: { ignore: value } }) : unlike(problem)];
};

const FUNCTIONS: Readonly<Record<string, Meaning>> = {
  keep: () => [marked({ does: 'keep' })],
  remove: () => [marked({ does: 'remove' })],
  empty: () => [marked({ does: 'empty' })],
  blank: () => [marked({ does: 'empty' }, 'Spaces are padding (PS3.5 §6.2), so the attribute is written empty.')],
  process: () => [marked({ does: 'keep' })],
  skip: () => [marked({ does: 'set-aside' }, 'CTP would pass the object on unchanged, which Gatehouse never does.')],
  quarantine: () => [marked({ does: 'set-aside' })],
  always: () => [{ ...NOWHERE_ELSE, create: true }],
  require: required,
  if: ifElse,
  select,
  append: (call, context) => {
    if (lookup(tagFrom(context.self))?.vm === '1') return [unlike('PS3.6 gives the attribute a single value.')];
    const added = waysOf(blocksOf(call)[0], context);
    const has: Way = {
      ...NOWHERE_ELSE,
      tests: [{ of: context.self, is: 'blank', not: true }],
      parts: [
        { as: 'value', from: context.self },
        { as: 'constant', text: '\\' },
      ],
    };
    return [...followedBy([has], added, context.line), ...added];
  },
  param: (call, context) => [written({ as: 'constant', text: argument(call, 0, context) })],
  contents,
  value: (call, context) =>
    reading(call, 0, context, (from) =>
      written({
        as: 'value',
        from,
        ...(call.arguments[1] === undefined ? {} : { otherwise: argument(call, 1, context) }),
      }),
    ),
  truncate: (call, context) =>
    reading(call, 0, context, (from) => {
      const length = wholeNumber(call, 1, context);
      if (length === undefined) return unlike('@truncate needs a number of characters.');
      return written({ as: 'truncated', from, length: Math.max(-1024, Math.min(1024, length)) });
    }),
  lowercase: (call, context) => reading(call, 0, context, (from) => written({ as: 'lower-case', from })),
  uppercase: (call, context) => reading(call, 0, context, (from) => written({ as: 'upper-case', from })),
  pathelement: (call, context) =>
    reading(call, 0, context, (from) => {
      const index = Math.min(1000, wholeNumber(call, 1, context) ?? 1000);
      return written({ as: 'path-element', from, index: Math.max(-1000, index) });
    }),
  round: (call, context) =>
    reading(call, 0, context, (from) => {
      const size = wholeNumber(call, 1, context);
      if (size === undefined || size < 2 || size > 100) return unlike('@round needs a size of groups from 2 to 100.');
      return written({ as: 'rounded-age', from, size }, 'Ages from 90 years on stay one group.');
    }),
  hash: (call, context) => keyedDigits(call, 0, context, { length: wholeNumber(call, 1, context) }),
  hashname: (call, context) =>
    keyedDigits(call, 0, context, {
      length: wholeNumber(call, 1, context) ?? 4,
      components: Math.max(0, Math.min(5, wholeNumber(call, 2, context) ?? 0)),
    }),
  hashptid: (call, context) =>
    keyedDigits(call, 1, context, {
      domain: argument(call, 0, context).trim().slice(0, 64),
      length: wholeNumber(call, 2, context),
    }),
  hashuid: (call, context) => {
    argument(call, 0, context);
    argument(call, 1, context);
    return reading(call, 1, context, (from) =>
      from === context.self
        ? marked({ does: 'hash-uid' }, 'The new UID begins with 2.25, not with the root of the script (PS3.5 §B.2).')
        : unlike('A UID made of another attribute would link objects in a way nobody checks.'),
    );
  },
  hashdate: (call, context) => movedDate(call, context, 'CTP takes the days from an unkeyed hash.'),
  incrementdate: (call, context) =>
    movedDate(call, context, 'CTP moves by days that whoever has the script or its lookup table knows.'),
  modifydate: modifiedDate,
  lookup: lookedUp,
  integer: unlikely(
    '@integer numbers values in the order in which they came, so equal objects would come out differently.',
  ),
  initials: unlikely('The initials of a name are a part of it; no key hides them.'),
  encrypt: unlikely('The key of @encrypt stands in the script, so whoever has the script can read the value.'),
  decrypt: unlikely('@decrypt would bring back what was hidden.'),
  date: unlikely('@date writes the day of processing, so equal objects would come out differently.'),
  time: unlikely('@time writes the time of processing, so equal objects would come out differently.'),
  dateinterval: unlikely('@dateinterval needs a date for each patient from a table, which a profile must not hold.'),
  call: unlikely('@call runs a program that belongs to CTP.'),
};

/** Every function that a script may call. */
export const KNOWN_FUNCTIONS: readonly string[] = Object.keys(FUNCTIONS);
