/** Reading values for planning: what VR applies, and the texts of one element. */
import type { DataElement, DataSet, Tag } from '../dicom/data-set.ts';
import { impliedVr, lookup } from '../dicom/dictionary.ts';
import { decodeText, splitText } from '../dicom/value-decoding.ts';
import { isStandardVr, valueRepresentation } from '../dicom/value-representation.ts';

const NUMBER_VRS: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
const BINARY_VRS: ReadonlySet<string> = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV']);
const ALTERNATIVES = new Map<string, ReadonlySet<string>>();

/**
 * The VR to go by: that of PS3.6. What the stream says only chooses between VRs of one nature, and decides
 * where PS3.6 does not know the attribute: a date called IS or a name called LO would pass as something harmless.
 * 'UN' where the value can be nothing that the attribute may hold.
 */
export function effectiveVr(element: DataElement): string {
  const { tag, value, vr } = element;
  if (value.kind === 'sequence') return 'SQ';
  const implied = impliedVr(tag, { signed: false, encapsulated: value.kind === 'encapsulated' });
  const entry = lookup(tag);
  if (value.kind === 'encapsulated') return entry === undefined || isBinary(implied) ? encapsulatedVr(vr) : 'UN';
  if (vr === 'UN' || !isStandardVr(vr)) return implied;
  if (entry === undefined || vr === implied || alternatives(entry.vr).has(vr)) return vr;
  if (NUMBER_VRS.has(implied)) return NUMBER_VRS.has(vr) || isBinary(vr) || isDecimal(vr) ? vr : 'DS';
  if (isBinary(implied)) return isBinary(vr) ? vr : NUMBER_VRS.has(vr) ? implied : 'UN';
  return implied;
}

/** Whether the value is numbers in binary, whatever the attribute should hold. */
export function holdsBinaryNumbers(element: DataElement): boolean {
  return NUMBER_VRS.has(element.vr);
}

/** The values at a tag, read as PS3.6 says, whatever VR the stream gives. */
export function textsAt(dataSet: DataSet, tag: Tag): string[] {
  const element = dataSet.get(tag);
  return element === undefined ? [] : textValues(dataSet, element, effectiveVr(element));
}

/** The values of a text element without padding; [] when empty or not in memory. */
export function textValues(dataSet: DataSet, element: DataElement, vr: string): string[] {
  if (element.value.kind !== 'bytes' || element.value.bytes.length === 0) return [];
  const characterSet = valueRepresentation(vr).characterSet ? dataSet.characterSet : undefined;
  return splitText(decodeText(element.value.bytes, vr, characterSet), vr);
}

/** Whether there is no value: no bytes, no items, no fragments. */
export function isEmpty(element: DataElement): boolean {
  const { value } = element;
  switch (value.kind) {
    case 'bytes':
      return value.bytes.length === 0;
    case 'bulk':
      return value.length === 0;
    case 'sequence':
      return value.items.length === 0;
    case 'encapsulated':
      return value.fragments.length === 0;
  }
}

function alternatives(vr: string): ReadonlySet<string> {
  let set = ALTERNATIVES.get(vr);
  if (set === undefined) {
    set = new Set(vr.split(' or '));
    ALTERNATIVES.set(vr, set);
  }
  return set;
}

function isBinary(vr: string): boolean {
  return BINARY_VRS.has(vr);
}

function isDecimal(vr: string): boolean {
  return valueRepresentation(vr).kind === 'decimal';
}

function encapsulatedVr(vr: string): string {
  return vr === 'OW' ? 'OW' : 'OB';
}
