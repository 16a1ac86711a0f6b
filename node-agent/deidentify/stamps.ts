/** What every output carries: who it now is, and that and how it was de-identified (PS3.15 §E.1.1, PS3.3 §C.12.1). */
import type { DataElement, DataSet, Encoding } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { bytesElement, makeDataSet, numberElement, sequenceElement, textElement } from '../dicom/element.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../dicom/uids.ts';
import type { DatePolicy } from './date-policy.ts';
import { type CodedOption, METHOD_MEANINGS } from './options.ts';
import { ageFromDates, DATES_OF_THE_STUDY, statedAge } from './patient-age.ts';
import type { Profile } from './profile.ts';

const TAGS = {
  patientName: tagOf('PatientName'),
  patientId: tagOf('PatientID'),
  patientAge: tagOf('PatientAge'),
  identityRemoved: tagOf('PatientIdentityRemoved'),
  method: tagOf('DeidentificationMethod'),
  methodCodes: tagOf('DeidentificationMethodCodeSequence'),
  longitudinal: tagOf('LongitudinalTemporalInformationModified'),
  timePoint: tagOf('ClinicalTrialTimePointID'),
  offset: tagOf('LongitudinalTemporalOffsetFromEvent'),
  event: tagOf('LongitudinalTemporalEventType'),
  codeValue: tagOf('CodeValue'),
  scheme: tagOf('CodingSchemeDesignator'),
  meaning: tagOf('CodeMeaning'),
} as const;
const MODIFIED_DATES = 'retain_long_modified_dates';
const FULL_DATES = 'retain_long_full_dates';
const CHARACTERISTICS = 'retain_patient_characteristics';
/** Neither ENROLLMENT nor BASELINE, the terms of PS3.3: nothing happened on the reference day. */
const REFERENCE_EVENT = 'REFERENCE';
const META_ENCODING: Encoding = { explicit: true, littleEndian: true };

/**
 * The elements that are written whatever stood there before.
 * @param source the original: its own de-identification codes stay, its birth date gives the age
 * @param performed the codes of CID 7050 to claim
 * @param earlierMethod De-identification Method of the original, already cleaned
 */
export function stampElements(
  source: DataSet,
  profile: Profile,
  performed: readonly CodedOption[],
  patient: { readonly pseudonym: string; readonly name: string },
  dates: DatePolicy,
  earlierMethod: readonly string[],
): DataElement[] {
  const { encoding } = source;
  const text = (tag: number, vr: string, value: string): DataElement => textElement(encoding, tag, vr, value);
  const method = `Gatehouse ${profile.id} ${profile.version}`;
  // A damaged text may hold characters that its own character set cannot write.
  const writable = earlierMethod.filter((text) => source.characterSet.encode(text) !== undefined);
  const methods = [...new Set([...writable, method])];
  const stamps = [
    text(TAGS.patientName, 'PN', patient.name),
    text(TAGS.patientId, 'LO', patient.pseudonym),
    text(TAGS.identityRemoved, 'CS', 'YES'),
    textElement(encoding, TAGS.method, 'LO', methods.join('\\'), source.characterSet),
    methodCodes(source, performed),
    text(TAGS.longitudinal, 'CS', longitudinalState(profile)),
    ...offsetElements(source, dates),
  ];
  // The birth date goes, so the age that follows from it is written where the original states none.
  const age = profile.has(CHARACTERISTICS) && statedAge(source) === undefined ? ageFromDates(source) : undefined;
  if (age !== undefined) stamps.push(text(TAGS.patientAge, 'AS', age));
  return stamps;
}

/** Group 0002 of the output, written anew: nothing of the sender's is taken over. */
export function fileMeta(sopClassUid: string, sopInstanceUid: string, transferSyntaxUid: string): DataElement[] {
  const text = (keyword: string, vr: string, value: string): DataElement =>
    textElement(META_ENCODING, tagOf(keyword), vr, value);
  return [
    bytesElement(tagOf('FileMetaInformationVersion'), 'OB', Uint8Array.of(0, 1)),
    text('MediaStorageSOPClassUID', 'UI', sopClassUid),
    text('MediaStorageSOPInstanceUID', 'UI', sopInstanceUid),
    text('TransferSyntaxUID', 'UI', transferSyntaxUid),
    text('ImplementationClassUID', 'UI', IMPLEMENTATION_CLASS_UID),
    text('ImplementationVersionName', 'SH', IMPLEMENTATION_VERSION_NAME),
  ];
}

/**
 * Where dates change: the days from the patient's reference day to the examination (PS3.3 §C.7.2.3). An offset that the
 * original has, from an event of its own, stays instead.
 */
function offsetElements(source: DataSet, dates: DatePolicy): DataElement[] {
  if (source.number(TAGS.offset) !== undefined) return [];
  const { encoding } = source;
  const offset = DATES_OF_THE_STUDY.map((tag) => dates.offsetDays(source.string(tag) ?? '')).find(
    (days) => days !== undefined,
  );
  if (offset === undefined) return [];
  // The module asks for a time point, empty when unknown.
  const timePoint = source.has(TAGS.timePoint) ? [] : [textElement(encoding, TAGS.timePoint, 'LO', '')];
  return [
    ...timePoint,
    numberElement(encoding, TAGS.offset, 'FD', [offset]),
    textElement(encoding, TAGS.event, 'CS', REFERENCE_EVENT),
  ];
}

function longitudinalState(profile: Profile): string {
  if (profile.has(MODIFIED_DATES)) return 'MODIFIED';
  return profile.has(FULL_DATES) ? 'UNMODIFIED' : 'REMOVED';
}

/** Codes of an earlier de-identification stay, each once; anything else in the sequence is not a code of CID 7050. */
function methodCodes(source: DataSet, performed: readonly CodedOption[]): DataElement {
  const { encoding } = source;
  const codes = new Map<string, string>();
  for (const item of source.items(TAGS.methodCodes)) {
    const code = item.string(TAGS.codeValue) ?? '';
    const meaning = METHOD_MEANINGS.get(code);
    if (item.string(TAGS.scheme) === 'DCM' && meaning !== undefined) codes.set(code, meaning);
  }
  for (const { code, meaning } of performed) codes.set(code, meaning);
  const items = [...codes].map(([code, meaning]) =>
    makeDataSet(encoding, [
      textElement(encoding, TAGS.codeValue, 'SH', code),
      textElement(encoding, TAGS.scheme, 'SH', 'DCM'),
      textElement(encoding, TAGS.meaning, 'LO', meaning),
    ]),
  );
  return sequenceElement(TAGS.methodCodes, items);
}
