/** Why an instance of a STOW-RS request was not stored: Failure Reason (0008,1197), PS3.18 table I.2-1 and PS3.4 table B.2-1. */

export interface Failure {
  readonly reason: number;
  /** What happened and what to do, for the Warning header field; without identifiers. */
  readonly sentence: string;
  /** The same object can be sent again later, nothing about it is wrong. */
  readonly transient: boolean;
}

export const FAILURES = {
  outOfResources: {
    reason: 0xa700,
    sentence: 'The disk of the node is nearly full. Send the object again later.',
    transient: true,
  },
  notWritten: {
    reason: 0x0110,
    sentence: 'The object could not be stored. Send it again later.',
    transient: true,
  },
  otherStudy: {
    reason: 0xa900,
    sentence: 'The object belongs to another study than the address names. Send it to the address of its own study.',
    transient: false,
  },
  notDicom: {
    reason: 0xc000,
    sentence: 'A part is not a DICOM object that can be read. Check what the sender exports.',
    transient: false,
  },
  otherMediaType: {
    reason: 0xc001,
    sentence: 'A part is not of the media type application/dicom. Send DICOM files (PS3.10).',
    transient: false,
  },
  withoutUids: {
    reason: 0xc002,
    sentence: 'The SOP Class or Instance UID of an object is missing or malformed. Correct the object.',
    transient: false,
  },
  incomplete: {
    reason: 0xc003,
    sentence: 'The request broke off or is malformed behind the objects that are listed. Send the others again.',
    transient: false,
  },
  tooLarge: {
    reason: 0xc004,
    sentence: 'The request is larger than the setting http.uploadMegabytes allows. Send the others in another request.',
    transient: false,
  },
  classNotSupported: {
    reason: 0x0122,
    sentence: 'The SOP class of an object is not one for storage. It is not taken here.',
    transient: false,
  },
} as const satisfies Record<string, Failure>;
