/** Hand-made DICOM bytes for tests: independent of the writer under test. */
import { Buffer } from 'node:buffer';

const LONG_FORM = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

export type Layout = 'explicit' | 'implicit' | 'big';

/** Header and value of one element; `length` may lie. */
export function element(
  tag: number,
  vr: string,
  value: Uint8Array | string,
  layout: Layout = 'explicit',
  length?: number,
): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  const stated = length ?? bytes.length;
  const u16 = (number: number): Buffer => word(number, 2, layout);
  const u32 = (number: number): Buffer => word(number, 4, layout);
  const head = [u16(tag >>> 16), u16(tag & 0xffff)];
  if (layout === 'implicit') return Buffer.concat([...head, u32(stated), bytes]);
  const form = LONG_FORM.has(vr) ? [Buffer.alloc(2), u32(stated)] : [u16(stated)];
  return Buffer.concat([...head, Buffer.from(vr, 'latin1'), ...form, bytes]);
}

/** Item, item delimitation or sequence delimitation: tag and 32-bit length. */
export function item(content: Uint8Array, layout: Layout = 'explicit', length = content.length): Buffer {
  return Buffer.concat([mark(0xe000, length, layout), content]);
}

export function itemDelimitation(layout: Layout = 'explicit'): Buffer {
  return mark(0xe00d, 0, layout);
}

export function sequenceDelimitation(layout: Layout = 'explicit'): Buffer {
  return mark(0xe0dd, 0, layout);
}

/** Preamble, prefix and File Meta Information with this transfer syntax, then the data set. */
export function part10(transferSyntaxUid: string, ...dataSet: readonly Uint8Array[]): Buffer {
  const uid = transferSyntaxUid.length % 2 === 1 ? `${transferSyntaxUid}\0` : transferSyntaxUid;
  const group = element(0x00020010, 'UI', uid);
  const length = element(0x00020000, 'UL', word(group.length, 4, 'explicit'));
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, group, ...dataSet]);
}

function mark(elementNumber: number, length: number, layout: Layout): Buffer {
  return Buffer.concat([word(0xfffe, 2, layout), word(elementNumber, 2, layout), word(length, 4, layout)]);
}

function word(number: number, size: 2 | 4, layout: Layout): Buffer {
  const bytes = Buffer.alloc(size);
  if (layout === 'big') bytes.writeUIntBE(number, 0, size);
  else bytes.writeUIntLE(number, 0, size);
  return bytes;
}
