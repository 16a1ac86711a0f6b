/** The modules that every object has: Patient, General Study, General Series, Equipment, SOP Common (PS3.3 C.7, C.12). */
import { element, type PhantomElement, remove, retain } from '../elements.ts';
import type { Series } from '../protocol.ts';

export interface Instance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly number: number;
}

/** Elements shared by all objects of a series, and the identity of this one. */
export function commonElements(series: Series, instance: Instance): PhantomElement[] {
  return [
    ...patientModule(series),
    ...studyModule(series),
    ...seriesModule(series),
    ...equipmentModule(series),
    ...commonModule(series, instance),
  ];
}

function patientModule({ patient }: Series): PhantomElement[] {
  return [
    element('PatientName', patient.name, remove('name')),
    element('PatientID', patient.patientId, remove('id')),
    element('IssuerOfPatientID', `${patient.hospital.station}_MPI`, remove('institution')),
    element('PatientBirthDate', patient.birthDate, remove('date')),
    element('PatientSex', patient.sex, retain()),
  ];
}

function studyModule({ patient, study }: Series): PhantomElement[] {
  const age = `${String(study.age).padStart(3, '0')}Y`;
  return [
    element('StudyInstanceUID', study.studyInstanceUid, remove('uid')),
    element('StudyDate', study.date, remove('date')),
    element('StudyTime', study.time),
    element('StudyID', study.studyId, remove('id')),
    element('AccessionNumber', study.accession, remove('accession')),
    element('ReferringPhysicianName', patient.referringPhysician, remove('physician')),
    studyDescription(patient.latinFamilyName, patient.referringPhysician, patient.birthDate, study.words),
    element('PatientAge', age, study.age > 89 ? remove('age') : retain()),
    element('PatientSize', patient.heightMetres, retain()),
    element('PatientWeight', patient.weightKilograms, retain()),
  ];
}

/** Clean words with a physician or the patient and a date written behind them, as it happens. */
function studyDescription(family: string, physician: string, birthDate: string, words: string): PhantomElement {
  const doctor = physician.split('^')[0] ?? '';
  const date = `${birthDate.slice(6)}.${birthDate.slice(4, 6)}.${birthDate.slice(0, 4)}`;
  const retained = words.split(' ').map((word) => retain(word));
  if (Number(birthDate) % 3 === 0) {
    const text = `${words} Dr. ${doctor} ${date}`;
    return element('StudyDescription', text, remove('physician', doctor), remove('date', date), ...retained);
  }
  if (Number(birthDate) % 3 === 1) {
    return element('StudyDescription', `${words} ${family}`, remove('name', family), ...retained);
  }
  return element('StudyDescription', words, ...retained);
}

function seriesModule({ patient, study, protocol, ...series }: Series): PhantomElement[] {
  const elements = [
    element('Modality', protocol.modality === 'SC' ? 'OT' : protocol.modality, retain()),
    element('SeriesInstanceUID', series.seriesInstanceUid, remove('uid')),
    element('SeriesNumber', series.number, retain()),
    element('SeriesDate', study.date, remove('date')),
    element('SeriesTime', study.time),
    element('PerformingPhysicianName', patient.performingPhysician, remove('physician')),
    element('OperatorsName', patient.operator, remove('physician')),
    element('SeriesDescription', protocol.words, ...protocol.words.split(' ').map((word) => retain(word))),
  ];
  if (series.bodyPart !== '') elements.push(element('BodyPartExamined', series.bodyPart));
  if (mayBePaired(protocol.modality, series.bodyPart)) elements.push(element('Laterality', ''));
  if (series.ordinal % 4 === 1) {
    const text = `${protocol.words} fuer ${patient.latinFamilyName}`;
    elements.push(element('ProtocolName', text, remove('name', patient.latinFamilyName)));
  }
  return elements;
}

/** Terms for body parts of which there is only one. */
const UNPAIRED = new Set('ABDOMEN BRAIN CHEST COLON HEAD LIVER PELVIS PROSTATE RECTUM'.split(' '));

/** Laterality is type 2C: there, if only empty, unless the part is known to be single (PS3.3 C.7.3.1). */
function mayBePaired(modality: string, bodyPart: string): boolean {
  return modality !== 'MG' && modality !== 'SEG' && !UNPAIRED.has(bodyPart);
}

function equipmentModule({ patient, ...series }: Series): PhantomElement[] {
  return [
    element('Manufacturer', series.manufacturer, retain()),
    element('ManufacturerModelName', series.model, retain()),
    element('SoftwareVersions', series.software, retain()),
    element('DeviceSerialNumber', series.deviceSerial, remove('device-serial')),
    element('InstitutionName', patient.hospital.name, remove('institution')),
    element('InstitutionAddress', patient.hospital.address, remove('address')),
    element('InstitutionalDepartmentName', patient.hospital.department, remove('institution')),
    element('StationName', `${patient.hospital.station}${series.ordinal % 5}`, remove('institution')),
  ];
}

function commonModule({ patient, study, transferSyntax }: Series, instance: Instance): PhantomElement[] {
  const elements = [
    element('SOPClassUID', instance.sopClassUid),
    element('SOPInstanceUID', instance.sopInstanceUid, remove('uid')),
    element('InstanceNumber', instance.number, retain()),
    element('InstanceCreationDate', study.date, remove('date')),
    element('InstanceCreationTime', study.time),
    element('ContentDate', study.date, remove('date')),
    element('ContentTime', study.time),
    element('TimezoneOffsetFromUTC', '+0100'),
  ];
  if (transferSyntax === 'runLength') elements.push(element('LossyImageCompression', '00'));
  if (patient.characterSet.length > 0) elements.push(element('SpecificCharacterSet', patient.characterSet));
  return elements;
}
