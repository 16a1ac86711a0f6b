/** Identifiers in attributes of the standard that hide in sequences and comments. */
import { code, element, type PhantomElement, remove } from '../elements.ts';
import { reference } from '../objects/segmentation.ts';
import type { Series } from '../protocol.ts';
import type { RandomSource } from '../random.ts';

/** Adds one kind of hidden identifier to every object of a series. */
export type Plant = (series: Series, random: RandomSource) => PhantomElement[];

const MR_IMAGE = '1.2.840.10008.5.1.4.1.1.4';

/** What was ordered: a number and a study reference below the request (PS3.3 Table 10-9). */
export const requestAttributes: Plant = ({ patient, study }, random) => {
  const [procedure, step] = [`RP${random.digits(8)}`, `SPS${random.digits(7)}`];
  return [
    element('RequestAttributesSequence', [
      [
        element('AccessionNumber', study.accession, remove('accession')),
        element('StudyInstanceUID', study.studyInstanceUid, remove('uid')),
        element('RequestedProcedureID', procedure, remove('id')),
        element(
          'RequestedProcedureDescription',
          `Zuweisung ${patient.latinFamilyName}`,
          remove('name', patient.latinFamilyName),
        ),
        element('ScheduledProcedureStepID', step, remove('id')),
        element('ReferencedStudySequence', [reference('1.2.840.10008.3.1.2.3.1', study.studyInstanceUid)]),
      ],
    ]),
  ];
};

/** References three sequences deep (PS3.3 C.12.2). */
export const otherReferences: Plant = (_series, random) => {
  const [otherStudy, otherSeries, localizer] = [random.uid(), random.uid(), random.uid()];
  return [
    element('ReferencedImageSequence', [
      [
        ...reference(MR_IMAGE, localizer),
        element('PurposeOfReferenceCodeSequence', [code('121311', 'DCM', 'Localizer')]),
      ],
    ]),
    element('StudiesContainingOtherReferencedInstancesSequence', [
      [
        element('StudyInstanceUID', otherStudy, remove('uid')),
        element('ReferencedSeriesSequence', [
          [
            element('SeriesInstanceUID', otherSeries, remove('uid')),
            element('ReferencedInstanceSequence', [reference(MR_IMAGE, localizer), reference(MR_IMAGE, random.uid())]),
          ],
        ]),
      ],
    ]),
  ];
};

/** The machine that converted the object on its way, with place, person and time (PS3.3 C.12.1). */
export const contributingEquipment: Plant = ({ patient, study }) => {
  const moment = `${study.date}101530.000000+0100`;
  return [
    element('ContributingEquipmentSequence', [
      [
        element('PurposeOfReferenceCodeSequence', [code('109103', 'DCM', 'Modifying Equipment')]),
        element('Manufacturer', 'Philips Medical Systems'),
        element('InstitutionName', patient.hospital.name, remove('institution')),
        element('InstitutionAddress', patient.hospital.address, remove('address')),
        element('StationName', `${patient.hospital.station}GW`, remove('institution')),
        element('OperatorsName', patient.operator, remove('physician')),
        element('ContributionDateTime', moment, remove('date')),
        element(
          'ContributionDescription',
          `Korrektur ${patient.latinFamilyName}`,
          remove('name', patient.latinFamilyName),
        ),
      ],
    ]),
  ];
};

/** The values that stood there before someone corrected them (PS3.3 C.12.1). */
export const originalAttributes: Plant = ({ patient, study }, random) => {
  const oldId = `ALT${random.digits(7)}`;
  const oldName = `${patient.latinFamilyName}^Verschrieben`;
  return [
    element('OriginalAttributesSequence', [
      [
        element('SourceOfPreviousValues', patient.hospital.name, remove('institution')),
        element('AttributeModificationDateTime', `${study.date}083000`, remove('date')),
        element('ModifyingSystem', `${patient.hospital.station}_RIS`, remove('institution')),
        element('ReasonForTheAttributeModification', 'CORRECT'),
        element('ModifiedAttributesSequence', [
          [
            element('PatientName', oldName, remove('name')),
            element('PatientID', oldId, remove('id')),
            element('PatientBirthDate', patient.birthDate, remove('date')),
          ],
        ]),
      ],
    ]),
  ];
};

export const otherPatientIds: Plant = ({ patient }) => [
  element('OtherPatientIDsSequence', [
    [
      element('PatientID', patient.otherId, remove('id')),
      element('IssuerOfPatientID', `${patient.hospital.station}_NATIONAL`, remove('institution')),
      element('TypeOfPatientID', 'TEXT'),
    ],
  ]),
  element('OtherPatientNames', patient.motherName, remove('name')),
];

export const demographics: Plant = ({ patient }) => [
  element('PatientAddress', patient.address, remove('address')),
  element('PatientTelephoneNumbers', patient.phone, remove('phone')),
  element('PatientMotherBirthName', patient.motherName, remove('name')),
  element(
    'PatientComments',
    `${patient.familyName}: ${patient.phone}`,
    remove('name', patient.familyName),
    remove('phone', patient.phone),
  ),
  element(
    'AdditionalPatientHistory',
    `Biopsie ${spelled(patient.birthDate)} bei ${patient.latinFamilyName}`,
    remove('date', spelled(patient.birthDate)),
    remove('name', patient.latinFamilyName),
  ),
];

export const physicians: Plant = ({ patient }, random) => {
  const personId = `ARZT${random.digits(6)}`;
  return [
    element('PhysiciansOfRecord', patient.referringPhysician, remove('physician')),
    element('NameOfPhysiciansReadingStudy', patient.performingPhysician, remove('physician')),
    element('ReferringPhysicianIdentificationSequence', [
      [
        element('PersonIdentificationCodeSequence', [
          [
            element('CodeValue', personId, remove('id')),
            element('CodingSchemeDesignator', '99BSP'),
            element('CodeMeaning', 'Zuweiser'),
          ],
        ]),
        element('PersonAddress', patient.hospital.address, remove('address')),
        element('PersonTelephoneNumbers', patient.hospital.phone, remove('phone')),
        element('InstitutionName', patient.hospital.name, remove('institution')),
      ],
    ]),
  ];
};

/** Notes on the image, with e-mail address and a date in plain language. */
export const comments: Plant = ({ patient, study }) => {
  const mail = `${patient.latinFamilyName.toLowerCase().replace(/[^a-z]/gu, '')}@mail.example`;
  return [
    element(
      'ImageComments',
      `Kontrolle ${spelled(study.date)}, ${mail}`,
      remove('date', spelled(study.date)),
      remove('address', mail),
    ),
    element('PerformedProcedureStepID', `PPS-${patient.patientId}`, remove('id')),
    element('PerformedProcedureStepStartDate', study.date, remove('date')),
    element(
      'PerformedProcedureStepDescription',
      `Untersuchung von ${patient.latinFamilyName}`,
      remove('name', patient.latinFamilyName),
    ),
    element('CommentsOnThePerformedProcedureStep', `Tel. ${patient.phone}`, remove('phone', patient.phone)),
  ];
};

/** 3 December 1958, as people write it. */
export function spelled(date: string): string {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  return `${date.slice(6)} ${months[Number(date.slice(4, 6)) - 1] ?? ''} ${date.slice(0, 4)}`;
}
