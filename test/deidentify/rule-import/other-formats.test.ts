import { describe, expect, it } from 'vitest';
import { CODENAMES } from '../../../node-agent/deidentify/rule-import/karnak/profile-form.ts';
import { text } from '../fixtures.ts';
import { goldenRows, proveEach } from './golden.ts';
import { imported, refusal, valueUnder } from './imported.ts';

const DEID = goldenRows('deid.txt');
const KARNAK = goldenRows('karnak.txt');
const recipe = (...lines: readonly string[]): string => ['FORMAT dicom', '%header', ...lines].join('\n');
const karnak = (...elements: readonly string[]): string =>
  ['profileElements:', ...elements.map((element) => `  - ${element}`)].join('\n');

describe('a line of a deid recipe', () => {
  proveEach(DEID, ({ rule }) => ({ text: recipe(rule), line: 3 }), { format: 'deid' });

  it('has a golden test for every action', () => {
    const shown = new Set(DEID.flatMap(({ shows }) => shows));
    for (const action of ['KEEP', 'ADD', 'REPLACE', 'JITTER', 'REMOVE', 'BLANK', 'LABEL'])
      expect(shown).toContain(action);
  });

  it('gives way to one that comes first: KEEP, ADD, REPLACE, JITTER, REMOVE, BLANK', async () => {
    const { profile, line } = imported(recipe('BLANK PatientSex', 'REMOVE PatientSize', 'KEEP PatientSex'), {
      format: 'deid',
    });
    expect(await valueUnder(profile, 'PatientSex')).toBe('F');
    expect(line(3)).toMatchObject({ outcome: 'no-rule-needed', rules: [] });
    expect(line(3).sentences[0]).toMatch(/line 5 decides/);
  });

  it('can use a group of fields', async () => {
    const text_ = [
      'FORMAT dicom',
      '%fields sizes',
      'FIELD contains:PatientSize',
      '%header',
      'REMOVE fields:sizes',
    ].join('\n');
    const { profile } = imported(text_, { format: 'deid' });
    expect(await valueUnder(profile, 'PatientSize', text('PatientSize', 'DS', '1.7'))).toBeUndefined();
  });

  it('about pixels is listed with what happens instead', () => {
    const lines = [
      'FORMAT dicom',
      '%filter graylist',
      'LABEL Machine',
      'contains Manufacturer GE',
      'coordinates 0,0,512,110',
      '%header',
    ];
    const { report } = imported(lines.join('\n'), { format: 'deid' });
    expect(report.lines.map(({ outcome }) => outcome)).toEqual([
      'off',
      'off',
      'untranslated',
      'untranslated',
      'untranslated',
      'off',
    ]);
  });

  it.each([
    ['an unknown action', 'DELETE PatientSex', /line 3: There is no action of this name; there are KEEP, ADD/],
    ['an unknown field', 'REMOVE PatientSexx', /line 3: PS3\.6 has no attribute "PatientSexx"; correct/],
    ['a missing value', 'REPLACE PatientSex', /line 3: REPLACE needs a value/],
    ['an unknown group', 'REMOVE fields:none', /line 3: There is no %fields section/],
    ['an unknown section', '%body', /line 3: There is no such section; there are %header/],
    ['a selector without meaning', 'REMOVE contains:zzzz', /line 3: No attribute of PS3\.6/],
    ['a costly pattern', 'REMOVE contains:(a+)+b', /line 3: A repeated group/],
    [
      'two values for one field',
      'REPLACE InstitutionName A\nREPLACE InstitutionName B',
      /line 4: Line 3 says REPLACE.*contradicts/,
    ],
  ])('is refused, with its number and the remedy, for %s', (_, line, sentence) => {
    expect(refusal(recipe(line), { format: 'deid' })).toMatch(sentence);
  });

  it('is refused without a format', () => {
    expect(refusal('%header\nREMOVE PatientSex', { format: 'deid' })).toMatch(/line 1: .*FORMAT dicom/);
  });
});

describe('an element of a Karnak profile', () => {
  proveEach(KARNAK, ({ rule }) => ({ text: karnak(rule), line: 2 }), { format: 'karnak' });

  it('has a golden test, whichever it is', () => {
    const shown = new Set(KARNAK.flatMap(({ rule }) => /codename: ([a-z.]+)/.exec(rule)?.[1] ?? []));
    expect(shown).toEqual(new Set(CODENAMES));
  });

  it('gives way to those before it', async () => {
    const text = karnak(
      '{codename: action.on.specific.tags, action: K, tags: ["(0010,0040)"]}',
      '{codename: action.on.specific.tags, action: X, tags: ["(0010,00XX)"]}',
      '{codename: basic.dicom.profile}',
    );
    expect(await valueUnder(imported(text, { format: 'karnak' }).profile, 'PatientSex')).toBe('F');
  });

  it('is reported with its line, and so is everything around it', () => {
    const text = [
      'name: "Ours"',
      'version: "1.0"',
      karnak('{codename: basic.dicom.profile}'),
      'masks:',
      '  - stationName: "*"',
      '    color: "ffffff"',
      '    rectangles: ["0 0 10 10"]',
    ].join('\n');
    const { report } = imported(text, { format: 'karnak' });
    expect(report.lines.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
      '1 off',
      '2 off',
      '4 translated',
      '6 untranslated',
    ]);
  });

  it.each([
    [
      'an unknown element',
      '{codename: action.on.everything}',
      /line 2: profileElements\.0\.codename: write one of basic\.dicom\.profile/,
    ],
    [
      'an unknown line',
      '{codename: basic.dicom.profile, colour: red}',
      /line 2: A Karnak profile has no colour here; remove it/,
    ],
    [
      'an unknown action',
      '{codename: action.on.specific.tags, action: Q, tags: ["(0010,0040)"]}',
      /line 2: There is no such action; there are K, X/,
    ],
    [
      'an action of every object in JavaScript',
      '{codename: action.on.specific.tags, action: constructor, tags: ["(0010,0040)"]}',
      /line 2: There is no such action/,
    ],
    [
      'a tag that is none',
      '{codename: action.on.specific.tags, action: X, tags: ["PatientSex"]}',
      /line 2: A tag is written as/,
    ],
    ['missing tags', '{codename: action.on.specific.tags, action: X}', /line 2: .*needs tags/],
    [
      'an unknown option',
      '{codename: action.on.dates, option: jump}',
      /line 2: There is no such option; there are shift/,
    ],
    [
      'a missing argument',
      '{codename: action.add.tag, tags: ["(0012,0021)"]}',
      /line 2: The argument "value" is missing/,
    ],
    ['an anchor', '&a {codename: basic.dicom.profile}\n  - *a', /line 3: Anchors and aliases are not read/],
    [
      'a type of its own',
      '!!js/function {codename: basic.dicom.profile}',
      /line 2: It is not plain YAML: tag resolve failed/,
    ],
    [
      'the basic profile before others',
      '{codename: basic.dicom.profile}\n  - {codename: clean.pixel.data}',
      /line 2: .*must be the last/,
    ],
  ])('is refused, with its line and the remedy, for %s', (_, element, sentence) => {
    expect(refusal(karnak(element), { format: 'karnak' })).toMatch(sentence);
  });

  it('is refused, not run, when it is nested without end', () => {
    expect(refusal(`profileElements: ${'['.repeat(100_000)}`, { format: 'karnak' })).toMatch(
      /line \d+: (?:The YAML is nested|It is not plain YAML)/,
    );
  });
});
