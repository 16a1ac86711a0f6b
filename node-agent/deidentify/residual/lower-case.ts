/** By byte, the small letter where it is a capital of ASCII or Latin-1, else the byte itself. */
export const LOWER: Uint8Array = new Uint8Array(256).map((_, byte) => {
  const upper = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
  return upper ? byte + 0x20 : byte;
});
