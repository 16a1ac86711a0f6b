import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { characterSetOf } from '../../node-agent/dicom/character-set.ts';

const decode = (terms: string[], bytes: string, vr = 'PN'): string =>
  characterSetOf(terms).decode(Buffer.from(bytes, 'latin1'), vr);

describe('names as PS3.5 Annexes H to K write them', () => {
  const names: readonly [terms: string[], bytes: string, text: string][] = [
    [['ISO_IR 100'], 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    [['ISO_IR 101'], '\xa3ukasz^\xaf\xf3\xb3\xe6', 'Łukasz^Żółć'],
    [['ISO_IR 109'], '\xd5u\xbfeppi^\xa1al', 'Ġużeppi^Ħal'],
    [['ISO_IR 110'], '\xd3\xbani\xf1\xb9', 'Ķēniņš'],
    [['ISO_IR 144'], '\xbb\xee\xdace\xdc\xd1yp\xd3', 'Люкceмбypг'],
    [['ISO_IR 127'], '\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1', 'قباني^لنزار'],
    [['ISO_IR 126'], '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', 'Διονυσιος'],
    [['ISO_IR 138'], '\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4', 'שרון^דבורה'],
    [['ISO_IR 148'], '\xc7elik^I\xfe\xfdk', 'Çelik^Işık'],
    [['ISO_IR 166'], '\xca\xc1\xaa\xd2\xc2', 'สมชาย'],
    [['ISO_IR 203'], '\xa4 \xa6\xa8', '€ Šš'],
    [['ISO_IR 13'], '\xd4\xcf\xc0\xde^\xc0\xdb\xb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    [['ISO_IR 192'], 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1', 'Wang^XiaoDong=王^小東'],
    [['GB18030'], 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab', 'Wang^XiaoDong=王^小东'],
    [['GBK'], '\xcd\xf5^\xd0\xa1\xb6\xab', '王^小东'],
    [
      ['', 'ISO 2022 IR 87'],
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      ['', 'ISO 2022 IR 149'],
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    [['', 'ISO 2022 IR 58'], 'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=', 'Zhang^XiaoDong=张^小东='],
    [['ISO 2022 IR 100', 'ISO 2022 IR 144'], '\xe9^\x1b-L\xbb', 'é^Л'],
    [['ISO 2022 IR 6', 'ISO 2022 IR 159'], '\x1b$(D\x30\x21\x1b(B', '丂'],
  ];
  for (const [terms, bytes, text] of names) {
    it(`reads ${terms.join('\\') || 'none'}`, () => expect(decode(terms, bytes)).toBe(text));
  }
});

describe('code extensions', () => {
  it('return to the first set after a delimiter', () => {
    expect(decode(['ISO 2022 IR 100', 'ISO 2022 IR 144'], '\x1b-L\xbb^\xe9')).toBe('Л^é');
    expect(decode(['ISO 2022 IR 100', 'ISO 2022 IR 144'], '\x1b-L\xbb^\xe9', 'LO')).toBe('Л^щ');
    expect(decode(['ISO 2022 IR 100', 'ISO 2022 IR 144'], '\x1b-L\xbb\r\n\xe9', 'LT')).toBe('Л\r\né');
  });

  it('do not take the second half of an ideograph for a delimiter', () => {
    expect(decode(['', 'ISO 2022 IR 87'], '\x1b$B\x30\x5c\x1b(B', 'LO')).toHaveLength(1);
  });

  it('survive broken escape sequences', () => {
    expect(decode(['', 'ISO 2022 IR 87'], 'a\x1b', 'LO')).toBe('a\u001b');
    expect(decode(['', 'ISO 2022 IR 87'], '\x1b$B;', 'LO')).toBe(';');
    expect(decode(['', 'ISO 2022 IR 149'], '\x1b$)C\xc8', 'LO')).toBe('È');
  });

  it('read a declared multi-byte set without its escape sequence', () => {
    expect(decode(['', 'ISO 2022 IR 149'], '\xc8\xab')).toBe('홍');
  });
});

describe('what files get wrong', () => {
  it('understands misspelt terms', () => {
    for (const term of ['ISO_IR_100', 'ISO-IR 100', 'ISO IR 100', 'iso_ir 100', 'ISO 2022 IR 100', 'ISO 8859-1']) {
      expect(decode([term], '\xe9')).toBe('é');
    }
    expect(decode(['UTF-8'], '\xc3\xa9')).toBe('é');
    expect(decode(['GB2312'], '\xcd\xf5')).toBe('王');
  });

  it('reads undeclared and unknown sets as Latin-1 and says so', () => {
    expect(decode([], '\xe9')).toBe('é');
    expect(characterSetOf([]).asciiOnly).toBe(true);
    expect(characterSetOf(['ISO_IR 999']).unknownTerms).toEqual(['ISO_IR 999']);
  });

  it('reads declared UTF-8 that is not UTF-8 as Latin-1, so that no byte is lost', () => {
    expect(decode(['ISO_IR 192'], 'M\xfcller')).toBe('Müller');
  });

  it('never makes control bytes printable', () => {
    for (const term of ['ISO_IR 100', 'ISO_IR 148', 'ISO_IR 166', 'ISO_IR 101', 'ISO_IR 126']) {
      for (let byte = 0x80; byte < 0xa0; byte += 1) {
        expect(decode([term], String.fromCharCode(byte))).toBe(String.fromCharCode(byte));
      }
    }
  });
});

describe('writing text', () => {
  it('gives back every character that a single-byte set has', () => {
    for (const term of ['100', '101', '109', '110', '144', '127', '126', '138', '148', '166', '203', '13']) {
      const set = characterSetOf([`ISO_IR ${term}`]);
      for (let byte = 0xa1; byte <= 0xff; byte += 1) {
        const text = set.decode(Uint8Array.of(byte), 'LO');
        if (text !== '\ufffd') expect(set.encode(text)).toEqual(Uint8Array.of(byte));
      }
    }
  });

  it('writes UTF-8, GBK and GB18030 with its four-byte codes', () => {
    const text = 'Wang^王小东 é';
    for (const term of ['ISO_IR 192', 'GB18030', 'GBK']) {
      const set = characterSetOf([term]);
      const bytes = set.encode(text);
      expect(bytes && set.decode(bytes)).toBe(text);
    }
    for (const wide of ['𠀀', '😀', '\u{10ffff}', 'ÿ', '\u0e01', '홍']) {
      const set = characterSetOf(['GB18030']);
      const bytes = set.encode(wide);
      expect(bytes && set.decode(bytes)).toBe(wide);
    }
  });

  it('refuses what a set cannot write', () => {
    expect(characterSetOf([]).encode('é')).toBeUndefined();
    expect(characterSetOf(['ISO_IR 100']).encode('Ł')).toBeUndefined();
    expect(characterSetOf(['GBK']).encode('😀')).toBeUndefined();
    expect(characterSetOf(['', 'ISO 2022 IR 87']).encode('山')).toBeUndefined();
    expect(characterSetOf(['', 'ISO 2022 IR 87']).encode('GH-1')).toEqual(Uint8Array.from(Buffer.from('GH-1')));
  });
});
