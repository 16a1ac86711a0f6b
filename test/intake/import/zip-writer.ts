/** Writes ZIP archives (APPNOTE 6.3), also wrong ones. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string;
  readonly content: Buffer;
  readonly stored?: boolean;
  /** General purpose flags; bit 0 says encrypted. */
  readonly flags?: number;
  readonly method?: number;
  readonly checksum?: number;
  /** What the directory says of the size, when it lies. */
  readonly claims?: number;
  /** Sizes and place in the ZIP64 extra field. */
  readonly zip64?: boolean;
}

const MAXIMUM = 0xffffffff;

export function zip(members: readonly ZipMember[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name);
    const packed = member.stored ? member.content : deflateRawSync(member.content);
    const size = member.claims ?? member.content.length;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(45, 0);
    common.writeUInt16LE(member.flags ?? 0, 2);
    common.writeUInt16LE(member.method ?? (member.stored ? 0 : 8), 4);
    common.writeUInt32LE(member.checksum ?? crc32(member.content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed]);
    const extra = Buffer.alloc(member.zip64 ? 28 : 0);
    if (member.zip64) {
      common.writeUInt32LE(MAXIMUM, 14);
      common.writeUInt32LE(MAXIMUM, 18);
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      for (const [index, value] of [size, packed.length, offset].entries())
        extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
    }
    common.writeUInt16LE(extra.length, 24);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(member.zip64 ? MAXIMUM : offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x2d\x00', 'latin1'), common, tail, name, extra);
    files.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, listed, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
