/** A script of two hundred lines, as a trial would have it: what its import does to objects is what CTP documents. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { DataElement, DataSet } from '../../../node-agent/dicom/data-set.ts';
import { lookup, tagOf } from '../../../node-agent/dicom/dictionary.ts';
import { makeDataSet, numberElement, sequenceElement } from '../../../node-agent/dicom/element.ts';
import { RandomSource } from '../../phantom/random.ts';
import { counted } from '../../support/soak.ts';
import { ctElements, ENCODING, PATIENT, PSEUDONYMISER, text } from '../fixtures.ts';
import { type Documented, documented } from './ctp-reference.ts';
import { imported, outcomeUnder } from './imported.ts';

vi.setConfig({ testTimeout: counted(60_000, 900_000) });

const SEED = 'ctp-script-1';
const OBJECTS = counted(12, 100);
const SCRIPT = readFileSync(new URL('golden/trial-script.xml', import.meta.url), 'utf8');
/** Gatehouse writes these itself, whatever rules say. */
const BY_THE_NODE = new Set([
  'SpecificCharacterSet',
  'SOPClassUID',
  'PatientName',
  'PatientID',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
]);
/** Not in the script, so that they go with the unspecified elements; nothing requires them. */
const UNSPECIFIED = ['TubeAngle', 'InterventionDrugName', 'TriggerTime'];

interface ElementLine {
  readonly line: number;
  readonly keyword: string;
  readonly on: boolean;
  readonly action: string;
}

const LINES = SCRIPT.split('\n');
const ELEMENTS = LINES.flatMap((raw, index): ElementLine[] => {
  const match = /^<e en="(.)" t="\w{8}" n="(\w+)">(.*)<\/e>$/.exec(raw);
  return match === null
    ? []
    : [{ line: index + 1, on: match[1] === 'T', keyword: match[2] ?? '', action: match[3] ?? '' }];
});
const PARAMETERS = new Map(
  LINES.flatMap((raw): [string, string][] => {
    const match = /^<p t="(\w+)">(.*)<\/p>$/.exec(raw);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
  }),
);
const CODES: Readonly<Record<string, string>> = {
  ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
  Modality: 'CT',
  PatientSex: 'F',
  BodyPartExamined: 'CHEST',
  Laterality: 'L',
  PatientOrientation: 'L\\P',
  PatientPosition: 'HFS',
  RotationDirection: 'CW',
  ScanOptions: 'HELICAL',
};
const NUMBERS = new Set(['US', 'UL', 'FL', 'FD']);
const CODED_ENTRY = [
  text('CodeValue', 'SH', 'X1'),
  text('CodingSchemeDesignator', 'SH', 'DCM'),
  text('CodeMeaning', 'LO', 'Chest'),
];
const ELSEWHERE = ['Quuxham Lane', 'Zyxley', 'Foobarton'];
const WORDS = ['Thorax', 'Abdomen', 'Axial', 'Contrast', 'follow up Thorax', 'Axial Abdomen'];

/** A value that the attribute could have; undefined leaves it out. */
function valueFor(keyword: string, random: RandomSource): string | undefined {
  if (random.chance(0.2) && !['StudyDate', 'PatientAge', 'Modality', 'ImageType', 'PatientID'].includes(keyword))
    return undefined;
  const { vr = '', vm = '1' } = lookup(tagOf(keyword)) ?? {};
  const day = `20${random.integer(15, 21)}${String(random.integer(1, 12)).padStart(2, '0')}${String(random.integer(1, 28)).padStart(2, '0')}`;
  // What identifies goes from every other text as well, so it must not be a word that is to stay.
  const hidden = !ELEMENTS.some(
    (entry) => entry.keyword === keyword && /^@(?!remove|hash|param|always|empty|call|encrypt)/.test(entry.action),
  );
  const count = Number(/^\d+/.exec(vm)?.[0] ?? 1);
  const several = (one: () => string): string => Array.from({ length: count }, one).join('\\');
  if (CODES[keyword] !== undefined) return CODES[keyword];
  if (keyword === 'PatientBirthDate') return `19${random.integer(45, 89)}${day.slice(4)}`;
  switch (vr) {
    case 'DA':
      return day;
    case 'DT':
      return `${day}101500`;
    case 'TM':
      return `${random.integer(10, 23)}1500`;
    case 'AS':
      return `0${random.integer(25, 74)}Y`;
    case 'CS':
      return 'YES';
    case 'UI':
      return `1.2.276.0.7230010.3.9.${random.integer(1, 1_000_000)}`;
    case 'DS':
      return several(() => String(random.integer(1, 200)));
    case 'IS':
      return several(() => String(random.integer(1, 200)));
    case 'PN':
      return 'Papadopoulos^Eleni';
    case 'SH':
      return hidden ? `Q${random.integer(1000, 9999)}` : random.pick(['B30f', 'WEDGE', 'X12']);
    default:
      return random.pick(hidden ? ELSEWHERE : WORDS);
  }
}

/** Elements for the attributes of the script, each there or not. */
function sample(random: RandomSource): DataElement[] {
  const elements: DataElement[] = [];
  for (const keyword of [...ELEMENTS.map((entry) => entry.keyword), ...UNSPECIFIED]) {
    // Another issuer would make another patient of each object.
    const left = BY_THE_NODE.has(keyword) || keyword === 'IssuerOfPatientID';
    const value = left ? undefined : valueFor(keyword, random);
    if (value === undefined) continue;
    const tag = tagOf(keyword);
    const vr = lookup(tag)?.vr ?? '';
    if (vr === 'SQ') elements.push(sequenceElement(tag, [makeDataSet(ENCODING, CODED_ENTRY)]));
    else if (NUMBERS.has(vr)) elements.push(numberElement(ENCODING, tag, vr, [random.integer(1, 90)]));
    else elements.push(text(keyword, vr, value));
  }
  return elements;
}

/** The text of an attribute; undefined where it is gone. */
function textAt(dataSet: DataSet, keyword: string): string | undefined {
  const tag = tagOf(keyword);
  if (!dataSet.has(tag)) return undefined;
  const vr = lookup(tag)?.vr ?? '';
  if (vr === 'SQ') return `${dataSet.items(tag).length} items`;
  if (NUMBERS.has(vr)) return dataSet.numbers(tag).join('\\');
  return dataSet.strings(tag).join('\\');
}

function daysBetween(from: string, to: string): number {
  const day = (date: string): number =>
    Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));
  return (day(to) - day(from)) / 86_400_000;
}

describe(`a CTP script of ${LINES.length - 1} lines (seed ${SEED}, ${OBJECTS} objects)`, () => {
  const { profile, report, line } = imported(SCRIPT, { overrideReason: 'the ethics board of the trial allowed it' });

  it('is reported line by line, none left out and none twice', () => {
    expect(LINES.length).toBeGreaterThan(200);
    expect(report.lines.map((entry) => entry.line)).toEqual(
      LINES.flatMap((raw, index) => (raw === '' ? [] : [index + 1])),
    );
    for (const { outcome, sentences, rules } of report.lines)
      expect(outcome === 'off' || sentences.length + rules.length > 0).toBe(true);
    expect(report.lines.filter(({ outcome }) => outcome === 'untranslated').map(({ what }) => what)).toEqual([
      '(0032,1033) RequestingService @call()',
      '(0038,0300) CurrentPatientLocation @encrypt()',
    ]);
  });

  it('does to objects what CTP documents', async () => {
    const random = new RandomSource(SEED);
    const shifts = new Set<number>();
    const hashes = new Map<string, string>();
    let compared = 0;
    for (let index = 0; index < OBJECTS; index += 1) {
      const given = sample(random.fork(String(index)));
      const original = makeDataSet(ENCODING, ctElements(...given));
      const values = new Map(ELEMENTS.map(({ keyword }) => [keyword, textAt(original, keyword) ?? '']));
      const outcome = await outcomeUnder(profile, ...given);
      if (typeof outcome === 'string') throw new Error(`object ${index}: ${outcome}`);
      for (const keyword of UNSPECIFIED) expect(textAt(outcome, keyword)).toBeUndefined();
      for (const { keyword, action, on, line: number } of ELEMENTS) {
        if (BY_THE_NODE.has(keyword)) continue;
        const before = textAt(original, keyword);
        const after = textAt(outcome, keyword);
        const place = `object ${index}, line ${number}, ${keyword}: ${before} became ${after}`;
        if (!on) {
          // Switched off and not kept otherwise: unspecified.
          expect(after ?? '', place).toBe('');
          continue;
        }
        if (before === undefined && !action.startsWith('@always()')) {
          expect(after, place).toBeUndefined();
          continue;
        }
        compared += 1;
        const wanted = documented(action, { self: keyword, values, parameters: PARAMETERS });
        compare(wanted, { before: before ?? '', after, place }, shifts, hashes);
        if (wanted.kind === 'not-importable') expect(line(number).outcome).toBe('untranslated');
      }
    }
    expect(compared).toBeGreaterThan(OBJECTS * 100);
    // One patient, one number of days: every interval is as it was.
    expect([...shifts]).toEqual([PSEUDONYMISER.dateShiftDays(PATIENT)]);
    expect(new Set(hashes.values()).size).toBe(hashes.size);
  });

  it('does no more than the extended profile allows where nobody gave a reason', () => {
    const strict = imported(SCRIPT);
    const text = JSON.stringify(strict.report);
    expect(text).not.toContain('more through than the extended profile, for the reason');
    expect(strict.report.counts.stricter).toBeGreaterThan(report.counts.stricter);
    expect(strict.report.lines.length).toBe(report.lines.length);
  });
});

interface Change {
  readonly before: string;
  readonly after: string | undefined;
  readonly place: string;
}

function compare(
  wanted: Documented,
  { before, after, place }: Change,
  shifts: Set<number>,
  hashes: Map<string, string>,
): void {
  switch (wanted.kind) {
    case 'keep':
      expect(after, place).toBe(before);
      return;
    // What the kind of object requires stays without its value.
    case 'remove':
    case 'not-importable':
      expect(after ?? '', place).toBe('');
      return;
    case 'text':
      expect(after ?? '', place).toBe(wanted.text);
      return;
    case 'uid':
      expect(after, place).toBe(before === '' ? '' : PSEUDONYMISER.uid(before));
      return;
    case 'moved-date':
      expect(after?.slice(8), place).toBe(before.slice(8));
      shifts.add(daysBetween(before, after ?? ''));
      return;
    case 'hash': {
      if (wanted.of === '') return;
      expect(after, place).toMatch(new RegExp(`^\\d{${wanted.length}}$`));
      const key = `${wanted.length} ${wanted.of}`;
      expect(hashes.get(key) ?? after, place).toBe(after);
      hashes.set(key, after ?? '');
    }
  }
}
