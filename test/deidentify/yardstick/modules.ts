/** The modules that every object of the yardstick has: patient, study, series, equipment, SOP common. */
import type { Context } from './context.ts';
import { description } from './context.ts';
import type { Draft } from './draft.ts';
import { personName } from './people.ts';

export function commonModules(draft: Draft, context: Context): void {
  patientModule(draft, context);
  studyModule(draft, context);
  seriesModule(draft, context);
  equipmentModule(draft, context);
}

function patientModule(draft: Draft, { patient }: Context): void {
  draft.removed('PatientName', patient.name, 'name');
  draft.notNull('PatientName');
  draft.put('PatientID', patient.patientId);
  draft.record.answer('patid_consistent', 'id', draft.path('PatientID'), patient.patientId);
  draft.gone(draft.path('PatientID'), patient.patientId, 'id');
  // The same in every object: an ID of another issuer is another patient's.
  if (patient.issuer !== '') draft.removed('IssuerOfPatientID', patient.issuer, 'institution');
  draft.removed('PatientBirthDate', patient.birthDate, 'birth date');
  draft.retained('PatientSex', patient.sex, 'patient characteristics');
  draft.retained('PatientWeight', '71.5', 'patient characteristics');
  if (patient.age > '089Y') draft.removed('PatientAge', patient.age, 'age over 89');
  else draft.retained('PatientAge', patient.age, 'patient characteristics');
}

function studyModule(draft: Draft, context: Context): void {
  const { patient, uids, studyDate, accession, random } = context;
  if (patient.characterSet.length > 0) draft.put('SpecificCharacterSet', patient.characterSet);
  draft.put('SOPClassUID', context.sopClassUid);
  draft.record.answer('text_retained', 'technical', draft.path('SOPClassUID'), context.sopClassUid);
  draft.uid('SOPInstanceUID', uids.instance);
  draft.uid('StudyInstanceUID', uids.study);
  draft.uid('SeriesInstanceUID', uids.series);
  draft.date('StudyDate', studyDate);
  draft.put('StudyTime', '101530');
  draft.date('SeriesDate', studyDate);
  draft.date('ContentDate', studyDate);
  draft.put('ContentTime', '101545');
  draft.date('InstanceCreationDate', studyDate);
  draft.removed('AccessionNumber', accession, 'accession');
  draft.removed('StudyID', `ST${random.digits(6)}`, 'id');
  draft.removed('ReferringPhysicianName', personName(patient.physician, 'Dr.'), 'physician');
  describe(draft, context, 'StudyDescription', 64);
}

function seriesModule(draft: Draft, context: Context): void {
  draft.retained('Modality', context.modality);
  draft.retained('SeriesNumber', '3');
  draft.retained('InstanceNumber', '17');
  describe(draft, context, 'SeriesDescription', 64);
  describe(draft, context, 'ProtocolName', 64);
  draft.removed('OperatorsName', personName(context.patient.operator), 'physician');
  draft.removed('PerformingPhysicianName', personName(context.patient.physician), 'physician');
}

function equipmentModule(draft: Draft, { patient, random }: Context): void {
  const [manufacturer, model, software] = random.pick([
    ['SIEMENS', 'SOMATOM Definition AS', 'syngo CT VA48A'],
    ['GE MEDICAL SYSTEMS', 'Discovery CT750 HD', 'sles_hde.118'],
    ['Philips Medical Systems', 'Ingenia', '5.7.1'],
    ['Siemens Healthineers', 'MAGNETOM Skyra', 'syngo MR E11'],
    ['Canon Medical Systems', 'Aquilion ONE', 'V10.12'],
  ] as const);
  draft.retained('Manufacturer', manufacturer, 'equipment');
  draft.retained('ManufacturerModelName', model, 'equipment');
  draft.retained('SoftwareVersions', software, 'equipment');
  draft.removed('DeviceSerialNumber', patient.serial, 'device serial');
  draft.removed('InstitutionName', patient.institution, 'institution');
  draft.removed('InstitutionAddress', patient.address, 'address');
  draft.removed('InstitutionalDepartmentName', `Radiologia Estovest ${random.digits(2)}`, 'department');
  draft.removed('StationName', patient.station, 'station');
}

/** A free text of at most so many bytes at an attribute whose words are to be cleaned. */
export function describe(draft: Draft, context: Context, keyword: string, longest: number, vr?: string): void {
  const { stretches, separator } = description(context, longest);
  draft.text(keyword, stretches, vr === undefined ? { separator } : { separator, vr });
}
