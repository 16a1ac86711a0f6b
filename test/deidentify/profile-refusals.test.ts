import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../node-agent/deidentify/profile/profile-error.ts';
import { readProfile, readProfileText } from '../../node-agent/deidentify/profile/profile-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { optionLines, SITE_PROFILE } from './fixtures.ts';

/** The refusal of a profile with these lines; the text is laid out so that each line of the file has one entry. */
function refusal(lines: Readonly<Record<string, unknown>>): string {
  return refusalOf(JSON.stringify({ ...SITE_PROFILE, ...lines }, null, 1));
}

function refusalOf(text: string): string {
  try {
    readProfileText(text, 'our-site.json');
  } catch (error) {
    if (error instanceof ProfileError) return error.message;
    throw error;
  }
  throw new Error('The profile was accepted.');
}

const rule = (fields: Readonly<Record<string, unknown>>) => ({ rules: [{ why: 'a reason for the rule', ...fields }] });

describe('a profile is refused, with the line and the remedy, for', () => {
  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'a line that does not exist',
      { colour: 'red' },
      /line 8, colour: There is no such line.*there may be name, version/,
    ],
    [
      'a line of a rule that does not exist',
      rule({ tag: '(0008,1030)', action: 'remove', if: 1 }),
      /line 13, rules\[0\]\.if: .*there may be tag, groups, private/,
    ],
    ['an unknown action', rule({ tag: '(0008,1030)', action: 'delete' }), /line 12, rules\[0\]\.action: .*"remove"/],
    ['a rule without a reason', { rules: [{ tag: '(0008,1030)', action: 'remove' }] }, /rules\[0\]\.why/],
    ['a missing version', { version: undefined }, /version: /],
    [
      'an unknown option',
      { options: [{ option: 'retain_everything', code: '113100' }] },
      /line 10, options\[0\]\.option: There is no option "retain_everything"; there are clean_graphics/,
    ],
    [
      'a wrong code of an option',
      { options: [{ option: 'retain_uids', code: '113111' }] },
      /line 11, options\[0\]\.code: .*113110; write that/,
    ],
    [
      'an option given twice',
      { options: optionLines('retain_uids', 'retain_uids') },
      /options\[1\]\.option: "retain_uids" is given twice; remove one/,
    ],
    [
      'full and modified dates at once',
      { options: optionLines('retain_long_full_dates', 'retain_long_modified_dates') },
      /options: .*choose one of them/,
    ],
    ['months without retained dates', { options: [], dates: 'month' }, /dates: .*add retain_long_modified_dates/],
    [
      'another edition of the table',
      { edition: 'PS3.15 2031a' },
      /line 5, edition: It was written for Table E\.1-1 of "PS3\.15 2031a", and this node has "PS3\.15 2024b"/,
    ],
    [
      'an unknown profile to begin from',
      { extends: 'lenient' },
      /line 7, extends: "lenient" is not a shipped profile.*basic, eucaim/,
    ],
    [
      'the name of a shipped profile',
      { name: 'eucaim' },
      /line 2, name: "eucaim" is the name of a shipped profile; choose another/,
    ],
    ['a rule without an attribute', rule({ action: 'remove' }), /rules\[0\]: It names no attribute; give one of/],
    ['a rule with two', rule({ action: 'remove', tag: '(0008,1030)', groups: '0008' }), /tag and groups; give one of/],
    [
      'an attribute that does not exist',
      rule({ tag: '(0008,7777)', action: 'remove' }),
      /rules\[0\]\.tag: PS3\.6 has no such attribute/,
    ],
    [
      'an attribute of the file meta',
      rule({ tag: '(0002,0016)', action: 'remove' }),
      /no such attribute of a data set/,
    ],
    [
      'an attribute that the node writes',
      rule({ tag: '(0010,0020)', action: 'remove' }),
      /Gatehouse writes this attribute itself/,
    ],
    ['taking away the UID of the object', rule({ tag: '(0008,0018)', action: 'remove' }), /use "hash-uid"/],
    ['a private attribute by its tag', rule({ tag: '(0019,100C)', action: 'remove' }), /use "private"/],
    [
      'a UID action on a text',
      rule({ tag: '(0008,1030)', action: 'hash-uid', overrides: 'because we want it' }),
      /is for a UID \(UI\), and this attribute is LO/,
    ],
    [
      'a date action on a text',
      rule({ tag: '(0008,1030)', action: 'shift-date', overrides: 'because we want it' }),
      /is for a date/,
    ],
    [
      'moving a date in a profile that changes none',
      rule({ tag: '(0018,1204)', action: 'shift-date', overrides: 'because we want it' }),
      /This profile changes no dates; add the option retain_long_modified_dates/,
    ],
    [
      'cleaning a number as a text',
      rule({ tag: '(0028,0010)', action: 'clean-text' }),
      /is for a text .*US; use another action/,
    ],
    [
      'a value that the VR cannot hold',
      rule({ tag: '(0008,0020)', action: 'replace', value: '2020-01-01' }),
      /rules\[0\]\.value: .*a date as YYYYMMDD/,
    ],
    [
      'a value for another action',
      rule({ tag: '(0008,1030)', action: 'remove', value: 'X' }),
      /Only "replace" takes a value/,
    ],
    [
      'an action by attribute on groups',
      rule({ groups: '0040-0042', action: 'replace' }),
      /name attributes one by one/,
    ],
    [
      'an unknown SOP class',
      rule({ tag: '(0008,1030)', action: 'remove', when: { sopClass: ['1.2.3'] } }),
      /rules\[0\]\.when: 1\.2\.3 is not a UID of PS3\.6/,
    ],
    [
      'a condition that never holds',
      rule({ tag: '(0008,1030)', action: 'remove', when: { present: '(0008,0050)', absent: '(0008,0050)' } }),
      /cannot be there and not be there/,
    ],
    [
      'no condition where there should be one',
      rule({ tag: '(0008,1030)', action: 'remove', when: {} }),
      /holds no condition/,
    ],
    [
      'keeping what the basic profile takes away',
      rule({ tag: '(0010,1000)', action: 'keep' }),
      /line 12, rules\[0\]\.action: "keep" lets everything through where .* lets nothing through; use a stricter action, or say in "overrides"/,
    ],
    [
      'cleaning what the basic profile takes away',
      rule({ tag: '(0008,1030)', action: 'clean-text' }),
      /lets the cleaned value through/,
    ],
    [
      'keeping a group with attributes of the table',
      rule({ groups: '0010', action: 'keep' }),
      /"keep" lets everything through/,
    ],
    [
      'keeping an unlisted identifier of a device',
      rule({ tag: '(0018,1003)', action: 'keep' }),
      /"keep" lets everything through/,
    ],
    ['keeping overlays', rule({ tag: '(60XX,3000)', action: 'keep' }), /"keep" lets everything through/],
    [
      'keeping a private attribute',
      rule({ private: { group: '0019', creator: 'A', element: '01' }, action: 'keep' }),
      /lets nothing through/,
    ],
  ])('%s', (_case, lines, expected) => {
    expect(refusal(lines)).toMatch(expected);
  });

  it('two rules that contradict each other, or say the same', () => {
    const first = { tag: '(0008,1030)', action: 'remove', why: 'names are written there' };
    const second = { tag: '(0008,1030)', action: 'empty', why: 'names are written there' };
    expect(refusal({ rules: [first, second] })).toMatch(/rules\[1\]: It is never asked: rules\[0\] .* contradicts it/);
    expect(refusal({ rules: [first, first] })).toMatch(/rules\[1\]: .* says the same; remove one/);
    const narrow = { ...second, when: { modality: ['CT'] } };
    expect(refusal({ rules: [first, narrow] })).toMatch(/never asked/);
    expect(() => refusal({ rules: [narrow, first] })).toThrow(/was accepted/);
  });

  it('a key that is given twice, which JSON itself would let pass', () => {
    const text = JSON.stringify(SITE_PROFILE, null, 1).replace('"source"', '"title": "Another title",\n "source"');
    expect(refusalOf(text)).toMatch(/title: It is given twice, the second time on line 6/);
  });

  it('a file that is no JSON, or that is not there', () => {
    expect(refusalOf('{\n "name": "our-site"\n "version": "1"\n}')).toMatch(/It is not JSON: .*line 3/);
    expect(() => readProfile(join(temporaryFolder(), 'missing.json'))).toThrow(
      /cannot be read \(ENOENT\); check the path/,
    );
    expect(() => readProfile('lenient')).toThrow(/There is no profile "lenient"\. There are basic, eucaim/);
  });

  it('all that is wrong with it at once', () => {
    expect(refusal({ edition: 'x', options: [{ option: 'retain_everything', code: '1' }] }).split('\n')).toHaveLength(
      3,
    );
  });
});

it('a profile of the site is read from its file', () => {
  const file = join(temporaryFolder(), 'our-site.json');
  writeFileSync(file, JSON.stringify({ ...SITE_PROFILE, extends: 'eucaim' }));
  expect(readProfile(file)).toMatchObject({ name: 'our-site', extends: 'eucaim', dates: 'shift' });
});
