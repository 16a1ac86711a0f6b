/** Counts outcomes for the progress display; the figures of record are the ledger's. */
import type { FileOutcome } from './file-admission.ts';

/** `files = accepted + refused`; resent and conflicts are among the accepted. */
export interface FolderImportProgress {
  readonly files: number;
  readonly accepted: number;
  /** The same bytes were here already. */
  readonly resent: number;
  /** Another object with the same SOP Instance UID is here already; both are kept. */
  readonly conflicts: number;
  /** Not DICOM, a DICOMDIR, or not readable; the ledger has each with its cause. */
  readonly refused: number;
}

export class ImportTally {
  readonly #counts: Record<FileOutcome, number> = { stored: 0, resend: 0, conflict: 0, refused: 0 };

  add(outcome: FileOutcome): void {
    this.#counts[outcome] += 1;
  }

  progress(): FolderImportProgress {
    const { stored, resend, conflict, refused } = this.#counts;
    const accepted = stored + resend + conflict;
    return { files: accepted + refused, accepted, resent: resend, conflicts: conflict, refused };
  }
}
