/** What stands before the data set of a received object: preamble, prefix and file meta (PS3.10 §7.1). */
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../dicom/uids.ts';

export interface HeadValues {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** AE title of the sender, for (0002,0016). */
  readonly sourceAeTitle: string;
}

const PREAMBLE_BYTES = 128;

/** The head alone, so that the data set can be streamed behind it byte for byte. */
export function part10Head(values: HeadValues): Buffer {
  const elements = Buffer.concat([
    versionElement(),
    textElement(0x0002, 'UI', values.sopClassUid),
    textElement(0x0003, 'UI', values.sopInstanceUid),
    textElement(0x0010, 'UI', values.transferSyntaxUid),
    textElement(0x0012, 'UI', IMPLEMENTATION_CLASS_UID),
    textElement(0x0013, 'SH', IMPLEMENTATION_VERSION_NAME),
    textElement(0x0016, 'AE', values.sourceAeTitle),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([
    Buffer.alloc(PREAMBLE_BYTES),
    Buffer.from('DICM', 'latin1'),
    shortHeader(0x0000, 'UL', 4),
    length,
    elements,
  ]);
}

/** File Meta Information Version 1; OB has the long form of the header (PS3.5 §7.1.2). */
function versionElement(): Buffer {
  return Buffer.from([0x02, 0x00, 0x01, 0x00, 0x4f, 0x42, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01]);
}

function textElement(element: number, vr: 'UI' | 'SH' | 'AE', text: string): Buffer {
  const padding = vr === 'UI' ? '\0' : ' ';
  const value = Buffer.from(text.length % 2 === 0 ? text : text + padding, 'latin1');
  return Buffer.concat([shortHeader(element, vr, value.length), value]);
}

function shortHeader(element: number, vr: string, length: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0x0002, 0);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(length, 6);
  return header;
}
