/** Random access to bytes that need not all be in memory. */
export interface ByteWindow {
  readonly size: number;
  /** Whether these bytes can be read without waiting. */
  holds(offset: number, length: number): boolean;
  /** Brings bytes within reach. The caller has checked that they lie inside. */
  load(offset: number, length: number): Promise<void>;
  uint8(offset: number): number;
  uint16(offset: number, littleEndian: boolean): number;
  uint32(offset: number, littleEndian: boolean): number;
  /** A copy. */
  bytes(offset: number, length: number): Uint8Array;
}
