/** Identifiers in private attributes (PS3.5 §7.8): known creators, moved blocks, UN and binary headers. */
import { element, type Item, rawElement, remove } from '../elements.ts';
import type { Plant } from './standard.ts';
import { spelled } from './standard.ts';

/** A block of plain elements with name, date, UID and a nested private sequence. */
export const privateBlock: Plant = ({ patient, study }, random) => {
  const inner: Item = [
    rawElement(0x00290010, 'LO', 'PHANTOM WORKFLOW'),
    rawElement(0x00291001, 'LO', patient.patientId, remove('id')),
    rawElement(0x00291002, 'UI', random.uid(), remove('uid')),
    rawElement(0x00291003, 'PN', `${patient.latinFamilyName}^Privat`, remove('name')),
  ];
  return [
    rawElement(0x00290010, 'LO', 'PHANTOM WORKFLOW'),
    rawElement(0x00291001, 'LO', patient.patientId, remove('id')),
    rawElement(0x00291002, 'UI', study.studyInstanceUid, remove('uid')),
    rawElement(0x00291003, 'PN', patient.name, remove('name')),
    rawElement(0x00291004, 'DA', patient.birthDate, remove('date')),
    rawElement(0x00291010, 'SQ', [inner]),
  ];
};

/** A creator that had to move to another block because the first was taken. */
export const movedPrivateBlock: Plant = ({ patient }) => [
  rawElement(0x00190010, 'LO', 'SIEMENS MR HEADER'),
  rawElement(0x00191008, 'CS', 'IMAGE NUM 4'),
  rawElement(0x00190011, 'LO', 'PHANTOM WORKFLOW'),
  rawElement(
    0x00191101,
    'LO',
    `${patient.latinFamilyName} ${patient.patientId}`,
    remove('name', patient.latinFamilyName),
    remove('id', patient.patientId),
  ),
  rawElement(
    0x00191104,
    'LT',
    `Ruf ${patient.phone}, geb. ${spelled(patient.birthDate)}`,
    remove('phone', patient.phone),
    remove('date', spelled(patient.birthDate)),
  ),
];

/** VR UN: plain bytes, and a sequence that only implicit decoding reveals (PS3.5 §6.2.2). */
export const unknownElements: Plant = ({ patient, study }) => [
  rawElement(0x20010010, 'LO', 'Philips Imaging DD 001'),
  rawElement(0x20011091, 'UN', evenText(`OP ${patient.latinFamilyName}`), remove('name', patient.latinFamilyName)),
  rawElement(0x2001105f, 'UN', [
    [
      element('PatientID', patient.patientId, remove('id')),
      element('AccessionNumber', study.accession, remove('accession')),
    ],
  ]),
];

/** A vendor's binary header that repeats the demographics between its numbers. */
export const binaryHeader: Plant = ({ patient, study }, random) => {
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.integer(128, 159)));
  const text = `PatientName=${patient.latinFamilyName}\0BirthDay=${patient.birthDate}\0Study=${study.studyInstanceUid}\0`;
  const bytes = Buffer.concat([Buffer.from('SV10', 'ascii'), noise(40), Buffer.from(text, 'ascii'), noise(33)]);
  return [
    rawElement(0x00290011, 'LO', 'SIEMENS CSA HEADER'),
    rawElement(
      0x00291110,
      'OB',
      bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(0)]),
      remove('name', patient.latinFamilyName),
      remove('date', patient.birthDate),
      remove('uid', study.studyInstanceUid),
    ),
  ];
};

/** A note six sequences deep. */
export const deepPrivate: Plant = ({ patient }) => {
  const note = `Befund ${patient.latinFamilyName} ${patient.otherId}`;
  let item: Item = [
    rawElement(0x00430010, 'LO', 'PHANTOM FINDINGS'),
    rawElement(0x00431001, 'LO', note, remove('name', patient.latinFamilyName), remove('id', patient.otherId)),
  ];
  for (let depth = 0; depth < 5; depth += 1) {
    item = [rawElement(0x00430010, 'LO', 'PHANTOM FINDINGS'), rawElement(0x00431002, 'SQ', [item])];
  }
  return [rawElement(0x00430010, 'LO', 'PHANTOM FINDINGS'), rawElement(0x00431002, 'SQ', [item])];
};

/** Text bytes of even length: UN has no padding rule of its own. */
function evenText(text: string): Uint8Array {
  return Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'ascii');
}
