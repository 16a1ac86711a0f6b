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
  /** In the ledger, where the object is recorded as not kept. */
  readonly ledgerCause: string;

  constructor(code: string, { cause, sentence, outOfSpace }: Kind) {
    super(sentence(code));
    this.code = code;
    this.ledgerCause = cause;
    this.outOfSpace = outOfSpace;
    this.status = outOfSpace
      ? { code: 0xa700, comment: 'Out of resources: no room to store. Send it again later.' }
      : { code: 0x0110, comment: 'The object could not be stored. Send it again later.' };
  }
}

interface Kind {
  readonly cause: string;
  readonly sentence: (code: string) => string;
  readonly outOfSpace: boolean;
}

const FULL: Kind = {
  cause: 'out-of-space',
  sentence: (code) => `The disk of the data folder cannot take more (${code}). Free space or enlarge it.`,
  outOfSpace: true,
};
const READ_ONLY: Kind = {
  cause: 'read-only',
  sentence: (code) =>
    `The disk of the data folder is read-only (${code}). Look for errors of the disk in the log of the operating system, and make it writable again.`,
  outOfSpace: true,
};
const TOO_MANY_OPEN_FILES: Kind = {
  cause: 'too-many-open-files',
  sentence: (code) => `The node may not open more files (${code}). Raise the limit of open files of its service.`,
  outOfSpace: true,
};
const NOT_WRITABLE: Kind = {
  cause: 'not-writable',
  sentence: (code) => `The data folder cannot be written (${code}). Check its disk and its permissions.`,
  outOfSpace: false,
};
const KINDS: Readonly<Record<string, Kind>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  SQLITE_FULL: FULL,
  EROFS: READ_ONLY,
  SQLITE_READONLY: READ_ONLY,
  EMFILE: TOO_MANY_OPEN_FILES,
  ENFILE: TOO_MANY_OPEN_FILES,
};

/** Sorts an error of the file system or the database. Its own message is dropped: it may hold paths. */
export function admissionErrorOf(error: unknown): AdmissionError {
  if (error instanceof AdmissionError) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const name = typeof code === 'string' ? code : 'unknown error';
  return new AdmissionError(name, KINDS[name] ?? NOT_WRITABLE);
}

/** The error of a disk without room, for those who look before they write. */
export function outOfSpaceError(): AdmissionError {
  return new AdmissionError('ENOSPC', FULL);
}
