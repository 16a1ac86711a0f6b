/** Why a file could not be read; stable words that callers may branch on. */
type ParseFailure = 'not-dicom' | 'truncated' | 'malformed' | 'depth' | 'limit' | 'unknown-transfer-syntax' | 'inflate';

/** A file that cannot be read as DICOM. The message names tags and positions, never values. */
export class DicomParseError extends Error {
  override readonly name = 'DicomParseError';
  readonly reason: ParseFailure;
  /** Byte position in the file (in the inflated data set when deflated). */
  readonly offset: number;

  constructor(reason: ParseFailure, message: string, offset: number) {
    super(message);
    this.reason = reason;
    this.offset = offset;
  }
}
