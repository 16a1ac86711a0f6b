/** Zero bytes after the last element, which some writers leave to fill a block. */

import type { ByteWindow } from './byte-window.ts';
import { SHORT_HEADER } from './element-header.ts';

const STEP = 32 * 1024;

/** Eight zero bytes are no element of any file; what is left of fewer than eight can only be padding. */
export function mayBePadding(file: ByteWindow, position: number, remaining: number): boolean {
  if (remaining < SHORT_HEADER) return true;
  return file.uint32(position, true) === 0 && file.uint32(position + 4, true) === 0;
}

/** Whether nothing but zeros follows to the end of the file. */
export async function onlyZerosFrom(file: ByteWindow, start: number): Promise<boolean> {
  for (let position = start; position < file.size; position += STEP) {
    const length = Math.min(STEP, file.size - position);
    if (!file.holds(position, length)) await file.load(position, length);
    if (file.bytes(position, length).some((byte) => byte !== 0)) return false;
  }
  return true;
}
