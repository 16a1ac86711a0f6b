/** Reads the form of a CTP anonymizer script, XML or the older list of properties, line by line and without entities. */
import { refuseImport } from '../import-error.ts';

/** What one line of a script says. */
export interface ScriptLine {
  readonly line: number;
  /** p: a parameter, e: an element, k: a group to keep, r: elements to remove. */
  readonly kind: 'p' | 'e' | 'k' | 'r';
  readonly on: boolean;
  /** The attribute `t`: a parameter, eight hexadecimal digits, or a group. */
  readonly target: string;
  /** The attribute `n`. */
  readonly name: string;
  readonly text: string;
}

/** Lines that say nothing: comments and the frame. */
export interface SilentLine {
  readonly line: number;
  readonly what: string;
}

export interface Script {
  readonly lines: readonly ScriptLine[];
  readonly silent: readonly SilentLine[];
}

const MOST_LINES = 20_000;
const LONGEST_TEXT = 8192;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
const ATTRIBUTES: Readonly<Record<ScriptLine['kind'], ReadonlySet<string>>> = {
  p: new Set(['t', 'n', 'en']),
  e: new Set(['en', 't', 'n']),
  k: new Set(['en', 't', 'n']),
  r: new Set(['en', 't', 'n']),
};

/** @throws ImportError with the line of the first thing that is no script */
export function readScript(text: string): Script {
  const withoutMark = text.replace(/^\ufeff/, '');
  return /^\s*</.test(withoutMark) ? new XmlScript(withoutMark).read() : readProperties(withoutMark);
}

class XmlScript {
  readonly #text: string;
  readonly #lines: ScriptLine[] = [];
  readonly #silent: SilentLine[] = [];
  #at = 0;
  #line = 1;
  /** 0 before the frame, 1 inside, 2 after it. */
  #part: 0 | 1 | 2 = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Script {
    while (this.#at < this.#text.length) {
      const next = this.#text.indexOf('<', this.#at);
      const between = this.#text.slice(this.#at, next < 0 ? undefined : next);
      if (between.trim() !== '') {
        this.#advance(between.length - between.trimStart().length);
        refuseImport(this.#line, 'Text stands between the elements; put it into an element or a comment.');
      }
      this.#advance(between.length);
      if (next >= 0) this.#markup();
    }
    if (this.#part === 1) refuseImport(this.#line, 'The script ends before </script>; close it.');
    if (this.#part === 0) refuseImport(this.#line, 'There is no <script>; is this a CTP anonymizer script?');
    return { lines: this.#lines, silent: this.#silent };
  }

  #markup(): void {
    const rest = (length: number): string => this.#text.slice(this.#at, this.#at + length);
    if (rest(4) === '<!--') this.#skipTo('-->', 'comment');
    else if (rest(2) === '<?') {
      if (!rest(6).startsWith('<?xml') || this.#part !== 0)
        refuseImport(this.#line, 'Processing instructions are not read; remove it.');
      this.#skipTo('?>', 'XML declaration');
    } else if (rest(2) === '<!')
      refuseImport(
        this.#line,
        'Document types and entities are not read, because they can grow without end; remove them.',
      );
    else if (rest(2) === '</') this.#end();
    else this.#element();
  }

  #end(): void {
    const { line } = { line: this.#line };
    const end = this.#find('>', 'tag');
    const name = this.#text.slice(this.#at + 2, end).trim();
    if (name !== 'script' || this.#part !== 1) refuseImport(line, 'An end tag closes nothing; remove it.');
    this.#part = 2;
    this.#silent.push({ line, what: 'end of the script' });
    this.#advance(end + 1 - this.#at);
  }

  #element(): void {
    const line = this.#line;
    const end = this.#endOfTag();
    const inside = this.#text.slice(this.#at + 1, end);
    const empty = inside.endsWith('/');
    const { name, attributes } = tagOf(empty ? inside.slice(0, -1) : inside, line);
    this.#advance(end + 1 - this.#at);
    if (name === 'script') {
      if (this.#part !== 0) refuseImport(line, 'A second <script> begins; keep one of them.');
      this.#part = empty ? 2 : 1;
      this.#silent.push({ line, what: 'frame of the script' });
      return;
    }
    if (this.#part !== 1) refuseImport(line, 'An element stands outside <script>; move it inside.');
    const kind = kindOf(name, line);
    for (const attribute of attributes.keys())
      if (!ATTRIBUTES[kind].has(attribute))
        refuseImport(line, `<${name}> has no attribute "${attribute.slice(0, 32)}"; there may be en, t and n.`);
    this.#push({
      line,
      kind,
      on: kind === 'p' || attributes.get('en') === 'T',
      target: (attributes.get('t') ?? refuseImport(line, `<${name}> does not say what it is about; add t="…".`)).trim(),
      name: attributes.get('n') ?? '',
      text: empty ? '' : this.#content(name, line),
    });
  }

  /** Up to the end tag; only text may stand there. */
  #content(name: string, line: number): string {
    let text = '';
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      if (next < 0) refuseImport(line, `<${name}> is never closed; add </${name}>.`);
      text += unescaped(this.#text.slice(this.#at, next), line);
      if (text.length > LONGEST_TEXT) refuseImport(line, `An action may have ${LONGEST_TEXT} characters; shorten it.`);
      this.#advance(next - this.#at);
      if (this.#text.startsWith('<![CDATA[', next)) {
        const end = this.#text.indexOf(']]>', next);
        if (end < 0) refuseImport(line, 'A CDATA section is never closed; add ]]>.');
        text += this.#text.slice(next + 9, end);
        this.#advance(end + 3 - next);
      } else if (this.#text.startsWith('<!--', next)) this.#skipTo('-->', 'comment');
      else if (this.#text.startsWith('</', next)) {
        const end = this.#find('>', 'tag');
        const closes = this.#text.slice(next + 2, end).trim();
        if (closes !== name) refuseImport(line, `<${name}> is closed by another tag; add </${name}> before it.`);
        this.#advance(end + 1 - this.#at);
        return text;
      } else refuseImport(line, `<${name}> is not closed before the next element begins; add </${name}>.`);
    }
  }

  #push(scriptLine: ScriptLine): void {
    if (this.#lines.length >= MOST_LINES) refuseImport(scriptLine.line, `A script may have ${MOST_LINES} elements.`);
    this.#lines.push(scriptLine);
  }

  #skipTo(end: string, what: string): void {
    const at = this.#find(end, what);
    this.#silent.push({ line: this.#line, what });
    this.#advance(at + end.length - this.#at);
  }

  #find(end: string, what: string): number {
    const at = this.#text.indexOf(end, this.#at);
    return at < 0 ? refuseImport(this.#line, `A ${what} is never closed; add ${end}.`) : at;
  }

  /** The > that is not in quotes. */
  #endOfTag(): number {
    let quote = '';
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const letter = this.#text.charAt(at);
      if (quote !== '') quote = letter === quote ? '' : quote;
      else if (letter === '"' || letter === "'") quote = letter;
      else if (letter === '>') return at;
      else if (letter === '<') break;
    }
    return refuseImport(this.#line, 'A tag is never closed; add >, and look for a missing quotation mark.');
  }

  #advance(length: number): void {
    for (const letter of this.#text.slice(this.#at, this.#at + length)) if (letter === '\n') this.#line += 1;
    this.#at += length;
  }
}

function tagOf(inside: string, line: number): { name: string; attributes: Map<string, string> } {
  const name = /^[A-Za-z]+/.exec(inside)?.[0] ?? refuseImport(line, 'A tag has no name; write <e>, <p>, <k> or <r>.');
  const attributes = new Map<string, string>();
  let rest = inside.slice(name.length);
  while (rest.trim() !== '') {
    const match = /^\s+([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(rest);
    if (match === null) return refuseImport(line, 'An attribute is not written as name="value"; correct it.');
    const [whole, key = '', double, single] = match;
    if (attributes.has(key)) refuseImport(line, `The attribute "${key}" is given twice; remove one.`);
    attributes.set(key, unescaped(double ?? single ?? '', line));
    rest = rest.slice(whole.length);
  }
  return { name, attributes };
}

function kindOf(name: string, line: number): ScriptLine['kind'] {
  if (name === 'p' || name === 'e' || name === 'k' || name === 'r') return name;
  return refuseImport(line, `There is no element <${name.slice(0, 32)}> in a CTP script; there are p, e, k and r.`);
}

function unescaped(text: string, line: number): string {
  return text.replace(/&([^;\s&]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(';')) return refuseImport(line, 'A lone & stands in the text; write &amp;.');
    const number = /^#(?:(\d{1,7})|x([0-9A-Fa-f]{1,6}))$/.exec(name);
    if (number !== null) {
      const code = number[1] === undefined ? Number.parseInt(number[2] ?? '', 16) : Number(number[1]);
      if (code >= 0x20 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code);
    }
    return (
      ENTITIES.get(name) ??
      refuseImport(line, `The entity &${name.slice(0, 32)}; is not one of XML's own; write the text itself.`)
    );
  });
}

/** `set.[gggg,eeee]Name=action`, `param.NAME=value`, `keep.group18=`, `remove.curves=`; a leading # switches off. */
function readProperties(text: string): Script {
  const lines: ScriptLine[] = [];
  const silent: SilentLine[] = [];
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '') continue;
    const match = /^(#?)\s*(param|set|keep|remove)\.([^=]*)=(.*)$/.exec(trimmed);
    if (match === null) {
      if (!/^[#!]/.test(trimmed))
        refuseImport(line, 'This is no line of a CTP script; lines begin with param., set., keep. or remove.');
      silent.push({ line, what: 'comment' });
      continue;
    }
    const [, off = '', word = '', key = '', value = ''] = match;
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(value))
      refuseImport(line, 'Lines that go on in the next one are not read; join them.');
    if (value.length > LONGEST_TEXT) refuseImport(line, `An action may have ${LONGEST_TEXT} characters; shorten it.`);
    if (lines.length >= MOST_LINES) refuseImport(line, `A script may have ${MOST_LINES} lines.`);
    lines.push(propertyLine(line, off === '', word, key.trim(), value.replace(/\\(.)/g, '$1').trim()));
  }
  if (lines.length === 0) refuseImport(1, 'The file holds no line of a CTP script; check that it is the right file.');
  return { lines, silent };
}

function propertyLine(line: number, on: boolean, word: string, key: string, value: string): ScriptLine {
  if (word === 'param') return { line, kind: 'p', on, target: key, name: '', text: value };
  if (word === 'remove') return { line, kind: 'r', on, target: key, name: value, text: '' };
  if (word === 'keep') {
    const group = /^group([0-9A-Fa-f]{1,4})$/.exec(key)?.[1];
    const target = group === undefined ? key : group.padStart(4, '0');
    return { line, kind: 'k', on, target, name: value, text: '' };
  }
  const match = /^\[([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\](.*)$/.exec(key);
  if (match === null) return refuseImport(line, 'An element is written as set.[gggg,eeee]Name; correct the tag.');
  const [, group = '', element = '', name = ''] = match;
  return { line, kind: 'e', on, target: group + element, name: name.trim(), text: value };
}
