/** Whether a value has the form that its VR (PS3.5 §6.2, Table 6.2-1) and its attribute (PS3.6, value multiplicity) ask for. */
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { lookup } from '../../dicom/dictionary.ts';
import { isValidUid } from '../../dicom/uids.ts';
import { valueRepresentation } from '../../dicom/value-representation.ts';
import { textValues } from '../element-values.ts';

export type ValueFault = 'VR not that of PS3.6' | 'value not valid for its VR' | 'number of values not that of PS3.6';

const DATE = /^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d|60)?(?:\.\d{1,6})?)?$/;
const DATE_TIME =
  /^\d{4}(?:(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?)?)?)?(?:[+-]\d{4})?$/;
const FORMS: Readonly<Record<string, (value: string) => boolean>> = {
  AE: (value) => value.length <= 16 && !/[\\\p{Cc}]/u.test(value),
  AS: (value) => /^\d{3}[DWMY]$/.test(value),
  CS: (value) => /^[A-Z0-9 _]{0,16}$/.test(value),
  DA: (value) => DATE.test(value),
  DS: (value) => value.length <= 16 && Number.isFinite(Number(value)),
  DT: (value) => DATE_TIME.test(value),
  IS: (value) => value.length <= 12 && /^[+-]?\d+$/.test(value),
  LO: (value) => value.length <= 64,
  LT: (value) => value.length <= 10_240,
  PN: (value) => value.split('=').length <= 3 && value.split('=').every((group) => group.length <= 64),
  SH: (value) => value.length <= 16,
  ST: (value) => value.length <= 1024,
  TM: (value) => TIME.test(value),
  UI: isValidUid,
};

/** The first thing wrong with an element; undefined when nothing is. Attributes that PS3.6 does not list pass. */
export function valueFault(dataSet: DataSet, element: DataElement): ValueFault | undefined {
  const { tag, vr, value } = element;
  const entry = lookup(tag);
  if (entry === undefined) return undefined;
  if (!entry.vr.split(' or ').includes(vr)) return 'VR not that of PS3.6';
  if (value.kind !== 'bytes' || value.bytes.length === 0) return undefined;
  const { kind, wordSize } = valueRepresentation(vr);
  if (kind === 'bytes' || kind === 'sequence') return undefined;
  if (kind === 'number') {
    const size = vr === 'AT' ? 4 : wordSize;
    if (value.bytes.length % size !== 0) return 'value not valid for its VR';
    return isCount(value.bytes.length / size, entry.vm) ? undefined : 'number of values not that of PS3.6';
  }
  const values = textValues(dataSet, element, vr);
  const hasForm = FORMS[vr];
  if (hasForm !== undefined && !values.every((text) => text === '' || hasForm(text)))
    return 'value not valid for its VR';
  return isCount(values.length, entry.vm) ? undefined : 'number of values not that of PS3.6';
}

/** Whether PS3.6 allows so many values: '1', '1-3', '1-n', '2-2n' (an even number). */
export function isCount(count: number, multiplicity: string): boolean {
  const [least = '1', most = least] = multiplicity.split('-');
  if (count < Number(least)) return false;
  if (!most.endsWith('n')) return count <= Number(most);
  const step = Number(most.slice(0, -1) || '1');
  return count % step === 0;
}
