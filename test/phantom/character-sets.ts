/**
 * Text encoding for Specific Character Set (0008,0005), the other way round from what Node offers:
 * tables are inverted from TextDecoder. ISO 2022 sets switch per name component as PS3.5 §6.1.2.5
 * asks, so every component starts in the default repertoire.
 */
const ESC = 0x1b;

const SINGLE_BYTE: Record<string, string> = {
  'ISO_IR 100': 'iso-8859-1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 148': 'iso-8859-9',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 203': 'iso-8859-15',
};

const inverseTables = new Map<string, Map<string, readonly number[]>>();

/** Encodes text in the given values of (0008,0005); throws on a character the set does not have. */
export function encodeText(characterSet: readonly string[], text: string): Uint8Array {
  const [first = '', second = ''] = characterSet;
  if (first === 'ISO_IR 192') return Buffer.from(text, 'utf8');
  if (first === 'GB18030') return encodeWith(inverse('gb18030', 0x81, 0x40), text);
  if (first === 'ISO_IR 13') return encodeWith(halfWidthKatakana(), text);
  if (second === 'ISO 2022 IR 126') return encodeComponents(text, latinOrGreek);
  const label = SINGLE_BYTE[first];
  if (label !== undefined) return encodeWith(inverse(label, 0xa0, undefined), text);
  if (second === 'ISO 2022 IR 87') return encodeComponents(text, japanese);
  if (second === 'ISO 2022 IR 149') return encodeComponents(text, korean);
  return encodeWith(new Map(), text);
}

/** Japanese kanji and kana, JIS X 0208 (ISO-IR 87), designated to G0 and left again (ISO-IR 6). */
function japanese(component: string): number[] {
  const kanji = encodeWith(inverse('euc-jp', 0xa1, 0xa1), component);
  return [ESC, 0x24, 0x42, ...[...kanji].map((byte) => byte & 0x7f), ESC, 0x28, 0x42];
}

/** Korean hangul and hanja, KS X 1001 (ISO-IR 149), designated to G1. */
function korean(component: string): number[] {
  return [ESC, 0x24, 0x29, 0x43, ...encodeWith(inverse('euc-kr', 0xa1, 0xa1), component)];
}

/** Latin-1 (ISO-IR 100) or, where that has not the letters, Greek (ISO-IR 126), designated to G1: one may stand behind the other. */
function latinOrGreek(component: string): number[] {
  const latin = inverse('iso-8859-1', 0xa0, undefined);
  if ([...component].every((character) => isAscii(character) || latin.has(character)))
    return [ESC, 0x2d, 0x41, ...encodeWith(latin, component)];
  return [ESC, 0x2d, 0x46, ...encodeWith(inverse('iso-8859-7', 0xa0, undefined), component)];
}

/** JIS X 0201 (ISO-IR 13): half-width katakana in G1. */
function halfWidthKatakana(): Map<string, readonly number[]> {
  return new Map(Array.from({ length: 63 }, (_, at) => [String.fromCharCode(0xff61 + at), [0xa1 + at]]));
}

/** Runs of ASCII as they are, every other run switched by itself. */
function encodeComponents(text: string, switched: (component: string) => number[]): Uint8Array {
  const bytes: number[] = [];
  for (const part of text.split(/([ -~]+)/u)) {
    if (isAscii(part)) bytes.push(...Buffer.from(part, 'ascii'));
    else bytes.push(...switched(part));
  }
  return Uint8Array.from(bytes);
}

function isAscii(text: string): boolean {
  return [...text].every((character) => character.charCodeAt(0) < 0x80);
}

function encodeWith(table: ReadonlyMap<string, readonly number[]>, text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const encoded = table.get(character);
    if (encoded === undefined) throw new Error(`U+${code.toString(16)} is not in the character set of this phantom.`);
    bytes.push(...encoded);
  }
  return Uint8Array.from(bytes);
}

/** Characters of a decoder's one-byte (no second) or two-byte range, by character. */
function inverse(label: string, lowFirst: number, lowSecond: number | undefined): Map<string, readonly number[]> {
  const known = inverseTables.get(label);
  if (known !== undefined) return known;
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(label);
  for (let first = lowFirst; first <= (lowSecond === undefined ? 0xff : 0xfe); first += 1) {
    for (let second = lowSecond ?? 0; second <= (lowSecond === undefined ? 0 : 0xfe); second += 1) {
      const bytes = lowSecond === undefined ? [first] : [first, second];
      const character = decoder.decode(Uint8Array.from(bytes));
      if ([...character].length === 1 && character !== '�' && !table.has(character)) table.set(character, bytes);
    }
  }
  inverseTables.set(label, table);
  return table;
}
