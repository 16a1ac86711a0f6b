import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KNOWN_FUNCTIONS } from '../../../node-agent/deidentify/rule-import/ctp/functions.ts';
import { shiftDate } from '../../../node-agent/deidentify/temporal.ts';
import { tagOf, tagText } from '../../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement } from '../../../node-agent/dicom/element.ts';
import { ENCODING, PATIENT, PSEUDONYMISER, text } from '../fixtures.ts';
import { goldenRows, proveEach } from './golden.ts';
import { imported, outcomeUnder, valueUnder } from './imported.ts';

const PARAMETERS = '<p t="SITE">17</p><p t="UIDROOT">1.2.3</p><p t="DAYS">-100</p><p t="SIZE">5</p>';
const LOOKUP = 'desc/CT THORAX = Chest CT\ndesc/OLD = @desc/CT THORAX\ndesc/CT|CHEST = Both\nsex/F = O\n';
const ROWS = goldenRows('ctp.txt');

function element(keyword: string, action: string): string {
  const digits = tagText(tagOf(keyword)).replace(/[(),]/g, '');
  return `<e en="T" t="${digits}" n="${keyword}">${action.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</e>`;
}
const script = (...lines: readonly string[]): string => `<script>\n${lines.join('\n')}\n</script>`;

describe('a function of a CTP script', () => {
  proveEach(ROWS, ({ keyword, rule }) => ({ text: script(PARAMETERS, element(keyword, rule)), line: 3 }), {
    format: 'ctp',
    lookupTable: LOOKUP,
  });

  it('has a golden test, whichever it is', () => {
    const shown = ROWS.flatMap(({ shows }) => shows.flatMap((names) => names.split(' '))).filter((name) => name !== '');
    expect(new Set(shown)).toEqual(new Set(KNOWN_FUNCTIONS));
  });

  it('means the same in the older list of properties', async () => {
    const lines = [
      'param.SITE=17',
      'set.[0008,0080]InstitutionName=Site @param(@SITE)',
      '#set.[0010,1020]PatientSize=@remove()',
      'set.[0010,1030]PatientWeight=@remove()',
      'keep.group18=',
      '#keep.safeprivateelements=',
      'remove.privategroups=',
    ];
    const { profile, report } = imported(lines.join('\n'));
    const given = [
      text('InstitutionName', 'LO', 'Clinic'),
      text('PatientSize', 'DS', '1.7'),
      text('PatientWeight', 'DS', '70'),
    ];
    const outcome = await outcomeUnder(profile, ...given);
    if (typeof outcome === 'string') throw new Error(outcome);
    expect(outcome.string(tagOf('InstitutionName'))).toBe('Site 17');
    expect(outcome.string(tagOf('PatientSize'))).toBe('1.7');
    expect(outcome.has(tagOf('PatientWeight'))).toBe(false);
    expect(report.lines.map(({ line, outcome: said }) => `${line} ${said}`)).toEqual([
      '1 translated',
      '2 translated',
      '3 off',
      '4 translated',
      '5 stricter',
      '6 off',
      '7 no-rule-needed',
    ]);
  });
});

describe('a hash of a CTP script', () => {
  it('is the same for the same value, another for another, and not the one that anybody can make', async () => {
    const { profile } = imported(script(element('AccessionNumber', '@hash(this,14)')));
    const hash = (value: string) => valueUnder(profile, 'AccessionNumber', text('AccessionNumber', 'SH', value));
    const first = await hash('ACC-1');
    expect(await hash('ACC-1')).toBe(first);
    expect(await hash('ACC-2')).not.toBe(first);
    const unkeyed = BigInt(`0x${createHash('md5').update('ACC-1').digest('hex')}`).toString();
    expect(first).not.toBe(unkeyed.slice(0, 14));
  });

  it('of a name looks at as many of its components as asked, without spaces and punctuation', async () => {
    const { profile } = imported(script(element('AccessionNumber', '@hashname(PatientName,9,2)')));
    const hash = (name: string) => valueUnder(profile, 'AccessionNumber', text('PatientName', 'PN', name));
    const first = await hash('Brandstetter^Ottilie^M');
    expect(await hash("Brand'stetter^OTTILIE^Z")).toBe(first);
    expect(await hash('Brandstetter^Otto')).not.toBe(first);
  });
});

describe('@select() of a CTP script', () => {
  it('tells the top of the object from the items of sequences', async () => {
    const { profile } = imported(script(element('CodeMeaning', '@select(){top}{inside}')));
    const code = [
      text('CodeValue', 'SH', 'T-28000'),
      text('CodingSchemeDesignator', 'SH', 'SRT'),
      text('CodeMeaning', 'LO', 'Lung'),
    ];
    const outcome = await outcomeUnder(
      profile,
      sequenceElement(tagOf('AnatomicRegionSequence'), [makeDataSet(ENCODING, code)]),
    );
    if (typeof outcome === 'string') throw new Error(outcome);
    expect(outcome.items(tagOf('AnatomicRegionSequence'))[0]?.string(tagOf('CodeMeaning'))).toBe('inside');
  });
});

describe('a CTP script that moves dates', () => {
  const text = script(element('StudyDate', '@incrementdate(this,-100)'));
  const moved = shiftDate('20200315', PSEUDONYMISER.dateShiftDays(PATIENT));

  it('lets none through where the extended profile retains none, unless there is a reason', async () => {
    const strict = imported(text, { extends: 'basic' });
    expect(await valueUnder(strict.profile, 'StudyDate')).toBe('');
    expect(strict.line(2).outcome).toBe('stricter');
    expect(strict.profile.options).toEqual([]);
    const allowed = imported(text, { extends: 'basic', overrideReason: 'the ethics board allowed it' });
    expect(await valueUnder(allowed.profile, 'StudyDate')).toBe(moved);
    expect(allowed.profile.options).toEqual(['retain_long_modified_dates']);
    expect(allowed.report.remarks.join(' ')).toMatch(/retains modified dates \(113107\)/);
  });

  it('moves them where the extended profile retains modified dates', async () => {
    const { profile } = imported(text, { extends: 'research-longitudinal' });
    expect(await valueUnder(profile, 'StudyDate')).toBe(moved);
    expect(profile.options).toContain('retain_long_modified_dates');
  });
});
