/** The head of a DICOM file as a sender needs it: what it is, and where its data set begins (PS3.10 §7.1). */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What the file meta information says (PS3.10 §7.1). */
export interface StoredFile {
  readonly path: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Where the data set begins. */
  readonly offset: number;
}

const META_PROBE_BYTES = 4096;
/** PS3.5 §9.1: digits and dots, 64 characters at most. */
const VALID_UID = /^[0-9.]{1,64}$/u;

/** The file's identity from its meta information, or the reason why it cannot be sent. */
export function readStoredFile(path: string): StoredFile | string {
  const descriptor = openSync(path, 'r');
  try {
    let head = readHead(descriptor, META_PROBE_BYTES);
    if (head.length < 144 || head.toString('ascii', 128, 132) !== 'DICM') {
      return 'Not sent: the file has no DICOM preamble, so its class and syntax are unknown.';
    }
    if (head.readUInt32LE(132) !== 0x00000002) return 'Not sent: the file meta information has no group length.';
    const offset = 144 + head.readUInt32LE(140);
    const size = fstatSync(descriptor).size;
    if (offset >= size) return 'Not sent: the file ends before its data set.';
    if (offset > head.length) head = readHead(descriptor, offset);
    const meta = metaUids(head.subarray(144, offset));
    const [sopClassUid, sopInstanceUid, transferSyntaxUid] = [meta.get(0x0002), meta.get(0x0003), meta.get(0x0010)];
    if (!sopClassUid || !sopInstanceUid || !transferSyntaxUid) {
      return 'Not sent: the file meta information lacks the SOP class, instance or transfer syntax.';
    }
    if (![sopClassUid, sopInstanceUid, transferSyntaxUid].every((uid) => VALID_UID.test(uid))) {
      return 'Not sent: the file meta information has a UID that no command can carry.';
    }
    return { path, sopClassUid, sopInstanceUid, transferSyntaxUid, offset };
  } finally {
    closeSync(descriptor);
  }
}

function readHead(descriptor: number, length: number): Buffer {
  const head = Buffer.alloc(length);
  return head.subarray(0, readSync(descriptor, head, 0, length, 0));
}

/** UI elements of group 0002 by element number; always explicit little endian (PS3.10 §7.1). */
function metaUids(meta: Buffer): Map<number, string> {
  const uids = new Map<number, string>();
  let at = 0;
  while (at + 8 <= meta.length) {
    const vr = meta.toString('ascii', at + 4, at + 6);
    const long = ['OB', 'OW', 'UN', 'SQ', 'UT', 'OF'].includes(vr);
    if (long && at + 12 > meta.length) break;
    const length = long ? meta.readUInt32LE(at + 8) : meta.readUInt16LE(at + 6);
    const start = at + (long ? 12 : 8);
    if (vr === 'UI')
      uids.set(meta.readUInt16LE(at + 2), meta.toString('ascii', start, start + length).replace(/[\0 ]+$/u, ''));
    at = start + length;
  }
  return uids;
}
