/**
 * The expressions of Karnak profiles: a closed set of conditions and actions. They are read, never evaluated as code;
 * whatever is not in the set has no translation.
 */
import { tagOf, tagText } from '../../../dicom/dictionary.ts';
import type { ElementTest } from '../../derived/element-test.ts';

/** Any of the lists, all tests of it. */
export type Alternatives = readonly (readonly ElementTest[])[];

export type KarnakAction = 'Keep' | 'Remove' | 'UID' | 'ReplaceNull' | 'ComputePatientAge' | 'ExcludeInstance';

/** What an expression decides: under these tests this action. Without an action the next element of the profile is asked. */
export interface Outcome {
  readonly tests: readonly ElementTest[];
  readonly action: KarnakAction | { readonly replaceBy: string } | undefined;
}

/** The expression is not in the closed set; the message is a sentence. */
export class NoSuchExpression extends Error {
  override readonly name = 'NoSuchExpression';
}

const ACTIONS: ReadonlySet<string> = new Set<KarnakAction>([
  'Keep',
  'Remove',
  'UID',
  'ReplaceNull',
  'ComputePatientAge',
  'ExcludeInstance',
]);
const TESTS: Readonly<Record<string, ElementTest['is']>> = {
  tagIsPresent: 'exists',
  tagValueIsPresent: 'equals',
  tagValueContains: 'contains',
  tagValueBeginsWith: 'begins',
  tagValueEndsWith: 'ends',
};
const LONGEST = 2000;
const DEEPEST = 20;
const MOST_ALTERNATIVES = 32;
const TOKEN = /\s*(?:('(?:[^']|'')*'|"[^"]*")|(#Tag\.\w+|#VR\.\w+|\w+)|(==|!=|&&|\|\||[?:!(),]))/y;

/** Whether the expression asks about the element itself, so that each attribute needs rules of its own. */
export function asksAboutItself(text: string): boolean {
  return /\b(?:tag|vr|stringValue)\b/.test(text.replace(/'[^']*'|"[^"]*"/g, ''));
}

/** @param self the element: '(gggg,eeee)' @throws NoSuchExpression */
export function conditionOf(text: string, self: string, vr: string): Alternatives {
  const reader = new ExpressionReader(text, self, vr);
  const condition = reader.condition(0);
  reader.expectEnd();
  return condition;
}

/** @throws NoSuchExpression */
export function outcomesOf(text: string, self: string, vr: string): readonly Outcome[] {
  const reader = new ExpressionReader(text, self, vr);
  const outcomes = reader.outcomes(0);
  reader.expectEnd();
  return outcomes;
}

type Value = { readonly text: string } | { readonly of: string } | { readonly known: string } | 'null';

class ExpressionReader {
  readonly #tokens: readonly string[];
  readonly #self: string;
  readonly #vr: string;
  #at = 0;

  constructor(text: string, self: string, vr: string) {
    this.#tokens = tokensOf(text);
    this.#self = self;
    this.#vr = vr;
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) throw new NoSuchExpression('The expression goes on after its end.');
  }

  /** An action, or condition ? outcome : outcome. */
  outcomes(depth: number): readonly Outcome[] {
    const action = this.#action();
    if (action !== undefined) return [{ tests: [], action: action === 'null' ? undefined : action }];
    const condition = this.condition(depth + 1);
    this.#expect('?');
    const yes = this.outcomes(depth + 1);
    this.#expect(':');
    const no = this.outcomes(depth + 1);
    const under = (alternatives: Alternatives, outcomes: readonly Outcome[]): Outcome[] =>
      alternatives.flatMap((tests) => outcomes.map((outcome) => ({ ...outcome, tests: [...tests, ...outcome.tests] })));
    return limited([...under(condition, yes), ...under(negated(condition), no)]);
  }

  condition(depth: number): Alternatives {
    if (depth > DEEPEST) throw new NoSuchExpression(`Expressions may be nested ${DEEPEST} deep.`);
    let any = this.#all(depth);
    while (this.#take('||')) any = limited([...any, ...this.#all(depth)]);
    return any;
  }

  #all(depth: number): Alternatives {
    let all = this.#one(depth);
    while (this.#take('&&')) all = both(all, this.#one(depth));
    return all;
  }

  #one(depth: number): Alternatives {
    if (depth > DEEPEST) throw new NoSuchExpression(`Expressions may be nested ${DEEPEST} deep.`);
    if (this.#take('!')) return negated(this.#one(depth + 1));
    if (this.#take('(')) {
      const inside = this.condition(depth + 1);
      this.#expect(')');
      return inside;
    }
    const is = Object.hasOwn(TESTS, this.#peek()) ? TESTS[this.#peek()] : undefined;
    if (is !== undefined) return [[this.#test(is)]];
    const left = this.#value();
    const operator = this.#next();
    if (operator !== '==' && operator !== '!=') throw new NoSuchExpression('A comparison with == or != is missing.');
    const equal = compared(left, this.#value());
    return operator === '==' ? equal : negated(equal);
  }

  #test(is: ElementTest['is']): ElementTest {
    this.#next();
    this.#expect('(');
    const of = this.#tag(this.#next());
    if (is === 'exists') {
      this.#expect(')');
      return { of, is };
    }
    this.#expect(',');
    const value = quoted(this.#next());
    this.#expect(')');
    return { of, is, value };
  }

  #value(): Value {
    const token = this.#next();
    if (token === 'null') return 'null';
    if (token === 'stringValue') return { of: this.#self };
    if (token === 'tag') return { known: this.#self };
    if (token === 'vr') return { known: this.#vr };
    if (token.startsWith('#VR.')) return { known: token.slice(4) };
    if (token.startsWith('#Tag.')) return { known: this.#tag(token).replace('root:', '') };
    if (token === 'getString') {
      this.#expect('(');
      const of = this.#tag(this.#next());
      this.#expect(')');
      return { of };
    }
    return { text: quoted(token) };
  }

  #action(): KarnakAction | { readonly replaceBy: string } | 'null' | undefined {
    const name = this.#peek();
    if (name === 'null' && !['==', '!='].includes(this.#tokens[this.#at + 1] ?? '')) {
      this.#next();
      return 'null';
    }
    if (name !== 'Replace' && !ACTIONS.has(name)) return undefined;
    this.#next();
    this.#expect('(');
    const value = name === 'Replace' ? quoted(this.#next()) : '';
    this.#expect(')');
    return name === 'Replace' ? { replaceBy: value } : (name as KarnakAction);
  }

  /** Named attributes stand at the top of the object. */
  #tag(token: string): string {
    try {
      return `root:${tagText(tagOf(token.replace(/^#Tag\./, '')))}`;
    } catch {
      throw new NoSuchExpression('It names an attribute that PS3.6 does not have.');
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    const token = this.#peek();
    if (token === '') throw new NoSuchExpression('The expression ends too early.');
    this.#at += 1;
    return token;
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token))
      throw new NoSuchExpression(`A "${token}" is missing in the expression, or a function is not known.`);
  }
}

function tokensOf(text: string): string[] {
  if (text.length > LONGEST) throw new NoSuchExpression(`An expression may have ${LONGEST} characters.`);
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) throw new NoSuchExpression('The expression holds a sign that Gatehouse does not read.');
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

function quoted(token: string): string {
  if (!/^['"]/.test(token))
    throw new NoSuchExpression('A text in quotation marks is missing, or a function is not known.');
  return token.slice(1, -1).replaceAll("''", "'");
}

/** Always true is [[]], never true is []. */
function compared(left: Value, right: Value): Alternatives {
  if (left !== 'null' && right !== 'null' && 'known' in left && 'known' in right)
    return left.known === right.known ? [[]] : [];
  const [value, other] = left !== 'null' && 'of' in left ? [left, right] : [right, left];
  if (value === 'null' || !('of' in value)) throw new NoSuchExpression('A comparison has no attribute.');
  if (other === 'null') return [[{ of: value.of, is: 'blank' }]];
  if (!('text' in other)) throw new NoSuchExpression('Two attributes cannot be compared.');
  return [[{ of: value.of, is: 'equals', value: other.text }]];
}

function both(left: Alternatives, right: Alternatives): Alternatives {
  return limited(left.flatMap((tests) => right.map((others) => [...tests, ...others])));
}

function negated(alternatives: Alternatives): Alternatives {
  return alternatives.reduce<Alternatives>(
    (all, tests) =>
      both(
        all,
        tests.map(({ not, ...test }) => [not ? test : { ...test, not: true as const }]),
      ),
    [[]],
  );
}

function limited<T>(alternatives: readonly T[]): readonly T[] {
  if (alternatives.length > MOST_ALTERNATIVES) throw new NoSuchExpression('The expression has too many alternatives.');
  return alternatives;
}
