/** The bytes that stand for a text in every character set of PS3.3 §C.12.1.1.2, and in UTF-16, which Windows programs write. */
import { type CharacterSet, characterSetOf } from '../../dicom/character-set.ts';
import { graphicSet } from '../../dicom/graphic-set.ts';
import { isAscii } from '../text/folding.ts';

const WHOLE_OR_SINGLE_BYTE = [
  ...['ISO_IR 100', 'ISO_IR 101', 'ISO_IR 109', 'ISO_IR 110', 'ISO_IR 144', 'ISO_IR 127', 'ISO_IR 126', 'ISO_IR 138'],
  ...['ISO_IR 148', 'ISO_IR 203', 'ISO_IR 13', 'ISO_IR 166', 'GB18030'],
].map((term) => characterSetOf([term]));
/** Sets of two bytes for a character, which escape sequences put into G0 or G1 (PS3.5 §6.1.2.4). */
const DOUBLE_BYTE = ['IR 87', 'IR 149', 'IR 58'];
const FIRST_GRAPHIC = 0x21;
const LAST_GRAPHIC = 0x7e;
const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const reverseTables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/**
 * @param declared the character set of the original, which may combine several
 * @param wide whether to add UTF-16 in both orders
 */
export function byteFormsOf(text: string, declared: CharacterSet, wide: boolean): Uint8Array[] {
  const forms: Uint8Array[] = [Buffer.from(text, 'utf8')];
  if (wide) {
    const little = Buffer.from(text, 'utf16le');
    forms.push(little, Buffer.from(little).swap16());
  }
  if (isAscii(text)) return forms;
  for (const characterSet of [declared, ...WHOLE_OR_SINGLE_BYTE]) {
    const bytes = characterSet.encode(text);
    if (bytes !== undefined) forms.push(bytes);
  }
  if (IDEOGRAPHS.test(text)) for (const registration of DOUBLE_BYTE) addDoubleByte(forms, text, registration);
  return forms;
}

function addDoubleByte(forms: Uint8Array[], text: string, registration: string): void {
  const reverse = reverseTable(registration);
  const bytes: number[] = [];
  for (const character of text) {
    const encoded = reverse.get(character);
    if (encoded === undefined) return;
    bytes.push(...encoded);
  }
  const upper = graphicSet(registration).element === 'G1' ? 0x80 : 0;
  forms.push(Uint8Array.from(bytes, (byte) => byte | upper));
}

/** Built once, on first need, by decoding every pair: the platform has decoders only. */
function reverseTable(registration: string): ReadonlyMap<string, readonly number[]> {
  const known = reverseTables.get(registration);
  if (known !== undefined) return known;
  const set = graphicSet(registration);
  const reverse = new Map<string, readonly number[]>();
  for (let first = FIRST_GRAPHIC; first <= LAST_GRAPHIC; first += 1) {
    for (let second = FIRST_GRAPHIC; second <= LAST_GRAPHIC; second += 1) {
      const character = set.decode(Uint8Array.of(first, second));
      if ([...character].length === 1 && character !== '\ufffd') reverse.set(character, [first, second]);
    }
  }
  reverseTables.set(registration, reverse);
  return reverse;
}
