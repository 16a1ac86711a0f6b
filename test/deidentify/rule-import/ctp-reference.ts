/**
 * What CTP documents for the action of an element, computed apart from the import: a reader of actions for the tests
 * alone, on the values of one data set. Hashes are answered as what they are of; the test compares who is equal to whom.
 */

export type Documented =
  | { readonly kind: 'keep' | 'remove' }
  | { readonly kind: 'text'; readonly text: string }
  /** Digits that are the same for the same `of`. */
  | { readonly kind: 'hash'; readonly of: string; readonly length: number }
  | { readonly kind: 'uid' | 'moved-date' }
  | { readonly kind: 'not-importable' };

export interface CtpContext {
  readonly self: string;
  readonly values: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The action of an element that is there, or that @always() creates. */
export function documented(action: string, context: CtpContext): Documented {
  const body = action.replace(/^@always\(\)/, '');
  const condition = /^@if\(/.exec(body);
  if (condition !== null) {
    const [head, yes, no] = split(body);
    return documented(holds(head, context) ? yes : no, context);
  }
  if (/^@(?:call|encrypt|initials|integer|date|time)\(/.test(body)) return { kind: 'not-importable' };
  if (body === '@keep()') return { kind: 'keep' };
  if (body.includes('@remove()')) return { kind: 'remove' };
  if (body === '@empty()') return { kind: 'text', text: '' };
  const call = /^@(\w+)\((.*)\)$/.exec(body);
  if (call === null) return { kind: 'text', text: withParameters(body, context) };
  const given = (call[2] ?? '').split(',').map((argument) => argument.trim().replace(/^"|"$/g, ''));
  const value = valueNamed(given[0] ?? '', context);
  const number = (index: number): number => Number(withParameters(`@param(${given[index]})`, context));
  switch (call[1]) {
    case 'param':
      return { kind: 'text', text: withParameters(body, context) };
    case 'incrementdate':
    case 'hashdate':
      return { kind: 'moved-date' };
    case 'hashuid':
      return { kind: 'uid' };
    case 'hash':
      return { kind: 'hash', of: value, length: number(1) };
    case 'hashptid':
      return { kind: 'hash', of: valueNamed(given[1] ?? '', context), length: number(2) };
    case 'modifydate': {
      const part = (index: number, from: number, to: number): string =>
        given[index] === '*' ? value.slice(from, to) : String(number(index)).padStart(to - from, '0');
      return { kind: 'text', text: part(1, 0, 4) + part(2, 4, 6) + part(3, 6, 8) };
    }
    case 'round': {
      const rounded = Math.round(Number(value.replace(/\D/g, '')) / number(1)) * number(1);
      const text = `${rounded}${value.replace(/\d/g, '')}`;
      return { kind: 'text', text: text.length % 2 === 0 ? text : `0${text}` };
    }
    case 'uppercase':
      return { kind: 'text', text: value.toUpperCase() };
    case 'lowercase':
      return { kind: 'text', text: value.toLowerCase() };
    case 'truncate':
      return { kind: 'text', text: number(1) >= 0 ? value.substring(0, number(1)) : value.trim().slice(number(1)) };
    case 'contents':
      return { kind: 'text', text: given[1] === undefined ? value : value.split(given[1]).join(given[2] ?? '') };
    case 'value':
      return { kind: 'text', text: value === '' ? (given[1] ?? '') : value };
    default:
      throw new Error(`The test does not know ${body}.`);
  }
}

function withParameters(text: string, { parameters }: CtpContext): string {
  return text.replace(/@param\((@?)([^)]*)\)/g, (_, at: string, name: string) =>
    at === '' ? name : (parameters.get(name) ?? '?'),
  );
}

function valueNamed(name: string, { self, values }: CtpContext): string {
  return values.get(name === 'this' ? self : name) ?? '';
}

function holds(head: string, context: CtpContext): boolean {
  const [name = '', how = '', wanted = ''] = head.split(',').map((argument) => argument.trim().replace(/^"|"$/g, ''));
  const value = valueNamed(name, context);
  switch (how) {
    case 'isblank':
      return value.trim() === '';
    case 'contains':
      return value.toLowerCase().includes(wanted.toLowerCase());
    case 'matches':
      return new RegExp(`^${wanted}$`).test(value);
    case 'greaterthan':
      return Number(value.replace(/\D/g, '')) > Number(wanted.replace(/\D/g, ''));
    default:
      throw new Error(`The test does not know the comparison ${how}.`);
  }
}

/** '@if(a){b}{c}' → a, b, c */
function split(body: string): [string, string, string] {
  const pieces: string[] = [];
  let depth = 0;
  let start = body.indexOf('{') + 1;
  for (let at = start - 1; at < body.length; at += 1) {
    if (body[at] === '{') {
      if (depth === 0) start = at + 1;
      depth += 1;
    } else if (body[at] === '}') {
      depth -= 1;
      if (depth === 0) pieces.push(body.slice(start, at));
    }
  }
  return [body.slice(4, body.indexOf('){')), pieces[0] ?? '', pieces[1] ?? ''];
}
