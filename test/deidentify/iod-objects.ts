/**
 * One object of every SOP class that is cleaned, made of the module tables of PS3.3: every attribute of the IOD, three
 * levels deep, with an identifier in each that can hold one.
 */
import type { TypeScope } from '../../node-agent/deidentify/attribute-types.ts';
import { readTable, type Table } from '../../node-agent/deidentify/read-table.ts';
import type { DataElement, DataSet, Tag } from '../../node-agent/dicom/data-set.ts';
import { lookup, tagOf } from '../../node-agent/dicom/dictionary.ts';
import {
  bytesElement,
  makeDataSet,
  numberElement,
  sequenceElement,
  textElement,
} from '../../node-agent/dicom/element.ts';
import { ENCODING, TABLES, text, UIDS } from './fixtures.ts';

interface Support extends Table {
  readonly cleanable: readonly string[];
}

/** Kept back whatever they say of themselves. */
const ULTRASOUND = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(?:3\.1|6\.[123])$/;
export const CLASSES = readTable<Support>('object-support.json').cleanable.filter(
  (uid) => TABLES.types.knows(uid) && !ULTRASOUND.test(uid),
);
const LEVELS = 3;
/** Known from no header attribute: only what a text is may keep them out. */
export const STRANGERS = ['Vandermeer', 'Quantrill', 'Szczepanski'];
/** Whose names the header gives. */
export const KNOWN = ['Brandstetter', 'Ottilie'];
export const WRITTEN: Readonly<Record<string, string>> = {
  AE: 'VANDERMEER',
  AS: '061Y',
  CS: 'CT',
  DA: '20200315',
  DS: '1',
  DT: '20200315101500',
  IS: '1',
  LO: 'Seen by Dr. Vandermeer',
  LT: 'Mrs Brandstetter was seen by Dr. Vandermeer',
  PN: 'Quantrill^Ida',
  SH: 'Szczepanski',
  ST: 'Ottilie Brandstetter, Dr. Vandermeer',
  TM: '101500',
  UC: 'Seen by Quantrill',
  UI: '1.2.276.0.7230010.3.1.4.1000.88',
  UR: 'https://hospital.example/Brandstetter',
  UT: 'Seen by Dr. Vandermeer for Quantrill',
};
const CONTEXT_IDENTIFIER = tagOf('ContextIdentifier');
const NUMBERS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
/** The number of values that the multiplicity of PS3.6 asks for at least. */
const leastOf = (multiplicity: string): number => Number(multiplicity.split('-')[0]);

function elementOf(tag: Tag, scope: TypeScope, level: number): DataElement | undefined {
  const entry = lookup(tag);
  const vr = entry?.vr.split(' or ')[0];
  if (entry === undefined || vr === undefined || vr === 'NONE') return undefined;
  const values = leastOf(entry.vm);
  if (vr === 'SQ') {
    if (level === LEVELS) return undefined;
    return sequenceElement(tag, [dataSetOf(scope.inside(tag), level + 1)]);
  }
  if (tag === CONTEXT_IDENTIFIER) return textElement(ENCODING, tag, vr, '4031');
  if (NUMBERS.has(vr)) return numberElement(ENCODING, tag, vr, Array<number>(values).fill(1));
  const written = WRITTEN[vr];
  if (written !== undefined) return textElement(ENCODING, tag, vr, Array<string>(values).fill(written).join('\\'));
  return bytesElement(tag, vr, new Uint8Array(8));
}

function dataSetOf(scope: TypeScope, level: number): DataSet {
  const elements = [...scope.tags()]
    .map((tag) => elementOf(tag, scope, level))
    .filter((element) => element !== undefined);
  return makeDataSet(
    ENCODING,
    elements.toSorted((left, right) => left.tag - right.tag),
  );
}

/** An object of the class with everything its IOD lists. */
export function objectOf(sopClass: string): DataElement[] {
  const own = [
    text('SOPClassUID', 'UI', sopClass),
    text('SOPInstanceUID', 'UI', UIDS.instance),
    text('StudyInstanceUID', 'UI', UIDS.study),
    text('SeriesInstanceUID', 'UI', UIDS.series),
    text('PatientName', 'PN', 'Brandstetter^Ottilie'),
    text('PatientID', 'LO', 'MRN-4711-0815'),
    text('BurnedInAnnotation', 'CS', 'NO'),
  ];
  const skipped = new Set([
    ...own.map(({ tag }) => tag),
    ...['SpecificCharacterSet', 'ImageType', 'ConversionType'].map(tagOf),
  ]);
  const others = dataSetOf(TABLES.types.scopeOf(sopClass), 1).elements.filter(({ tag }) => !skipped.has(tag));
  return [...own, ...others].toSorted((left, right) => left.tag - right.tag);
}
