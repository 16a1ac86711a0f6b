/** The library gathers a PDU of any announced length (up to 4 GiB): lengths are looked at before it sees them. */
const HEADER_BYTES = 6;
/** We announce 16 KiB for P-DATA; an A-ASSOCIATE-AC with 127 contexts stays far below. */
const LARGEST_PDU_BYTES = 1024 * 1024;

/** @returns takes the bytes as they come; false once a PDU is longer than allowed (PS3.8 §9.3.1) */
export function pduLengthGuard(): (bytes: Buffer) => boolean {
  const header = Buffer.alloc(HEADER_BYTES);
  let [filled, remaining] = [0, 0];
  return (bytes) => {
    for (let offset = 0; offset < bytes.length; ) {
      if (remaining > 0) {
        const taken = Math.min(remaining, bytes.length - offset);
        remaining -= taken;
        offset += taken;
        continue;
      }
      const taken = bytes.copy(header, filled, offset, offset + HEADER_BYTES - filled);
      filled += taken;
      offset += taken;
      if (filled < HEADER_BYTES) return true;
      filled = 0;
      remaining = header.readUInt32BE(2);
      if (remaining > LARGEST_PDU_BYTES) return false;
    }
    return true;
  };
}
