/** Corners in which identifiers hide: other VRs, sequences, references, private blocks. Each object gets some of them. */
import { encodeText } from '../../phantom/character-sets.ts';
import { type Context, contamination, shares } from './context.ts';
import type { Draft, Stretch } from './draft.ts';
import { describe } from './modules.ts';
import { dateOf, personName } from './people.ts';
import { phoneNumber } from './spellings.ts';

/** Of a patient called Head or Brust nobody can tell the name from the body part. */
const SHORTEST_TELLING_NAME = 6;

export type Plant = (draft: Draft, context: Context) => void;

/** LT, ST and UT that PS3.15 lets be cleaned instead of removed. */
const comments: Plant = (draft, context) => {
  describe(draft, context, 'ImageComments', 400);
  describe(draft, context, 'PatientComments', 400);
  describe(draft, context, 'CommentsOnThePerformedProcedureStep', 400);
  describe(draft, context, 'PerformedProcedureStepDescription', 64);
  describe(draft, context, 'AdmittingDiagnosesDescription', 64);
};

const history: Plant = (draft, context) => {
  describe(draft, context, 'AdditionalPatientHistory', 600);
  describe(draft, context, 'RequestedProcedureDescription', 64);
  describe(draft, context, 'DerivationDescription', 400);
  describe(draft, context, 'AcquisitionComments', 400);
};

/** One level deep, with a reference two levels deep. */
const request: Plant = (draft, context) => {
  const { uids, random, accession } = context;
  draft.sequence('RequestAttributesSequence', (item) => {
    item.removed('AccessionNumber', accession, 'accession');
    item.uid('StudyInstanceUID', uids.study);
    item.removed('RequestedProcedureID', `RP${random.digits(7)}`, 'id');
    item.removed('ScheduledProcedureStepID', `SPS${random.digits(7)}`, 'id');
    describe(item, context, 'RequestedProcedureDescription', 64);
    describe(item, context, 'ScheduledProcedureStepDescription', 64);
    item.sequence('ReferencedStudySequence', (inner) => {
      inner.put('ReferencedSOPClassUID', '1.2.840.10008.3.1.2.3.1');
      inner.uid('ReferencedSOPInstanceUID', uids.study);
    });
  });
};

const otherIds: Plant = (draft, { patient, random }) => {
  draft.sequence('OtherPatientIDsSequence', (item) => {
    item.removed('PatientID', patient.nationalNumber, 'national number');
    item.removed('IssuerOfPatientID', `${patient.station}MPI`, 'institution');
  });
  draft.removed('OtherPatientNames', `${patient.family}^${patient.given}\\${patient.motherName}`, 'name');
  draft.removed('PatientMotherBirthName', patient.motherName, 'name');
  draft.removed('PatientBirthName', `${patient.motherName.split('^')[0]}^${patient.given}`, 'name');
  draft.removed('MilitaryRank', `Hauptfeldwebel ${random.digits(5)}`, 'id');
  draft.removed('PatientAddress', patient.address, 'address');
  draft.removed('PatientTelephoneNumbers', patient.phone, 'phone');
};

const equipmentChain: Plant = (draft, { patient, studyDate }) => {
  draft.sequence('ContributingEquipmentSequence', (item) => {
    item.code('PurposeOfReferenceCodeSequence', '109103', 'DCM', 'Modifying Equipment');
    item.put('Manufacturer', 'Philips Medical Systems');
    item.removed('InstitutionName', patient.institution, 'institution');
    item.removed('InstitutionAddress', patient.address, 'address');
    item.removed('StationName', patient.station, 'station');
    item.removed('DeviceSerialNumber', patient.serial, 'device serial');
    item.removed('OperatorsName', personName(patient.operator), 'physician');
    item.date('ContributionDateTime', `${studyDate}101530.000000+0100`);
  });
};

/** Two levels deep. */
const originalAttributes: Plant = (draft, { patient, studyDate, random }) => {
  draft.sequence('OriginalAttributesSequence', (item) => {
    item.removed('SourceOfPreviousValues', patient.institution, 'institution');
    item.date('AttributeModificationDateTime', `${studyDate}083000`);
    item.removed('ModifyingSystem', `${patient.station}RIS`, 'station');
    item.sequence('ModifiedAttributesSequence', (inner) => {
      inner.removed('PatientName', `${patient.family}^${patient.motherName.split('^')[0]}`, 'name');
      inner.removed('PatientID', `ALT${random.digits(7)}`, 'id');
      inner.removed('PatientBirthDate', dateOf(random, 1940, 1990), 'birth date');
    });
  });
};

/** Three levels deep. */
const references: Plant = (draft, { uids, relatives, random }) => {
  for (const keyword of ['ReferencedImageSequence', 'SourceImageSequence']) {
    draft.sequence(
      keyword,
      ...relatives.slice(0, 2).map((relative) => (item: Draft) => {
        item.put('ReferencedSOPClassUID', relative.sopClassUid);
        item.uid('ReferencedSOPInstanceUID', relative.sopInstanceUid);
      }),
    );
  }
  draft.sequence('StudiesContainingOtherReferencedInstancesSequence', (study) => {
    study.uid('StudyInstanceUID', uids.study);
    study.sequence('ReferencedSeriesSequence', (series) => {
      series.uid('SeriesInstanceUID', uids.series);
      series.sequence('ReferencedInstanceSequence', (item) => {
        item.put('ReferencedSOPClassUID', '1.2.840.10008.5.1.4.1.1.2');
        item.uid('ReferencedSOPInstanceUID', random.uid(), false);
      });
    });
  });
};

const people: Plant = (draft, { patient, random }) => {
  draft.removed('PhysiciansOfRecord', personName(patient.physician), 'physician');
  draft.removed(
    'NameOfPhysiciansReadingStudy',
    `${personName(patient.physician)}\\${personName(patient.operator)}`,
    'physician',
  );
  draft.removed('RequestingPhysician', personName(patient.operator), 'physician');
  draft.removed('ResponsiblePerson', patient.motherName, 'name');
  draft.sequence('ReferringPhysicianIdentificationSequence', (item) => {
    item.sequence('PersonIdentificationCodeSequence', (code) => {
      code.removed('CodeValue', `ARZT${random.digits(6)}`, 'id');
      code.put('CodingSchemeDesignator', '99LOCAL');
      code.removed('CodeMeaning', `${patient.physician.family} ${patient.physician.given}`, 'physician');
    });
    item.removed('PersonAddress', patient.address, 'address');
    item.removed('PersonTelephoneNumbers', patient.phone, 'phone');
    item.removed('InstitutionName', patient.institution, 'institution');
  });
};

/** Application entities, addresses on the net, long codes: AE, UR, UC. */
const network: Plant = (draft, { patient, random }) => {
  draft.removed('RetrieveAETitle', patient.aeTitle, 'application entity');
  draft.removed('StationAETitle', patient.aeTitle, 'application entity');
  draft.removed('PerformedStationAETitle', patient.aeTitle, 'application entity');
  draft.removed('RetrieveURL', patient.url, 'url');
  draft.removed('RetrieveURI', `${patient.url}/wado`, 'url');
  draft.removed('PerformedLocation', `Raum ${patient.station}`, 'station');
  draft.sequence('ProcedureCodeSequence', (item) => {
    item.removed(
      'LongCodeValue',
      `PROCEDURE-OF-${patient.latin.family.toUpperCase().replace(/[^A-Z]/g, '')}-${random.digits(5)}`,
      'id',
    );
    item.put('CodingSchemeDesignator', '99LOCAL');
    item.retained('CodeMeaning', 'Chest CT', 'coded');
  });
};

/** DA, DT and TM of the acquisition; the times stay. */
const times: Plant = (draft, { studyDate }) => {
  draft.date('AcquisitionDate', studyDate);
  draft.retained('AcquisitionTime', '101512.5', 'time of day');
  draft.date('AcquisitionDateTime', `${studyDate}101512.500000+0100`);
  draft.date('PerformedProcedureStepStartDate', studyDate);
  draft.retained('PerformedProcedureStepStartTime', '100900', 'time of day');
  draft.date('PerformedProcedureStepEndDate', studyDate);
};

const devices: Plant = (draft, { patient, random }) => {
  draft.removed('PlateID', `PLT${random.digits(6)}`, 'device serial');
  draft.removed('DetectorID', `DET${random.digits(7)}`, 'device serial');
  draft.removed('GantryID', `GAN${random.digits(6)}`, 'device serial');
  draft.removed('CassetteID', `KAS${random.digits(6)}`, 'device serial');
  draft.uid('DeviceUID', random.uid(), false);
  draft.removed('PerformedStationName', patient.station, 'station');
};

/** Texts about equipment, of which everything stays but what identifies: words nobody has listed are names of products. */
const technicalTexts: Plant = (draft, context) => {
  const { patient, random } = context;
  const bad = (): Stretch => {
    for (;;) {
      const stretch = contamination(context);
      // Without a title or a header that knows it, a strange name is the name of a product.
      if (stretch.category !== 'stranger' || /[.\s]/.test(stretch.text)) return stretch;
    }
  };
  const texts = [
    ['SoftwareVersions', 'syngo MR E11'],
    ['AcquisitionDeviceProcessingCode', 'HiRes Zetrakon 5.7'],
    ['FilterType', 'BODY FILTER'],
  ] as const;
  for (const [keyword, product] of texts) {
    const stretches = [{ text: product }, bad()];
    const whole = stretches.map(({ text }) => text).join(' ');
    if (encodeText(patient.characterSet, whole).length > 64 || shares(product, stretches[1]?.text ?? '')) continue;
    if (random.chance(0.7)) draft.text(keyword, stretches);
  }
};

/** Values that are not of their VR: a name as CS, as DS, as IS, as TM, as DA, as AS. */
const misplaced: Plant = (draft, { patient }) => {
  const name = patient.latin.family
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .slice(0, 10);
  if (name.length < SHORTEST_TELLING_NAME) return;
  draft.removed('BodyPartExamined', name, 'name in a CS');
  draft.removed('Laterality', name, 'name in a CS');
  draft.removed('PatientSize', `${name} 1.7`, 'name in a DS');
  draft.removed('AcquisitionNumber', `${name}1`, 'name in an IS');
  draft.removed('SeriesTime', `${name} 10`, 'name in a TM');
  draft.removed('AcquisitionDate', `${name}`, 'name in a DA');
  draft.removed('SmokingStatus', name, 'name in a CS');
  draft.removed('PatientReligiousPreference', name, 'name');
};

/** Attributes of the standard written as UN, as some archives do. */
const unknown: Plant = (draft, context) => {
  const { patient, random } = context;
  describe(draft, context, 'AcquisitionProtocolDescription', 64, 'UN');
  describe(draft, context, 'ImageComments', 200, 'UN');
  draft.removed('PatientTelephoneNumbers', phoneNumber(random), 'phone', 'UN');
  draft.removed('OtherPatientNames', `${patient.family}^${patient.given}`, 'name', 'UN');
  draft.removed('AdmissionID', `ADM${random.digits(6)}`, 'id', 'UN');
};

/** A private block with an identifier in every VR that can carry one. */
const privateBlock: Plant = (draft, context) => {
  const { patient, uids, random, studyDate } = context;
  const fill = (place: Draft): void => {
    place.private(0x00290010, 'LO', ['YARDSTICK WORKFLOW'], '', '');
    const texts: readonly (readonly [number, string, string, string])[] = [
      [0x00291001, 'LO', patient.patientId, 'id'],
      [0x00291002, 'PN', `${patient.family}^${patient.given}`, 'name'],
      [0x00291003, 'SH', context.accession, 'accession'],
      [0x00291004, 'LT', patient.phone, 'phone'],
      [0x00291005, 'ST', patient.address, 'address'],
      [0x00291006, 'UT', patient.email, 'e-mail'],
      [0x00291007, 'UC', patient.institution, 'institution'],
      [0x00291008, 'UR', patient.url, 'url'],
      [0x00291009, 'UI', uids.study, 'uid'],
      [0x0029100a, 'DA', patient.birthDate, 'date'],
      [0x0029100b, 'DT', `${studyDate}101500`, 'date'],
      [0x0029100c, 'AE', patient.aeTitle, 'application entity'],
      [0x0029100d, 'IS', random.digits(9), 'id'],
      [0x0029100e, 'DS', random.digits(10), 'id'],
      [0x0029100f, 'CS', patient.station, 'station'],
      [0x00291010, 'AS', '097Y', 'age over 89'],
      [0x00291011, 'TM', '101530', ''],
    ];
    for (const [tag, vr, value, category] of texts)
      place.private(tag, vr, [value], category === 'age over 89' || category === '' ? '' : value, category);
  };
  fill(draft);
  draft.sequenceTag(0x00291020, 'SQ', (item) => {
    fill(item);
    item.sequenceTag(0x00291020, 'SQ', fill);
  });
};

/** A moved block, a UN sequence, a binary header, and standard sequences with private elements inside. */
const privateCorners: Plant = (draft, context) => {
  const { patient, uids, random } = context;
  const { characterSet } = patient;
  draft.private(0x00190010, 'LO', ['SIEMENS MR HEADER'], '', '');
  draft.private(0x00191008, 'CS', ['IMAGE NUM 4'], '', '');
  draft.private(0x00190011, 'LO', ['YARDSTICK WORKFLOW'], '', '');
  const stretch = contamination(context);
  draft.private(0x00191101, 'LO', [stretch.text], stretch.text, stretch.category ?? '');
  draft.private(0x20010010, 'LO', ['Philips Imaging DD 001'], '', '');
  draft.private(0x20011091, 'UN', encodeText(characterSet, `OP ${patient.family}`), patient.family, 'name');
  draft.sequenceTag(0x2001105f, 'UN', (item) => {
    item.private(0x00100020, 'LO', [patient.patientId], patient.patientId, 'id');
    item.private(0x00080050, 'SH', [context.accession], context.accession, 'accession');
  });
  const header = Buffer.concat([
    Buffer.from('SV10', 'ascii'),
    Buffer.from(Array.from({ length: 40 }, () => random.integer(128, 159))),
    Buffer.from(`PatientName=${patient.latin.family}\0BirthDay=${patient.birthDate}\0Study=${uids.study}\0`, 'ascii'),
  ]);
  draft.private(0x00290011, 'LO', ['SIEMENS CSA HEADER'], '', '');
  draft.private(0x00291110, 'OB', header, patient.latin.family, 'name');
  draft.sequence('AnatomicRegionSequence', (item) => {
    item.retained('CodeValue', '39607008', 'coded');
    item.retained('CodingSchemeDesignator', 'SCT', 'coded');
    item.retained('CodeMeaning', 'Lung', 'coded');
    item.private(0x00090010, 'LO', ['YARDSTICK WORKFLOW'], '', '');
    item.private(0x00091001, 'LO', [patient.patientId], patient.patientId, 'id');
  });
};

/** An overlay with its words, and a curve with its label. */
const planes: Plant = (draft, { patient, random }) => {
  draft.putTag(0x60000010, 'US', [16]);
  draft.putTag(0x60000011, 'US', [16]);
  draft.putTag(0x60000040, 'CS', ['G']);
  draft.putTag(0x60000050, 'SS', [1, 1]);
  draft.putTag(0x60000100, 'US', [1]);
  draft.putTag(0x60000102, 'US', [0]);
  draft.private(0x60000022, 'LO', [`Overlay ${patient.family}`], patient.family, 'name');
  draft.private(0x60001500, 'LO', [`Label ${patient.patientId}`], patient.patientId, 'id');
  draft.putTag(0x60003000, 'OW', Buffer.from(Array.from({ length: 32 }, () => random.integer(160, 250))));
  draft.private(0x50002500, 'LO', [`Kurve ${patient.family}`], patient.family, 'name');
};

export const PLANTS: readonly Plant[] = [
  ...[comments, history, request, otherIds, equipmentChain, originalAttributes, references, people, network],
  ...[times, devices, misplaced, unknown, technicalTexts, privateBlock, privateCorners, planes],
];
