/** Where `deidentify` puts its files: `<patient>/<study>/<series>/<instance>.dcm`; none is ever overwritten. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../store/durable-file.ts';

/** The identifiers of a de-identified object that make its place. */
export interface PlacedObject {
  readonly patientPseudonym: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

export type Placing =
  /** `output` is relative to the folder. */
  | { readonly kind: 'placed' | 'already-there'; readonly output: string }
  | { readonly kind: 'refused'; readonly cause: 'conflict' | 'patient-mismatch' };

const BLOCK = 64 * 1024;
/** What file systems without hard links answer (FAT, exFAT, some network shares). */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

export class OutputFolder {
  readonly #root: string;
  /** The pseudonym each study stands under. */
  readonly #patients: Map<string, string>;
  readonly #working: string;
  #made = 0;
  /** Folders with new names. */
  readonly #changed = new Set<string>();

  /**
   * Makes the folder where it is missing, and learns which studies an earlier run put there.
   * @throws the operating system's error
   */
  constructor(root: string) {
    this.#root = root;
    this.#working = join(root, `.${randomUUID()}.part`);
    mkdirSync(root, { recursive: true });
    const pairs = foldersIn(root).flatMap((patient) =>
      foldersIn(join(root, patient)).map((study) => [study, patient] as const),
    );
    this.#patients = new Map(pairs.reverse());
  }

  /** A name for a file in work, in a folder that is there for this run; `place` and `discard` remove the file. */
  temporaryFile(): string {
    mkdirSync(this.#working, { recursive: true });
    this.#made += 1;
    return join(this.#working, `${this.#made}.dcm`);
  }

  /**
   * Gives a finished file its place; the temporary one is gone afterwards, whatever the outcome.
   * @throws the operating system's error
   */
  place(temporary: string, object: PlacedObject): Placing {
    const { patientPseudonym, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = object;
    const output = join(patientPseudonym, studyInstanceUid, seriesInstanceUid, `${sopInstanceUid}.dcm`);
    const target = join(this.#root, output);
    try {
      if ((this.#patients.get(studyInstanceUid) ?? patientPseudonym) !== patientPseudonym) {
        return { kind: 'refused', cause: 'patient-mismatch' };
      }
      this.#makeFolder(dirname(target));
      this.#patients.set(studyInstanceUid, patientPseudonym);
      if (moveExclusively(temporary, target)) return { kind: 'placed', output };
      if (sameContent(temporary, target)) return { kind: 'already-there', output };
      return { kind: 'refused', cause: 'conflict' };
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /** Most objects go where the one before went. */
  #makeFolder(folder: string): void {
    if (this.#changed.has(folder)) return;
    mkdirSync(folder, { recursive: true });
    for (let at = folder; at.length >= this.#root.length; at = dirname(at)) this.#changed.add(at);
  }

  /** Makes the names of this run durable. @throws the operating system's error */
  async flush(): Promise<void> {
    for (const folder of this.#changed) await syncFolder(folder);
    this.#changed.clear();
  }

  /** Removes a file in work that gets no place, with whatever lies beside it under its name. */
  discard(temporary: string): void {
    const name = basename(temporary);
    for (const entry of readdirSync(this.#working)) {
      if (entry.startsWith(name)) rmSync(join(this.#working, entry), { force: true });
    }
  }

  /** Removes what the run needed for itself. */
  close(): void {
    rmSync(this.#working, { force: true, recursive: true });
  }
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** A rename would replace a file that is there; a link does not. @returns false when something is there */
function moveExclusively(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw error;
  }
  return claimAndRename(from, to);
}

/** Without hard links: the name is claimed by an empty file, which only its maker then replaces. */
function claimAndRename(from: string, to: string): boolean {
  try {
    closeSync(openSync(to, 'wx'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  renameSync(from, to);
  return true;
}

function sameContent(one: string, other: string): boolean {
  const files = [openSync(one, 'r'), openSync(other, 'r')] as const;
  try {
    if (fstatSync(files[0]).size !== fstatSync(files[1]).size) return false;
    const blocks = [Buffer.alloc(BLOCK), Buffer.alloc(BLOCK)] as const;
    for (let position = 0; ; position += BLOCK) {
      const [left, right] = [0, 1].map((side) => {
        const block = blocks[side as 0 | 1];
        return block.subarray(0, readSync(files[side as 0 | 1], block, 0, BLOCK, position));
      }) as [Buffer, Buffer];
      if (!left.equals(right)) return false;
      if (left.length === 0) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}
