/** Why an object could not be kept, and what its sender is told (PS3.4 table B.2-1, PS3.7 annex C). */
import type { Status } from './receiver/command-set.ts';

/** The message names the cause for the administrator, without identifiers. */
export class AdmissionError extends Error {
  override readonly name = 'AdmissionError';
  readonly status: Status;
  /** The node is out of room; the same object can be sent again later. */
  readonly outOfSpace: boolean;
  /** Code of the operating system or the database. */
  readonly code: string;

  constructor(message: string, code: string, outOfSpace: boolean) {
    super(message);
    this.code = code;
    this.outOfSpace = outOfSpace;
    this.status = outOfSpace
      ? { code: 0xa700, comment: 'Out of resources: no room to store. Send it again later.' }
      : { code: 0x0110, comment: 'The object could not be stored. Send it again later.' };
  }
}

const OUT_OF_RESOURCES = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE', 'SQLITE_FULL', 'SQLITE_READONLY']);

/** Sorts an error of the file system or the database. Its own message is dropped: it may hold paths. */
export function admissionErrorOf(error: unknown): AdmissionError {
  if (error instanceof AdmissionError) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const name = typeof code === 'string' ? code : 'unknown error';
  return OUT_OF_RESOURCES.has(name)
    ? new AdmissionError(
        `The disk of the data folder cannot take more (${name}). Free space or enlarge it.`,
        name,
        true,
      )
    : new AdmissionError(
        `The data folder cannot be written (${name}). Check its disk and its permissions.`,
        name,
        false,
      );
}

/** The error of a disk without room, for those who look before they write. */
export function outOfSpaceError(): AdmissionError {
  return admissionErrorOf({ code: 'ENOSPC' });
}
