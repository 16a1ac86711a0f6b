/** Reading values for planning: what VR applies, and the texts of one element. */
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { impliedVr } from '../dicom/dictionary.ts';
import { decodeText, splitText } from '../dicom/value-decoding.ts';
import { isStandardVr, valueRepresentation } from '../dicom/value-representation.ts';

/** The VR to go by: the dictionary's where the stream says UN or something that no edition defines (PS3.5 §6.2.2). */
export function effectiveVr(element: DataElement): string {
  if (element.value.kind === 'sequence') return 'SQ';
  if (element.value.kind === 'encapsulated') return element.vr === 'OW' ? 'OW' : 'OB';
  if (element.vr !== 'UN' && isStandardVr(element.vr)) return element.vr;
  return impliedVr(element.tag, { signed: false, encapsulated: false });
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
