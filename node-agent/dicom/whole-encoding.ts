/** Character sets that stand for a whole encoding without code extensions: UTF-8, GB18030, GBK (PS3.3 Table C.12-5). */

interface WholeEncoding {
  decode(bytes: Uint8Array, vr?: string): string;
  encode(text: string): Uint8Array | undefined;
}

const FIRST_BASIC_PLANE_BYTE = 0x81;
const BASIC_PLANE_FOUR_BYTE_CODES = 39_420;
const FIRST_SUPPLEMENTARY_BYTE = 0x90;
const reverseTables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** @param label the encoding's name in the Encoding Standard: 'utf-8', 'gb18030' or 'gbk' */
export function wholeEncoding(label: string): WholeEncoding {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  return {
    decode: (bytes) => {
      try {
        return strict.decode(bytes);
      } catch {
        // Mislabelled Latin-1 is the usual reason; it also keeps every byte visible to a search.
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      }
    },
    encode: label === 'utf-8' ? encodeUtf8 : (text) => encodeChinese(text, label),
  };
}

function encodeUtf8(text: string): Uint8Array | undefined {
  return text.isWellFormed() ? new TextEncoder().encode(text) : undefined;
}

function encodeChinese(text: string, label: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const encoded = code < 0x80 ? [code] : (reverseTable(label).get(character) ?? supplementary(code, label));
    if (encoded === undefined) return undefined;
    bytes.push(...encoded);
  }
  return Uint8Array.from(bytes);
}

/** GB18030 maps U+10000 upwards in one straight line from 90 30 81 30. */
function supplementary(code: number, label: string): number[] | undefined {
  return label === 'gb18030' && code >= 0x10000 ? fourBytes(code - 0x10000, FIRST_SUPPLEMENTARY_BYTE) : undefined;
}

/** Built once, on first need, by decoding every code: the platform has decoders only. */
function reverseTable(label: string): ReadonlyMap<string, readonly number[]> {
  const known = reverseTables.get(label);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(label);
  const reverse = new Map<string, readonly number[]>();
  const add = (bytes: readonly number[]): void => {
    const character = decoder.decode(Uint8Array.from(bytes));
    if ([...character].length === 1 && character !== '\ufffd' && !reverse.has(character)) reverse.set(character, bytes);
  };
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) if (trail !== 0x7f) add([lead, trail]);
  }
  if (label === 'gb18030') {
    for (let index = 0; index < BASIC_PLANE_FOUR_BYTE_CODES; index += 1) {
      add(fourBytes(index, FIRST_BASIC_PLANE_BYTE));
    }
  }
  reverseTables.set(label, reverse);
  return reverse;
}

function fourBytes(index: number, firstByte: number): number[] {
  return [
    firstByte + Math.floor(index / 12_600),
    0x30 + (Math.floor(index / 1_260) % 10),
    0x81 + (Math.floor(index / 10) % 126),
    0x30 + (index % 10),
  ];
}
