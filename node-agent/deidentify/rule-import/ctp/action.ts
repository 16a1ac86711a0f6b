/** Parses the action of an element of a CTP script: text and calls such as @if(this,isblank){@remove()}{@keep()}. */
import { refuseImport } from '../import-error.ts';

export type ActionPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'call';
      readonly name: string;
      /** Without surrounding spaces and quotation marks. */
      readonly arguments: readonly string[];
      /** What stands in braces after the arguments. */
      readonly blocks: readonly Action[];
    };
export type Action = readonly ActionPart[];

const DEEPEST = 12;
/** The braces that follow a call: the least and the most. */
const BLOCKS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['if', [1, 2]],
  ['select', [1, 2]],
  ['append', [1, 1]],
]);

/** @throws ImportError where calls, quotation marks or braces are not closed, or nested too deeply */
export function parseAction(text: string, line: number): Action {
  const parser = new ActionParser(text, line);
  const action = parser.action(0);
  parser.expectEnd();
  return action;
}

class ActionParser {
  readonly #text: string;
  readonly #line: number;
  #at = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  /** Up to the end, or to the brace that closes the block. */
  action(depth: number): Action {
    if (depth > DEEPEST) refuseImport(this.#line, `Actions may be nested ${DEEPEST} deep; write the line more simply.`);
    const parts: ActionPart[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
    };
    for (; this.#at < this.#text.length; this.#at += 1) {
      const letter = this.#text.charAt(this.#at);
      if (letter === '\\') {
        this.#at += 1;
        text += this.#text.charAt(this.#at);
      } else if (letter === '@') {
        flush();
        parts.push(this.#call(depth));
        this.#at -= 1;
      } else if (letter === '}') break;
      else text += letter;
    }
    flush();
    return parts;
  }

  expectEnd(): void {
    if (this.#at < this.#text.length) refuseImport(this.#line, 'A brace closes nothing; remove it or write \\}.');
  }

  #call(depth: number): ActionPart {
    const match = /^@\s*([A-Za-z]+)\s*\(/.exec(this.#text.slice(this.#at, this.#at + 64));
    if (match === null)
      return refuseImport(this.#line, 'An @ begins no function call; write \\@ where the sign itself is meant.');
    const name = match[1] ?? '';
    this.#at += match[0].length;
    const given = this.#arguments(name);
    const [least, most] = BLOCKS.get(name) ?? [0, 0];
    const blocks: Action[] = [];
    while (blocks.length < most) {
      const space = /^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0;
      if (this.#text.charAt(this.#at + space) !== '{') break;
      this.#at += space + 1;
      blocks.push(this.action(depth + 1));
      if (this.#text.charAt(this.#at) !== '}') refuseImport(this.#line, `A block of @${name} is never closed; add }.`);
      this.#at += 1;
    }
    if (blocks.length < least) refuseImport(this.#line, `@${name}(…) needs a block in braces after it; add {…}.`);
    return { kind: 'call', name, arguments: given, blocks };
  }

  /** Separated by commas that stand in no quotation marks and brackets. */
  #arguments(name: string): string[] {
    const found: string[] = [];
    let start = this.#at;
    let quoted = false;
    let open = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const letter = this.#text.charAt(this.#at);
      if (letter === '\\') this.#at += 1;
      else if (letter === '"') quoted = !quoted;
      else if (quoted) continue;
      else if (letter === '[' || letter === '(') open += 1;
      else if (letter === ']' || (letter === ')' && open > 0)) open -= 1;
      else if ((letter === ',' && open === 0) || letter === ')') {
        found.push(unquoted(this.#text.slice(start, this.#at)));
        start = this.#at + 1;
        if (letter === ')') {
          this.#at += 1;
          return found.length === 1 && found[0] === '' ? [] : found;
        }
      }
    }
    return refuseImport(
      this.#line,
      `The arguments of @${name.slice(0, 32)} are never closed; add ), and look for a missing quotation mark.`,
    );
  }
}

function unquoted(argument: string): string {
  const trimmed = argument.trim();
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"') ? trimmed.slice(1, -1) : trimmed;
}

/** The functions of an action as a report shows them: names without arguments, which could name somebody. */
export function shownAction(action: Action): string {
  if (action.length === 0) return 'empty text';
  const shown = action.map((part) =>
    part.kind === 'text' ? 'text' : `@${part.name}()${part.blocks.map((block) => `{${shownAction(block)}}`).join('')}`,
  );
  const whole = shown.join(' ');
  return whole.length > 120 ? `${whole.slice(0, 119)}…` : whole;
}
