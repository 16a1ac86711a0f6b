/** Golden tests: one rule of another tool, one object, what comes of it, and what the report says. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ImportRequest } from '../../../node-agent/deidentify/rule-import/import-profile.ts';
import { shiftDate } from '../../../node-agent/deidentify/temporal.ts';
import type { DataElement } from '../../../node-agent/dicom/data-set.ts';
import { lookup, tagOf } from '../../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement } from '../../../node-agent/dicom/element.ts';
import { ENCODING, PATIENT, PSEUDONYMISER, text, UIDS } from '../fixtures.ts';
import { imported, valueUnder } from './imported.ts';

export interface Golden {
  readonly name: string;
  /** The functions or constructs that are shown. */
  readonly shows: readonly string[];
  readonly keyword: string;
  readonly rule: string;
  readonly given: string;
  readonly becomes: string;
  readonly outcome: string;
  /** Without a reason rules may not let more through. */
  readonly strict: boolean;
}

export interface Script {
  readonly text: string;
  /** Where the rule stands. */
  readonly line: number;
}

export function goldenRows(file: string): Golden[] {
  const rows = readFileSync(new URL(`golden/${file}`, import.meta.url), 'utf8').split('\n');
  return rows
    .filter((row) => row !== '' && !row.startsWith('#'))
    .map((row) => {
      const [name = '', shows = '', keyword = '', rule = '', given = '', becomes = '', outcome = '', strict = ''] = row
        .split('¦')
        .map((cell) => cell.trim());
      return {
        name,
        shows: shows.split(/ (?=@)/),
        keyword,
        rule,
        given,
        becomes,
        outcome,
        strict: strict === 'strict',
      };
    });
}

export function proveEach(
  rows: readonly Golden[],
  script: (row: Golden) => Script,
  request: Partial<ImportRequest>,
): void {
  it.each(rows)('$rule: $name', async (row) => {
    const { keyword, given, becomes, outcome, strict } = row;
    const { text: rules, line } = script(row);
    const reason = strict ? {} : { overrideReason: 'the ethics board allowed it' };
    const result = imported(rules, { ...request, ...reason });
    const value = await valueUnder(result.profile, keyword, ...elementsOf(given));
    if (becomes.startsWith('/')) expect(value).toMatch(new RegExp(becomes.slice(1, -1)));
    else expect(value).toBe(expectedValue(becomes));
    const reported = result.line(line);
    expect(reported).toMatchObject({ outcome });
    // Nothing is dropped: there is a rule, or a sentence why there is none.
    expect(reported.rules.length + reported.sentences.length).toBeGreaterThan(0);
  });
}

/** 'StudyDescription=CT Thorax; PatientAge=027Y'; a sequence gets one coded entry. */
function elementsOf(given: string): DataElement[] {
  if (given === '') return [];
  return given.split(/; ?/).map((entry) => {
    const [keyword = '', value = ''] = entry.split('=');
    const vr = lookup(tagOf(keyword))?.vr ?? '';
    if (vr !== 'SQ') return text(keyword, vr, value);
    const code = [
      text('CodeValue', 'SH', value),
      text('CodingSchemeDesignator', 'SH', 'DCM'),
      text('CodeMeaning', 'LO', 'Chest'),
    ];
    return sequenceElement(tagOf(keyword), [makeDataSet(ENCODING, code)]);
  });
}

function expectedValue(becomes: string): string | undefined {
  switch (becomes) {
    case 'gone':
      return undefined;
    case 'empty':
      return '';
    case 'PSEUDONYM':
      return PSEUDONYMISER.patientPseudonym(PATIENT);
    case 'NEW-UID':
      return PSEUDONYMISER.uid(UIDS.frame);
    case 'SHIFTED':
      return shiftDate('20200315', PSEUDONYMISER.dateShiftDays(PATIENT));
    default:
      return becomes;
  }
}
