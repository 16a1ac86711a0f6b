/** Dummy values (action D of PS3.15 Table E.1-1a): not empty, valid for the VR, and the same for everybody. */
import type { DataElement, Encoding } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { makeDataSet, numberElement, sequenceElement, textElement } from '../dicom/element.ts';

const DUMMY_TEXT = 'REMOVED';
/** As coded entries write it whose own scheme could not stay: cleaned again, it stays. */
const NEUTRAL_SCHEME = '99REMOVED';

const TEXT_DUMMIES: Readonly<Record<string, string>> = {
  AE: DUMMY_TEXT,
  AS: '000Y',
  CS: DUMMY_TEXT,
  DA: '19000101',
  DS: '0',
  DT: '19000101000000',
  IS: '0',
  LO: DUMMY_TEXT,
  LT: DUMMY_TEXT,
  PN: DUMMY_TEXT,
  SH: DUMMY_TEXT,
  ST: DUMMY_TEXT,
  TM: '000000',
  UC: DUMMY_TEXT,
  UR: 'about:blank',
  UT: DUMMY_TEXT,
};
const NUMBER_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
const ZERO_BYTES = new Uint8Array(8);

/** The dummy of a VR as text; undefined for binary values and sequences. */
export function dummyText(vr: string): string | undefined {
  return TEXT_DUMMIES[vr];
}

/** The dummy of a binary VR: zeros. */
export function dummyNumbers(encoding: Encoding, tag: number, vr: string, count: number): DataElement {
  if (NUMBER_VRS.has(vr)) return numberElement(encoding, tag, vr, new Array<number>(count).fill(0));
  return { tag, vr, value: { kind: 'bytes', bytes: ZERO_BYTES } };
}

/** A sequence with one coded entry that says nothing (PS3.3 §8). */
export function dummyCodeSequence(encoding: Encoding, tag: number): DataElement {
  const text = (keyword: string, vr: string, value: string): DataElement =>
    textElement(encoding, tagOf(keyword), vr, value);
  return sequenceElement(tag, [
    makeDataSet(encoding, [
      text('CodeValue', 'SH', DUMMY_TEXT),
      text('CodingSchemeDesignator', 'SH', NEUTRAL_SCHEME),
      text('CodeMeaning', 'LO', DUMMY_TEXT),
    ]),
  ]);
}
