/** The ways an action of a CTP script can go: what is true on the way, and what it makes of the element. */
import type { DerivedPart } from '../../derived/derived-part.ts';
import type { ElementTest } from '../../derived/element-test.ts';
import { MOST_TESTS } from '../../profile/profile-file.ts';
import { refuseImport } from '../import-error.ts';
import type { Decision, Wish } from '../imported-rule.ts';

export interface Way {
  readonly tests: readonly ElementTest[];
  readonly depth?: 'top' | 'items' | undefined;
  /** What stands for the whole element, such as @keep(). */
  readonly marker?: Wish | undefined;
  readonly parts: readonly DerivedPart[];
  readonly create?: boolean | undefined;
  readonly notes: readonly string[];
}

export const NOWHERE_ELSE: Way = { tests: [], parts: [], notes: [] };
const MOST_WAYS = 64;
const MOST_PARTS = 16;
/** The first of these decides for the whole element. */
const WINS = ['set-aside', 'remove', 'nothing-like-it'] as const;

export function marked(wish: Wish, ...notes: string[]): Way {
  return { ...NOWHERE_ELSE, marker: wish, notes };
}

export function written(part: DerivedPart, ...notes: string[]): Way {
  return { ...NOWHERE_ELSE, parts: [part], notes };
}

export function unlike(reason: string): Way {
  return marked({ does: 'nothing-like-it', reason });
}

/** The ways of one part of an action followed by those of the next; of several the first that holds is taken. */
export function followedBy(first: readonly Way[], next: readonly Way[], line: number): Way[] {
  const ways = first.flatMap((way) => next.flatMap((other) => joined(way, other)));
  if (ways.length > MOST_WAYS)
    refuseImport(line, `An action may go ${MOST_WAYS} ways; write it with fewer conditions beside each other.`);
  return ways;
}

/** [] where one is for the top of the object and the other for its items. */
function joined(first: Way, next: Way): Way[] {
  if (first.depth !== undefined && next.depth !== undefined && first.depth !== next.depth) return [];
  const tests = [...first.tests, ...next.tests];
  const parts = [...first.parts, ...next.parts];
  const way: Way = {
    tests,
    depth: first.depth ?? next.depth,
    parts,
    marker: markerOf(first, next),
    create: (first.create ?? false) || (next.create ?? false),
    notes: [...new Set([...first.notes, ...next.notes])],
  };
  if (tests.length > MOST_TESTS || parts.length > MOST_PARTS)
    return [{ ...way, tests: tests.slice(0, MOST_TESTS), parts: [], marker: tooMuch() }];
  return [way];
}

function tooMuch(): Wish {
  return { does: 'nothing-like-it', reason: `A rule has ${MOST_TESTS} conditions and ${MOST_PARTS} parts at most.` };
}

function markerOf(first: Way, next: Way): Wish | undefined {
  for (const does of WINS) {
    const winner = [first.marker, next.marker].find((marker) => marker?.does === does);
    if (winner !== undefined) return winner;
  }
  const mixed =
    (first.marker !== undefined && (next.marker !== undefined || next.parts.some(isWritten))) ||
    (next.marker !== undefined && first.parts.some(isWritten));
  if (!mixed) return first.marker ?? next.marker;
  return { does: 'nothing-like-it', reason: 'The action stands for the whole element and has text beside it.' };
}

function isWritten(part: DerivedPart): boolean {
  return part.as !== 'constant' || part.text.trim() !== '';
}

/** @param self the operand of the element itself */
export function decisionOf({ tests, depth, marker, parts, create, notes }: Way, self: string): Decision {
  return { tests, depth, wish: marker ?? wishOf(parts, self), create, notes };
}

function wishOf(parts: readonly DerivedPart[], self: string): Wish {
  const [first] = parts;
  if (parts.length === 1 && first?.as === 'value' && first.from === self && (first.otherwise ?? '') === '')
    return { does: 'keep' };
  if (parts.some(({ as }) => as !== 'constant')) return { does: 'derive', parts: merged(parts) };
  const text = parts
    .map((part) => (part.as === 'constant' ? part.text : ''))
    .join('')
    .trim();
  return text === '' ? { does: 'empty' } : { does: 'constant', text };
}

/** Constants that stand beside each other are one. */
function merged(parts: readonly DerivedPart[]): DerivedPart[] {
  const result: DerivedPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.as === 'constant' && last?.as === 'constant')
      result[result.length - 1] = { as: 'constant', text: last.text + part.text };
    else result.push(part);
  }
  return result;
}
