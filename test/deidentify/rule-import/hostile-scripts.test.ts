/** Scripts that are broken, contradictory or meant to hurt: refused with the line and the remedy, in bounded time, never half imported. */
import { describe, expect, it, vi } from 'vitest';
import { ImportError } from '../../../node-agent/deidentify/rule-import/import-error.ts';
import { FORMATS, importProfile } from '../../../node-agent/deidentify/rule-import/import-profile.ts';
import { RandomSource } from '../../phantom/random.ts';
import { counted } from '../../support/soak.ts';
import { goldenRows } from './golden.ts';
import { imported, refusal } from './imported.ts';

vi.setConfig({ testTimeout: counted(60_000, 900_000) });

const SEED = 'hostile-scripts-1';
const ROUNDS = counted(120, 2_000);
const script = (...lines: readonly string[]): string => `<script>\n${lines.join('\n')}\n</script>`;
const sex = (action: string): string => script(`<e en="T" t="00100040" n="PatientSex">${action}</e>`);

describe('a CTP script is refused, with the line and the remedy, for', () => {
  it.each<[string, string, RegExp]>([
    [
      'an unclosed element',
      script('<e en="T" t="00100040" n="PatientSex">@keep()'),
      /line 2: <e> is closed by another tag; add <\/e>/,
    ],
    ['an unclosed tag', '<script>\n<e en="T" t="00100040', /line 2: A tag is never closed.*quotation mark/],
    ['an unclosed frame', '<script>\n<p t="A">1</p>\n', /line 3: The script ends before <\/script>/],
    ['an unclosed comment', '<script>\n<!-- a', /line 2: A comment is never closed/],
    ['an element in an element', script('<e en="T" t="00100040"><e></e></e>'), /line 2: <e> is not closed before/],
    ['an end without a beginning', script('</e>'), /line 2: An end tag closes nothing/],
    ['text between elements', script('<p t="A">1</p>', 'stray'), /line 3: Text stands between/],
    ['a second frame', script('<script>'), /line 2: A second <script>/],
    ['a document type', '<!DOCTYPE script>\n<script></script>', /line 1: Document types and entities are not read/],
    [
      'an entity bomb',
      `<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "${'lol'.repeat(50)}"><!ENTITY b "&a;&a;&a;">]>\n<script>&b;</script>`,
      /line 2: Document types and entities are not read/,
    ],
    ['an entity of nobody', sex('&secret;'), /line 2: The entity &secret; is not one of XML's own/],
    ['an entity of no character', sex('&#0;'), /line 2: The entity &#0; is not one/],
    ['a lone &', sex('A & B'), /line 2: A lone & stands in the text; write &amp;/],
    ['an instruction', script('<?php echo 1 ?>'), /line 2: Processing instructions are not read/],
    ['an unknown element', script('<x t="1"></x>'), /line 2: There is no element <x>.*p, e, k and r/],
    [
      'an unknown attribute',
      script('<e en="T" t="00100040" colour="red"></e>'),
      /line 2: <e> has no attribute "colour"/,
    ],
    [
      'an attribute given twice',
      script('<e en="T" en="F" t="00100040"></e>'),
      /line 2: The attribute "en" is given twice/,
    ],
    ['a tag that is none', script('<e en="T" t="PatientSex">@keep()</e>'), /line 2: An element is named by eight/],
    ['an unknown group to keep', script('<k en="T" t="all"></k>'), /line 2: <k> names a group/],
    ['an unknown removal', script('<r en="T" t="everything"></r>'), /line 2: <r> knows privategroups/],
    [
      'an unknown function',
      sex('@shred()'),
      /line 2: There is no function @shred; CTP would write it into the data\. There are @always/,
    ],
    ['a function of every object in JavaScript', sex('@constructor()'), /line 2: There is no function @constructor/],
    ['a comparison of every object in JavaScript', sex('@if(this,constructor,F){1}{2}'), /line 2: @if does not know/],
    ['an entity of every object in JavaScript', sex('&constructor;'), /line 2: The entity &constructor;/],
    ['an unknown comparison', sex('@if(this,like,F){1}{2}'), /line 2: @if does not know this comparison/],
    [
      'an unknown parameter',
      sex('@param(@NOBODY)@hashuid(@ROOT,this)'),
      /line 2: There is no parameter @NOBODY; define it/,
    ],
    ['an @ without a call', sex('a@b'), /line 2: An @ begins no function call; write \\@/],
    [
      'arguments without end',
      sex('@if(this,equals,"F){1}{2}'),
      /line 2: The arguments of @if are never closed.*quotation mark/,
    ],
    ['a block without end', sex('@if(this,isblank){1'), /line 2: A block of @if is never closed/],
    ['a missing block', sex('@if(this,isblank)'), /line 2: @if\(…\) needs a block/],
    ['a stray brace', sex('@select(){1}{2}}'), /line 2: A brace closes nothing/],
    [
      'a contradiction',
      script('<e en="T" t="00100040">@keep()</e>', '<e en="T" t="00100040">@remove()</e>'),
      /line 3: Line 2 is about \(0010,0040\) PatientSex as well and contradicts it/,
    ],
    ['a repetition', script('<r en="T" t="curves"></r>', '<r en="T" t="curves"></r>'), /line 3: Line 2 says the same/],
    ['a parameter given twice', script('<p t="A">1</p>', '<p t="A">2</p>'), /line 3: The parameter is given twice/],
    ['no script at all', '', /line 1: The file holds no line/],
    ['another kind of file', 'FORMAT dicom\n%header', /line 1: This is no line of a CTP script/],
    ['bytes', '<script>\0</script>', /line 1: The file is not a text/],
    ['calls nested without end', sex('@if(this,isblank){'.repeat(400)), /line 2: Actions may be nested 12 deep/],
    ['too many ways', sex('@if(Modality,equals,CT){1}{2}'.repeat(8)), /line 2: An action may go 64 ways/],
    ['ten megabytes', `<script>${'<p t="A">1</p>'.repeat(750_000)}</script>`, /line 1: The file is longer than 4 MB/],
    ['an action of megabytes', sex('A'.repeat(1_000_000)), /line 2: An action may have 8192 characters/],
    [
      'too many elements',
      script(...Array.from({ length: 20_001 }, (_, index) => `<p t="P${index}">1</p>`)),
      /line 20002: A script may have 20000 elements/,
    ],
    ['a tag of megabytes', `<script>${'<'.repeat(3_000_000)}`, /line 1: A tag is never closed/],
  ])('%s', (_, text, sentence) => {
    expect(refusal(text)).toMatch(sentence);
  });

  it('several things at once, all named', () => {
    const text = script(
      '<e en="T" t="00100040">@shred()</e>',
      '<e en="T" t="00101010">@param(@X)</e>',
      '<k en="T" t="x"></k>',
    );
    expect(refusal(text)).toMatch(/line 2: .*@shred.*\n {2}line 3: .*@X.*\n {2}line 4: <k>/);
  });

  it('a lookup table that contradicts itself', () => {
    const lookupTable = 'a/1 = 2\n# comment\na/1 = 3';
    expect(refusal(sex('@lookup(this,a)'), { lookupTable })).toMatch(/line 3: The lookup table has this key twice/);
  });
});

describe('a pattern of a script', () => {
  it.each(['(a+)+b', '(a|aa)*b', '\\1', '(?=a)', '.*.*.*.*b', '[', 'a{1,99999}'])(
    '%s that could run without end is not translated',
    (pattern) => {
      const { line, profile } = imported(
        script(`<e en="T" t="00081030" n="StudyDescription">@contents(this,"${pattern}","")</e>`),
      );
      expect(line(2).outcome).toBe('untranslated');
      expect(profile.rules.always(0x00081030)?.action).toBe('remove');
    },
  );
});

describe('a table that refers to itself', () => {
  it('answers nothing', () => {
    const text = script('<e en="T" t="00081030" n="StudyDescription">@lookup(this,a,default,none)</e>');
    expect(
      imported(text, { lookupTable: 'a/X = @a/Y\na/Y = @a/X\na/Z = ok' }).profile.rules.always(0x00081030)?.derive,
    ).toMatchObject([{ table: { Z: 'ok' } }]);
  });
});

describe(`rules damaged at random (seed ${SEED}, ${ROUNDS} of each format)`, () => {
  it.each(FORMATS)('of %s are refused with a line, or imported with every line reported', (format) => {
    const rows = goldenRows(`${format}.txt`);
    const random = new RandomSource(`${SEED}/${format}`);
    const whole = {
      ctp: rows.map(
        ({ rule }, index) => `<e en="T" t="${(0x00181000 + index).toString(16).padStart(8, '0')}" n="">${rule}</e>`,
      ),
      deid: rows.map(({ rule }) => rule),
      karnak: rows.filter(({ rule }) => !rule.includes('basic.dicom')).map(({ rule }) => `  - ${rule}`),
    }[format];
    const frame = {
      ctp: ['<script>', '</script>'],
      deid: ['FORMAT dicom\n%header', ''],
      karnak: ['profileElements:', ''],
    }[format];
    const ends = { refused: 0, imported: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const lines = Array.from({ length: random.integer(1, 6) }, () => random.pick(whole));
      const text = damaged([frame[0], ...lines, frame[1]].join('\n'), random);
      try {
        const { report } = importProfile(text, { format, name: 'our-rules', extends: 'eucaim' });
        ends.imported += 1;
        for (const { outcome, rules, sentences } of report.lines)
          expect(outcome === 'off' || rules.length + sentences.length > 0, `round ${round}`).toBe(true);
      } catch (error) {
        if (!(error instanceof ImportError))
          throw new Error(`round ${round} (seed ${SEED}): ${(error as Error).message}`);
        expect(error.message).toMatch(/line \d+: \S.*[.]/);
        ends.refused += 1;
      }
    }
    expect(ends.refused).toBeGreaterThan(0);
    expect(ends.imported).toBeGreaterThan(0);
  });
});

const SPLINTERS = [
  '@',
  '(',
  ')',
  '{',
  '}',
  '"',
  '<',
  '>',
  '&',
  '\\',
  ',',
  '|',
  '?',
  ':',
  "'",
  '%',
  '[',
  ']',
  '\n',
  '@if(',
  '*',
  '\t',
  'é',
  '\u2028',
];

/** Cuts, doubles and throws signs in at a few places. */
function damaged(text: string, random: RandomSource): string {
  let result = text;
  for (let times = random.integer(0, 3); times > 0; times -= 1) {
    const at = random.integer(0, result.length);
    const length = random.integer(0, 12);
    const kind = random.integer(0, 2);
    const middle =
      kind === 0
        ? ''
        : kind === 1
          ? result.slice(at, at + length).repeat(2)
          : random.pick(SPLINTERS) + result.slice(at, at + length);
    result = result.slice(0, at) + middle + result.slice(at + length);
  }
  return result;
}
