/** Whether a rule may write a value into an attribute of a VR (PS3.5 §6.2). */
import { isValidUid } from '../../dicom/uids.ts';
import { capAge, isTime, shiftDate, shiftDateTime } from '../temporal.ts';

const LONGEST: Readonly<Record<string, number>> = { AE: 16, CS: 16, SH: 16, LO: 64, PN: 64, ST: 1024, LT: 10_240 };
const FORMS: Readonly<Record<string, readonly [(value: string) => boolean, string]>> = {
  AS: [(value) => capAge(value) === value, 'an age up to 090Y such as 045Y'],
  CS: [(value) => /^[A-Z0-9 _]*$/.test(value), 'capitals, digits, spaces and underscores'],
  DA: [(value) => shiftDate(value, 0) === value, 'a date as YYYYMMDD'],
  DS: [(value) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) && value.length <= 16, 'a number'],
  DT: [(value) => shiftDateTime(value, 0) === value, 'a date and time as YYYYMMDDHHMMSS'],
  IS: [(value) => /^[+-]?\d{1,11}$/.test(value), 'a whole number'],
  TM: [(value) => isTime(value) && !value.includes(':'), 'a time as HHMMSS'],
  UI: [isValidUid, 'a UID'],
};
const FREE = new Set(['AE', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/** Whether an attribute of the VR can hold the value, in whatever character set. */
export function fitsVr(value: string, vr: string): boolean {
  const form = FORMS[vr];
  if (form === undefined && !FREE.has(vr)) return false;
  return (form === undefined || value === '' || form[0](value)) && !/\p{Cc}/u.test(value);
}

/** What is wrong with the value, as a sentence; undefined when nothing is. */
export function valueProblem(value: string, vr: string): string | undefined {
  const form = FORMS[vr];
  if (form === undefined && !FREE.has(vr)) return `An attribute of VR ${vr} takes no value here; leave "value" out.`;
  if (!/^[\x20-\x7e]*$/.test(value) || value.includes('\\'))
    return 'Use printable ASCII without a backslash, which every character set can write.';
  if (form !== undefined && !form[0](value)) return `An attribute of VR ${vr} needs ${form[1]}.`;
  const longest = LONGEST[vr];
  return longest !== undefined && value.length > longest
    ? `An attribute of VR ${vr} holds ${longest} characters at most; shorten the value.`
    : undefined;
}
