/** Why a dataset cannot be materialised; the message says what happened and what to do, and names no patient. */
export type MaterialiseErrorKind =
  /** there is no such dataset or materialisation */
  | 'not-found'
  /** it is not in a state from which this is possible */
  | 'not-now'
  /** somebody asked for it to be given up */
  | 'cancelled'
  /** the folder, layout or recipe does not fit */
  | 'invalid-input'
  /** an object is not what the check of the dataset saw */
  | 'changed-file'
  /** the disk refuses: space, rights, a missing folder */
  | 'disk'
  /** the tree does not read back as it was written */
  | 'read-back';

export class MaterialiseError extends Error {
  override readonly name = 'MaterialiseError';
  readonly kind: MaterialiseErrorKind;

  constructor(kind: MaterialiseErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free space on it, then materialise the dataset again.',
  EDQUOT: 'The disk quota is used up. Raise it or free space, then materialise the dataset again.',
  EROFS: 'The disk is read-only. Have it mounted for writing, then materialise the dataset again.',
  EACCES:
    'The service user may not write there. Give it the right to write in the folder, then materialise the dataset again.',
  EPERM: 'The disk does not permit it. Choose a folder on another disk, then materialise the dataset again.',
  ENOENT: 'The folder or an object of the dataset is gone. Look whether the disk is mounted, then try again.',
  EIO: 'The disk reports an error. Have it checked; nothing was put in place.',
};

/** System error texts carry the path: only the code is told, in a sentence. */
export function sentenceOf(error: unknown): string {
  if (error instanceof MaterialiseError) return error.message;
  const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'unknown');
  return SENTENCES[code] ?? `The work stopped (${code}). Nothing was put in place; start it again.`;
}
