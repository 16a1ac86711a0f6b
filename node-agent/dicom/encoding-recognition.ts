/** Recognises how a data set is encoded from its first elements, for files that do not say it or say it wrongly. */
import type { Encoding } from './data-set.ts';
import { isFollowed, LONG_HEADER, readHeader, SHORT_HEADER, tagAt } from './element-header.ts';
import type { WindowedFile } from './windowed-file.ts';

/** Explicit first: a VR in the stream is the stronger sign. */
const CANDIDATES: readonly Encoding[] = [
  { explicit: true, littleEndian: true },
  { explicit: true, littleEndian: false },
  { explicit: false, littleEndian: true },
];
/** Data sets begin with a low group (identification, patient); in the wrong byte order it looks high. */
const HIGHEST_FIRST_GROUP = 0x0040;

/** The encoding that the first two elements at `offset` fit, or undefined when none does. */
export async function recogniseEncoding(file: WindowedFile, offset: number): Promise<Encoding | undefined> {
  for (const encoding of CANDIDATES) {
    if (await fits(file, offset, encoding)) return encoding;
  }
  return undefined;
}

async function fits(file: WindowedFile, offset: number, encoding: Encoding): Promise<boolean> {
  const remaining = file.size - offset;
  if (remaining < SHORT_HEADER) return false;
  const length = Math.min(remaining, LONG_HEADER);
  if (!file.holds(offset, length)) await file.load(offset, length);
  const group = tagAt(file, offset, encoding.littleEndian) >>> 16;
  if (group === 0 || group > HIGHEST_FIRST_GROUP) return false;
  const header = length < LONG_HEADER && encoding.explicit ? undefined : readHeader(file, offset, file.size, encoding);
  return header !== undefined && isFollowed(file, header, file.size, encoding);
}
