/** Writes DICOMDIRs by hand (PS3.3 annex F), also wrong ones. */
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import { EXPLICIT_LITTLE } from '../receiver/raw-peer.ts';

export interface WrittenRecord {
  readonly type: string;
  /** Components of the Referenced File ID. */
  readonly file?: readonly string[];
  readonly uid?: string;
  readonly lower?: readonly WrittenRecord[];
  readonly inactive?: boolean;
  /** Changes the offsets of the record before it is written. */
  readonly spoil?: (offsets: { next: number; lower: number }, own: number) => { next: number; lower: number };
}

export interface DirectoryOptions {
  /** What the directory says of its first and last root record, when it lies. */
  readonly first?: number;
  readonly last?: number;
}

interface Placed {
  readonly record: WrittenRecord;
  readonly lower: Placed[];
  offset: number;
}

const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
/** Of the elements before the first item: two of UL, one of US, and the header of the sequence. */
const BEFORE_ITEMS = 12 + 12 + 10 + 12;

export function mediaDirectory(records: readonly WrittenRecord[], options: DirectoryOptions = {}): Buffer {
  const head = part10Head({
    sopClassUid: MEDIA_STORAGE_DIRECTORY,
    sopInstanceUid: '1.2.7654321.99',
    transferSyntaxUid: EXPLICIT_LITTLE,
    sourceAeTitle: 'TEST',
  });
  const order: Placed[] = [];
  let at = head.length + BEFORE_ITEMS;
  const place = (list: readonly WrittenRecord[]): Placed[] =>
    list.map((record) => {
      const placed: Placed = { record, lower: [], offset: at };
      order.push(placed);
      at += item(record, { next: 0, lower: 0 }).length;
      placed.lower.push(...place(record.lower ?? []));
      return placed;
    });
  const roots = place(records);
  const items: Buffer[] = [];
  const nextOf = new Map<Placed, number>();
  const chain = (list: Placed[]) => {
    for (const [index, placed] of list.entries()) {
      nextOf.set(placed, list[index + 1]?.offset ?? 0);
      chain(placed.lower);
    }
  };
  chain(roots);
  for (const placed of order) {
    const offsets = { next: nextOf.get(placed) ?? 0, lower: placed.lower[0]?.offset ?? 0 };
    items.push(item(placed.record, placed.record.spoil?.(offsets, placed.offset) ?? offsets));
  }
  const content = Buffer.concat(items);
  const sequence = Buffer.from([0x04, 0x00, 0x20, 0x12, 0x53, 0x51, 0, 0, 0, 0, 0, 0]);
  sequence.writeUInt32LE(content.length, 8);
  return Buffer.concat([
    head,
    long(0x1200, options.first ?? roots[0]?.offset ?? 0),
    long(0x1202, options.last ?? roots.at(-1)?.offset ?? 0),
    short(0x1212, 0),
    sequence,
    content,
  ]);
}

function item(record: WrittenRecord, { next, lower }: { next: number; lower: number }): Buffer {
  const elements = Buffer.concat([
    long(0x1400, next),
    short(0x1410, record.inactive ? 0 : 0xffff),
    long(0x1420, lower),
    text(0x1430, 'CS', record.type),
    ...(record.file ? [text(0x1500, 'CS', record.file.join('\\'))] : []),
    ...(record.uid ? [text(0x1511, 'UI', record.uid)] : []),
  ]);
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(elements.length, 4);
  return Buffer.concat([header, elements]);
}

function long(element: number, value: number): Buffer {
  const bytes = Buffer.from([0x04, 0x00, 0, 0, 0x55, 0x4c, 4, 0, 0, 0, 0, 0]);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(value, 8);
  return bytes;
}

function short(element: number, value: number): Buffer {
  const bytes = Buffer.from([0x04, 0x00, 0, 0, 0x55, 0x53, 2, 0, 0, 0]);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt16LE(value, 8);
  return bytes;
}

function text(element: number, vr: 'CS' | 'UI', value: string): Buffer {
  const padded = value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' ');
  const header = Buffer.from([0x04, 0x00, 0, 0, vr.charCodeAt(0), vr.charCodeAt(1), 0, 0]);
  header.writeUInt16LE(element, 2);
  header.writeUInt16LE(padded.length, 6);
  return Buffer.concat([header, Buffer.from(padded, 'latin1')]);
}
