import { describe, expect, it } from 'vitest';
import { KNOWN_FUNCTIONS } from '../../../node-agent/deidentify/rule-import/ctp/functions.ts';
import type { ReportedLine } from '../../../node-agent/deidentify/rule-import/import-report.ts';
import { shiftDate } from '../../../node-agent/deidentify/temporal.ts';
import type { DataElement } from '../../../node-agent/dicom/data-set.ts';
import { tagOf, tagText } from '../../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement } from '../../../node-agent/dicom/element.ts';
import { ENCODING, PATIENT, PSEUDONYMISER, text, UIDS } from '../fixtures.ts';
import { imported, valueUnder } from './imported.ts';

const ALLOWED = 'the ethics board allowed it';
const escaped = (action: string): string => action.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const element = (keyword: string, action: string): string => {
  const digits = tagText(tagOf(keyword)).replace(/[(),]/g, '');
  return `<e en="T" t="${digits}" n="${keyword}">${escaped(action)}</e>`;
};
const script = (...lines: readonly string[]): string => `<script>\n${lines.join('\n')}\n</script>`;
const PARAMETERS = '<p t="SITE">17</p><p t="UIDROOT">1.2.3</p><p t="DAYS">-100</p><p t="SIZE">5</p>';
const LOOKUP = 'desc/CT THORAX = Chest CT\ndesc/OLD = @desc/CT THORAX\ndesc/CT|CHEST = Both\nsex/F = O\n';
const SHIFT = PSEUDONYMISER.dateShiftDays(PATIENT);

interface Golden {
  /** The functions that are shown. */
  readonly shows: readonly string[];
  readonly name: string;
  readonly keyword: string;
  readonly action: string;
  readonly given?: readonly DataElement[];
  readonly becomes: string | undefined | RegExp;
  readonly outcome: ReportedLine['outcome'];
  /** Without a reason rules may not let more through. */
  readonly strict?: true;
}

const description = text('StudyDescription', 'LO', 'CT Thorax');
const age = (value: string) => text('PatientAge', 'AS', value);

const GOLDEN: readonly Golden[] = [
  { shows: ['keep'], name: 'keeps', keyword: 'PatientSex', action: '@keep()', becomes: 'F', outcome: 'translated' },
  {
    shows: ['keep'],
    name: 'keeps no more than the profile',
    keyword: 'AccessionNumber',
    action: '@keep()',
    becomes: '',
    outcome: 'stricter',
    strict: true,
  },
  {
    shows: ['keep'],
    name: 'keeps more where that is allowed',
    keyword: 'StationName',
    action: '@keep()',
    given: [text('StationName', 'SH', 'CTSCAN3')],
    becomes: 'CTSCAN3',
    outcome: 'translated',
  },
  {
    shows: ['remove'],
    name: 'removes',
    keyword: 'PatientSize',
    action: '@remove()',
    given: [text('PatientSize', 'DS', '1.7')],
    becomes: undefined,
    outcome: 'translated',
  },
  {
    shows: ['remove'],
    name: 'removes with text beside it',
    keyword: 'PatientSize',
    action: '1@remove()2',
    given: [text('PatientSize', 'DS', '1.7')],
    becomes: undefined,
    outcome: 'translated',
  },
  {
    shows: ['empty'],
    name: 'empties',
    keyword: 'PatientSize',
    action: '@empty()',
    given: [text('PatientSize', 'DS', '1.7')],
    becomes: '',
    outcome: 'translated',
  },
  {
    shows: [],
    name: 'empties where the action is empty',
    keyword: 'PatientSex',
    action: '',
    becomes: '',
    outcome: 'translated',
  },
  {
    shows: ['blank'],
    name: 'blanks',
    keyword: 'StudyDescription',
    action: '@blank(4)',
    given: [description],
    becomes: '',
    outcome: 'translated',
  },
  {
    shows: [],
    name: 'writes a text',
    keyword: 'InstitutionName',
    action: 'Site A',
    given: [text('InstitutionName', 'LO', 'Clinic')],
    becomes: 'Site A',
    outcome: 'translated',
  },
  {
    shows: [],
    name: 'writes an escaped sign',
    keyword: 'InstitutionName',
    action: 'A\\@B',
    given: [text('InstitutionName', 'LO', 'Clinic')],
    becomes: 'A@B',
    outcome: 'translated',
  },
  {
    shows: ['param'],
    name: 'writes a parameter',
    keyword: 'InstitutionName',
    action: 'Site @param(@SITE)',
    given: [text('InstitutionName', 'LO', 'Clinic')],
    becomes: 'Site 17',
    outcome: 'translated',
  },
  {
    shows: [],
    name: 'writes no text that the VR cannot hold',
    keyword: 'PatientSex',
    action: 'unknown',
    becomes: '',
    outcome: 'untranslated',
  },
  {
    shows: ['contents'],
    name: 'copies',
    keyword: 'SeriesDescription',
    action: '@contents(StudyDescription)',
    given: [description, text('SeriesDescription', 'LO', 'Axial')],
    becomes: 'CT Thorax',
    outcome: 'translated',
  },
  {
    shows: ['contents'],
    name: 'copies by tag',
    keyword: 'SeriesDescription',
    action: '@contents([0008,1030])',
    given: [description, text('SeriesDescription', 'LO', 'Axial')],
    becomes: 'CT Thorax',
    outcome: 'translated',
  },
  {
    shows: ['contents'],
    name: 'takes out what fits a pattern',
    keyword: 'StudyDescription',
    action: '@contents(this,"T[a-z]+")',
    given: [description],
    becomes: 'CT',
    outcome: 'translated',
  },
  {
    shows: ['contents'],
    name: 'replaces what fits a pattern',
    keyword: 'StudyDescription',
    action: '@contents(this,"C(T)","$1 of")',
    given: [description],
    becomes: 'T of Thorax',
    outcome: 'translated',
  },
  {
    shows: ['contents'],
    name: 'does not show elsewhere what the profile hides',
    keyword: 'StudyDescription',
    action: '@contents(AccessionNumber)',
    given: [description],
    becomes: 'CT Thorax',
    outcome: 'stricter',
    strict: true,
  },
  {
    shows: ['contents'],
    name: 'names no patient even where more is allowed',
    keyword: 'StudyDescription',
    action: '@contents(InstitutionName)',
    given: [description, text('InstitutionName', 'LO', 'Clinic Brandstetter')],
    becomes: undefined,
    outcome: 'translated',
  },
  {
    shows: ['value'],
    name: 'takes a value',
    keyword: 'SeriesDescription',
    action: '@value(StudyDescription,"none")',
    given: [description, text('SeriesDescription', 'LO', 'Axial')],
    becomes: 'CT Thorax',
    outcome: 'translated',
  },
  {
    shows: ['value'],
    name: 'takes the default of a value',
    keyword: 'SeriesDescription',
    action: '@value(StudyDescription,"none")',
    given: [text('SeriesDescription', 'LO', 'Axial')],
    becomes: 'none',
    outcome: 'translated',
  },
  {
    shows: ['truncate'],
    name: 'takes the first characters',
    keyword: 'StudyDescription',
    action: '@truncate(this,2)',
    given: [description],
    becomes: 'CT',
    outcome: 'translated',
  },
  {
    shows: ['truncate'],
    name: 'takes the last characters',
    keyword: 'StudyDescription',
    action: '@truncate(this,-6)',
    given: [description],
    becomes: 'Thorax',
    outcome: 'translated',
  },
  {
    shows: ['truncate'],
    name: 'truncates nothing that is short',
    keyword: 'StudyDescription',
    action: '@truncate(this,-60)',
    given: [description],
    becomes: 'CT Thorax',
    outcome: 'translated',
  },
  {
    shows: ['lowercase'],
    name: 'writes small letters',
    keyword: 'StudyDescription',
    action: '@lowercase(this)',
    given: [description],
    becomes: 'ct thorax',
    outcome: 'translated',
  },
  {
    shows: ['uppercase'],
    name: 'writes capitals',
    keyword: 'StudyDescription',
    action: '@uppercase(this)',
    given: [description],
    becomes: 'CT THORAX',
    outcome: 'translated',
  },
  {
    shows: ['append'],
    name: 'appends a value',
    keyword: 'AdmittingDiagnosesDescription',
    action: '@append(){Chest}',
    given: [text('AdmittingDiagnosesDescription', 'LO', 'Lung')],
    becomes: 'Lung\\Chest',
    outcome: 'translated',
  },
  {
    shows: ['append'],
    name: 'appends to nothing',
    keyword: 'AdmittingDiagnosesDescription',
    action: '@append(){Chest}',
    given: [text('AdmittingDiagnosesDescription', 'LO', '')],
    becomes: 'Chest',
    outcome: 'translated',
  },
  {
    shows: ['append'],
    name: 'appends to no attribute with a single value',
    keyword: 'StudyDescription',
    action: '@append(){Chest}',
    given: [description],
    becomes: undefined,
    outcome: 'untranslated',
  },
  {
    shows: ['pathelement'],
    name: 'takes a part of a path',
    keyword: 'StudyDescription',
    action: '@pathelement(this,1)',
    given: [text('StudyDescription', 'LO', 'CT/Thorax/Axial')],
    becomes: 'Thorax',
    outcome: 'translated',
  },
  {
    shows: ['pathelement'],
    name: 'takes the last part of a path',
    keyword: 'StudyDescription',
    action: '@pathelement(this,-1)',
    given: [text('StudyDescription', 'LO', 'CT/Thorax/Axial')],
    becomes: 'Axial',
    outcome: 'translated',
  },
  {
    shows: ['pathelement'],
    name: 'takes the whole path where there is no such part',
    keyword: 'StudyDescription',
    action: '@pathelement(this,7)',
    given: [text('StudyDescription', 'LO', 'CT/Thorax')],
    becomes: 'CT/Thorax',
    outcome: 'translated',
  },
  {
    shows: ['round'],
    name: 'rounds an age down',
    keyword: 'PatientAge',
    action: '@round(this,@SIZE)',
    given: [age('027Y')],
    becomes: '025Y',
    outcome: 'translated',
  },
  {
    shows: ['round'],
    name: 'rounds an age up',
    keyword: 'PatientAge',
    action: '@round(this,10)',
    given: [age('065Y')],
    becomes: '070Y',
    outcome: 'translated',
  },
  {
    shows: ['round'],
    name: 'keeps the oldest one group',
    keyword: 'PatientAge',
    action: '@round(this,10)',
    given: [age('104Y')],
    becomes: '090Y',
    outcome: 'translated',
  },
  {
    shows: ['initials'],
    name: 'writes no initials',
    keyword: 'PatientComments',
    action: '@initials(PatientName)',
    given: [text('PatientComments', 'LT', 'stable')],
    becomes: undefined,
    outcome: 'untranslated',
  },
  {
    shows: ['integer'],
    name: 'numbers nothing',
    keyword: 'AccessionNumber',
    action: '@integer(this,acc,5)',
    becomes: '',
    outcome: 'untranslated',
  },
  {
    shows: ['hash'],
    name: 'hashes with a key',
    keyword: 'AccessionNumber',
    action: '@hash(this,12)',
    becomes: /^\d{12}$/,
    outcome: 'keyed',
    strict: true,
  },
  {
    shows: ['hash'],
    name: 'hashes no more than the VR holds',
    keyword: 'AccessionNumber',
    action: '@hash(this)',
    becomes: /^\d{16}$/,
    outcome: 'keyed',
  },
  {
    shows: ['hashname'],
    name: 'hashes a name with a key',
    keyword: 'AccessionNumber',
    action: '@hashname(PatientName,6,1)',
    becomes: /^\d{6}$/,
    outcome: 'keyed',
  },
  {
    shows: ['hashptid'],
    name: 'hashes a patient of a site with a key',
    keyword: 'AccessionNumber',
    action: '@hashptid(@SITE,PatientID,10)',
    becomes: /^\d{10}$/,
    outcome: 'keyed',
  },
  {
    shows: ['hashptid'],
    name: 'leaves Patient ID to the pseudonym',
    keyword: 'PatientID',
    action: '@hashptid(@SITE,PatientID,10)',
    becomes: PSEUDONYMISER.patientPseudonym(PATIENT),
    outcome: 'keyed',
  },
  {
    shows: ['hashuid'],
    name: 'hashes a UID with a key',
    keyword: 'FrameOfReferenceUID',
    action: '@hashuid(@UIDROOT,this)',
    becomes: PSEUDONYMISER.uid(UIDS.frame),
    outcome: 'keyed',
  },
  {
    shows: ['hashuid'],
    name: 'makes no UID of another one',
    keyword: 'FrameOfReferenceUID',
    action: '@hashuid(@UIDROOT,StudyInstanceUID)',
    becomes: PSEUDONYMISER.uid(UIDS.frame),
    outcome: 'untranslated',
  },
  {
    shows: ['encrypt'],
    name: 'encrypts nothing',
    keyword: 'AccessionNumber',
    action: '@encrypt(this,"key")',
    becomes: '',
    outcome: 'untranslated',
  },
  {
    shows: ['decrypt'],
    name: 'decrypts nothing',
    keyword: 'AccessionNumber',
    action: '@decrypt(this,"key")',
    becomes: '',
    outcome: 'untranslated',
  },
  {
    shows: ['lookup'],
    name: 'looks up',
    keyword: 'StudyDescription',
    action: '@lookup(this,desc)',
    given: [text('StudyDescription', 'LO', 'CT THORAX')],
    becomes: 'Chest CT',
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'looks up by way of another row',
    keyword: 'StudyDescription',
    action: '@lookup(this,desc)',
    given: [text('StudyDescription', 'LO', 'OLD')],
    becomes: 'Chest CT',
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'looks up two attributes',
    keyword: 'StudyDescription',
    action: '@lookup(Modality|BodyPartExamined,desc)',
    given: [description],
    becomes: 'Both',
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'sets aside what it does not find',
    keyword: 'StudyDescription',
    action: '@lookup(this,desc)',
    given: [description],
    becomes: /^set-aside-by-profile: /,
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'removes what it does not find',
    keyword: 'StudyDescription',
    action: '@lookup(this,desc,remove)',
    given: [description],
    becomes: undefined,
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'empties what it does not find',
    keyword: 'StudyDescription',
    action: '@lookup(this,desc,empty)',
    given: [description],
    becomes: '',
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'has a default for what it does not find',
    keyword: 'StudyDescription',
    action: '@lookup(this,desc,default,"Other")',
    given: [description],
    becomes: 'Other',
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'lets by what fits a pattern',
    keyword: 'StudyDescription',
    action: '@lookup(this,desc,ignore,"CT .*")',
    given: [description],
    becomes: 'CT Thorax',
    outcome: 'translated',
  },
  {
    shows: ['lookup'],
    name: 'carries no table about what identifies',
    keyword: 'AccessionNumber',
    action: '@lookup(PatientID,sex)',
    becomes: '',
    outcome: 'stricter',
  },
  {
    shows: ['incrementdate'],
    name: 'moves a date',
    keyword: 'StudyDate',
    action: '@incrementdate(this,@DAYS)',
    becomes: shiftDate('20200315', SHIFT),
    outcome: 'keyed',
  },
  {
    shows: ['incrementdate'],
    name: 'moves a date by the table',
    keyword: 'StudyDate',
    action: '@incrementdate(this,PatientID,ptid)',
    becomes: shiftDate('20200315', SHIFT),
    outcome: 'keyed',
  },
  {
    shows: ['hashdate'],
    name: 'moves a date by a hash',
    keyword: 'StudyDate',
    action: '@hashdate(this,PatientID)',
    becomes: shiftDate('20200315', SHIFT),
    outcome: 'keyed',
  },
  {
    shows: ['modifydate'],
    name: 'sets the day',
    keyword: 'StudyDate',
    action: '@modifydate(this,*,*,1)',
    becomes: '20200301',
    outcome: 'translated',
    strict: true,
  },
  {
    shows: ['modifydate'],
    name: 'sets month and day',
    keyword: 'StudyDate',
    action: '@modifydate(this,*,7,15)',
    becomes: '20200715',
    outcome: 'translated',
  },
  {
    shows: ['modifydate'],
    name: 'sets the year of a birth, where that is allowed',
    keyword: 'PatientBirthDate',
    action: '@modifydate(this,*,1,1)',
    given: [text('PatientAge', 'AS', '062Y')],
    becomes: '19580101',
    outcome: 'translated',
  },
  {
    shows: ['modifydate'],
    name: 'keeps no whole date',
    keyword: 'StudyDate',
    action: '@modifydate(this,*,*,*)',
    becomes: shiftDate('20200315', SHIFT),
    outcome: 'stricter',
    strict: true,
  },
  {
    shows: ['dateinterval'],
    name: 'counts no days from a table',
    keyword: 'StudyDescription',
    action: '@dateinterval(StudyDate,ptid,PatientID)',
    given: [description],
    becomes: undefined,
    outcome: 'untranslated',
  },
  {
    shows: ['date'],
    name: 'writes no date of today',
    keyword: 'StudyDate',
    action: '@date()',
    becomes: '',
    outcome: 'untranslated',
  },
  {
    shows: ['time'],
    name: 'writes no time of now',
    keyword: 'StudyTime',
    action: '@time()',
    becomes: '',
    outcome: 'untranslated',
  },
  {
    shows: ['if'],
    name: 'if blank',
    keyword: 'StudyDescription',
    action: '@if(StudyID,isblank){none}{some}',
    given: [description],
    becomes: 'none',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if there',
    keyword: 'StudyDescription',
    action: '@if(StudyID,exists){some}{none}',
    given: [description],
    becomes: 'some',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if equal, in capitals or not',
    keyword: 'StudyDescription',
    action: '@if(this,equals,"ct thorax"){same}{other}',
    given: [description],
    becomes: 'same',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if contained',
    keyword: 'StudyDescription',
    action: '@if(this,contains,"THOR"){chest}{@remove()}',
    given: [description],
    becomes: 'chest',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if not contained',
    keyword: 'StudyDescription',
    action: '@if(this,contains,"Abdomen"){chest}{@remove()}',
    given: [description],
    becomes: undefined,
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if it fits as a whole',
    keyword: 'StudyDescription',
    action: '@if(this,matches,"CT"){part}{@if(this,matches,"CT.*"){whole}{none}}',
    given: [description],
    becomes: 'whole',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if greater',
    keyword: 'StudyDescription',
    action: '@if(PatientAge,greaterthan,089){old}{young}',
    given: [description, age('091Y')],
    becomes: 'old',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'text around conditions',
    keyword: 'StudyDescription',
    action: 'A@if(StudyID,isblank){1}{2}B@if(Modality,equals,MR){3}{4}',
    given: [description],
    becomes: 'A1B4',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if in a path through sequences',
    keyword: 'StudyDescription',
    action: '@if(ProcedureCodeSequence::CodeValue,equals,X1){code}{none}',
    given: [
      description,
      sequenceElement(tagOf('ProcedureCodeSequence'), [
        makeDataSet(ENCODING, [
          text('CodeValue', 'SH', 'X1'),
          text('CodingSchemeDesignator', 'SH', 'DCM'),
          text('CodeMeaning', 'LO', 'Chest'),
        ]),
      ]),
    ],
    becomes: 'code',
    outcome: 'translated',
  },
  {
    shows: ['if'],
    name: 'if of an attribute that nobody knows',
    keyword: 'StudyDescription',
    action: '@if(NoSuchName,isblank){1}{2}',
    given: [description],
    becomes: undefined,
    outcome: 'untranslated',
  },
  {
    shows: ['select'],
    name: 'selects at the top',
    keyword: 'StudyDescription',
    action: '@select(){top}{inside}',
    given: [description],
    becomes: 'top',
    outcome: 'translated',
  },
  {
    shows: ['always', 'param'],
    name: 'creates',
    keyword: 'ClinicalTrialProtocolName',
    action: '@always()Trial @param(@SITE)',
    becomes: 'Trial 17',
    outcome: 'translated',
  },
  {
    shows: ['always'],
    name: 'creates nothing without that',
    keyword: 'ClinicalTrialProtocolName',
    action: 'Trial',
    becomes: undefined,
    outcome: 'translated',
  },
  {
    shows: ['require'],
    name: 'requires what is there',
    keyword: 'PatientSex',
    action: '@always()@require(Modality,"O")',
    becomes: 'F',
    outcome: 'translated',
  },
  {
    shows: ['require', 'always'],
    name: 'requires a copy',
    keyword: 'SeriesDescription',
    action: '@always()@require(StudyDescription,"none")',
    given: [description],
    becomes: 'CT Thorax',
    outcome: 'translated',
  },
  {
    shows: ['require', 'always'],
    name: 'requires a default',
    keyword: 'SeriesDescription',
    action: '@always()@require(StudyDescription,"none")',
    becomes: 'none',
    outcome: 'translated',
  },
  {
    shows: ['process'],
    name: 'processes a sequence',
    keyword: 'AnatomicRegionSequence',
    action: '@process()',
    given: [],
    becomes: undefined,
    outcome: 'stricter',
  },
  {
    shows: ['call'],
    name: 'calls no program',
    keyword: 'StudyDescription',
    action: '@call(plugin,this)',
    given: [description],
    becomes: undefined,
    outcome: 'untranslated',
  },
  {
    shows: ['skip'],
    name: 'sets aside instead of skipping',
    keyword: 'StudyDescription',
    action: '@if(this,contains,thorax){@skip()}{@keep()}',
    given: [description],
    becomes: /^set-aside-by-profile: The profile keeps such objects back: our-rules: line 3/,
    outcome: 'translated',
  },
  {
    shows: ['quarantine'],
    name: 'sets aside',
    keyword: 'PatientID',
    action: '@if(StudyID,isblank){@quarantine()}{@hashptid(@SITE,this)}',
    becomes: /^set-aside-by-profile: /,
    outcome: 'keyed',
  },
  {
    shows: ['quarantine'],
    name: 'sets nothing else aside',
    keyword: 'PatientID',
    action: '@if(StudyID,isblank){@quarantine()}{@hashptid(@SITE,this)}',
    given: [text('StudyID', 'SH', '1')],
    becomes: PSEUDONYMISER.patientPseudonym(PATIENT),
    outcome: 'keyed',
  },
];

describe('a function of a CTP script', () => {
  it.each(GOLDEN)('$action: $name', async ({ keyword, action, given = [], becomes, outcome, strict }) => {
    const text = script(PARAMETERS, element(keyword, action));
    const { profile, line } = imported(text, { lookupTable: LOOKUP, ...(strict ? {} : { overrideReason: ALLOWED }) });
    const value = await valueUnder(profile, keyword, ...given);
    if (becomes instanceof RegExp) expect(value).toMatch(becomes);
    else expect(value).toBe(becomes);
    expect(line(3)).toMatchObject({ outcome });
    expect(line(3).sentences.length + line(3).rules.length).toBeGreaterThan(0);
  });

  it('has a golden test, whichever it is', () => {
    expect(new Set(GOLDEN.flatMap(({ shows }) => shows))).toEqual(new Set(KNOWN_FUNCTIONS));
  });
});

describe('a hash of a CTP script', () => {
  it('is the same for the same value, another for another, and not the one that anybody can make', async () => {
    const { profile } = imported(script(element('AccessionNumber', '@hash(this,14)')));
    const hash = (value: string) => valueUnder(profile, 'AccessionNumber', text('AccessionNumber', 'SH', value));
    const [first, again, other] = [await hash('ACC-1'), await hash('ACC-1'), await hash('ACC-2')];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    const { createHash } = await import('node:crypto');
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
    const { outcomeUnder } = await import('./imported.ts');
    const item = makeDataSet(ENCODING, [
      text('CodeValue', 'SH', 'T-28000'),
      text('CodingSchemeDesignator', 'SH', 'SRT'),
      text('CodeMeaning', 'LO', 'Lung'),
    ]);
    const dataSet = await outcomeUnder(profile, sequenceElement(tagOf('AnatomicRegionSequence'), [item]));
    if (typeof dataSet === 'string') throw new Error(dataSet);
    expect(dataSet.items(tagOf('AnatomicRegionSequence'))[0]?.string(tagOf('CodeMeaning'))).toBe('inside');
  });
});
