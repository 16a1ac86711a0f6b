/** Takes one file in through the reception, or records why it was not taken. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Spool } from '../../store/spool.ts';
import { admissionErrorOf } from '../admission-error.ts';
import { BLOCK_BYTES } from '../block-pool.ts';
import type { Reception } from '../reception.ts';
import type { StoreSink } from '../store-sink.ts';
import type { FileIdentity } from './file-identity.ts';
import type { ReferencedFile } from './media-directory.ts';
import type { ArchiveRefusal } from './zip-archive.ts';

/** Remembers, for the search of its de-identified copy, under which name an object came; the vault's `SourceNames` is one. */
export interface SourceNameKeeper {
  remember(objectId: string, path: string): void;
  forget(objectIds: readonly string[]): void;
}

export type FileOutcome = 'stored' | 'resend' | 'conflict' | 'refused';

/** Reading the source failed; failures of the data folder are AdmissionErrors. */
class SourceError extends Error {}

const REFUSALS = {
  'not-dicom': 'The file is not a DICOM object.',
  dicomdir: 'A DICOMDIR lists the objects of a medium; the objects themselves were read from their own files.',
  'dicomdir-damaged': 'A DICOMDIR could not be followed. The files of its folder were imported without it.',
  'dicomdir-file-missing':
    'A file that a DICOMDIR lists is not on the medium. Copy the whole medium and import it again.',
  'file-not-readable': 'The file could not be read. Check its permissions and its disk.',
  'zip-damaged': 'The ZIP archive is damaged; what could be read of it was imported. Pack it again.',
  'zip-beyond-limits': 'The ZIP archive unpacks to far more than it may. Import its files as a folder.',
  'zip-entry-damaged': 'The file in a ZIP archive is damaged. Pack the archive again.',
  'zip-entry-encrypted': 'The file in a ZIP archive is encrypted. Pack the archive without a password.',
  'zip-entry-unsupported': 'The file in a ZIP archive is packed in an uncommon way. Pack it with the method Deflate.',
} as const;

type Refusal = keyof typeof REFUSALS;

export class FileAdmission {
  readonly #reception: Reception;
  readonly #spool: Spool;

  readonly #names: SourceNameKeeper | undefined;

  constructor(reception: Reception, spool: Spool, names?: SourceNameKeeper) {
    this.#reception = reception;
    this.#spool = spool;
    this.#names = names;
  }

  /**
   * Copies the file byte for byte into the spool and admits it, or records its refusal.
   * @param identity undefined when the file could not be read
   * @param name the path of the file as it was imported, for the vault
   * @throws AdmissionError when the data folder cannot take it
   */
  async takeIn(path: string, identity: FileIdentity | undefined, name?: string): Promise<FileOutcome> {
    try {
      if (identity === undefined) return this.#refuseUnreadable(path);
      if (identity.kind === 'not-dicom' || identity.kind === 'dicomdir') return await this.#refuse(path, identity.kind);
      return await this.#keep(path, identity, name);
    } catch (error) {
      if (error instanceof SourceError) return this.#refuseUnreadable(path);
      throw error;
    }
  }

  /** Records that an archive was not read, or not to its end. @throws AdmissionError */
  async refuseArchive(path: string, cause: ArchiveRefusal): Promise<FileOutcome> {
    return await this.#refuseFile(path, cause);
  }

  /**
   * Records that a DICOMDIR came; it is not kept.
   * @param objection why its records cannot be followed, as a sentence
   * @throws AdmissionError
   */
  async refuseDirectory(path: string, objection: string | undefined): Promise<FileOutcome> {
    return await this.#refuseFile(path, objection === undefined ? 'dicomdir' : 'dicomdir-damaged', objection);
  }

  /** Records that a file is missing which a DICOMDIR lists, unless its object is here already. @throws AdmissionError */
  refuseMissing({ key, record, sopInstanceUid }: ReferencedFile): void {
    if (sopInstanceUid !== undefined && this.#reception.holds(sopInstanceUid)) return;
    const place = createHash('sha256').update(`listed|${key}`).digest('hex');
    const cause = 'dicomdir-file-missing';
    this.#recordRefusal(cause, place, 0, { sopInstanceUid, detail: `${REFUSALS[cause]} (${record})` });
  }

  /** Records an entry of an archive that cannot be unpacked. @throws AdmissionError */
  refuseEntry(fingerprint: string, cause: ArchiveRefusal): FileOutcome {
    return this.#recordRefusal(cause, fingerprint, 0);
  }

  async #keep(
    path: string,
    identity: FileIdentity & { kind: 'object' | 'damaged' },
    name: string | undefined,
  ): Promise<FileOutcome> {
    const known = identity.kind === 'object' ? identity : undefined;
    // Objects are the same when their data sets are; of a damaged file only the whole can be compared.
    const dataSetOffset = known && known.dataSetOffset <= BLOCK_BYTES ? known.dataSetOffset : 0;
    let sink: StoreSink | undefined;
    try {
      const chunks = chunksOf(path);
      const { head, rest } = await splitHead(chunks, dataSetOffset);
      sink = this.#reception.begin(head);
      for (const chunk of rest) await sink.append(chunk);
      for await (const chunk of chunks) await sink.append(chunk);
      const finished = await sink.finish();
      // First the name: the object may be in work as soon as it is admitted.
      if (name !== undefined) this.#names?.remember(finished.objectId, name);
      const admission = await this.#reception.admit({
        ...finished,
        source: 'import',
        sopInstanceUid: known?.sopInstanceUid,
        sopClassUid: known?.sopClassUid,
        transferSyntaxUid: known?.transferSyntaxUid,
      });
      if (admission === 'resend') this.#names?.forget([finished.objectId]);
      return admission;
    } catch (error) {
      if (sink !== undefined) this.#names?.forget([sink.objectId]);
      await sink?.abandon().catch(() => {});
      throw error instanceof SourceError ? error : admissionErrorOf(error);
    }
  }

  async #refuseFile(path: string, cause: Refusal, detail?: string): Promise<FileOutcome> {
    try {
      return await this.#refuse(path, cause, detail);
    } catch (error) {
      if (error instanceof SourceError) return this.#refuseUnreadable(path);
      throw error;
    }
  }

  async #refuse(path: string, cause: Refusal, detail?: string): Promise<FileOutcome> {
    const digest = createHash('sha256');
    let bytes = 0;
    for await (const chunk of chunksOf(path)) {
      digest.update(chunk);
      bytes += chunk.length;
    }
    return this.#recordRefusal(cause, digest.digest('hex'), bytes, { detail });
  }

  /** Its bytes are unknown, so its place stands for it; the reception keeps a keyed fingerprint only. */
  #refuseUnreadable(path: string): FileOutcome {
    return this.#recordRefusal('file-not-readable', createHash('sha256').update(`place|${path}`).digest('hex'), 0);
  }

  #recordRefusal(
    cause: Refusal,
    contentHash: string,
    bytes: number,
    {
      detail = REFUSALS[cause],
      sopInstanceUid,
    }: { detail?: string | undefined; sopInstanceUid?: string | undefined } = {},
  ): FileOutcome {
    const { objectId } = this.#spool.newObject();
    this.#reception.refuse({ objectId, source: 'import', sopInstanceUid, contentHash, bytes }, cause, detail);
    return 'refused';
  }
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const chunks = createReadStream(path, { highWaterMark: BLOCK_BYTES })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw new SourceError('The file could not be read.', { cause: error });
      });
      if (next.done) return;
      yield next.value as Buffer;
    }
  } finally {
    await chunks.return?.();
  }
}

/** The first `length` bytes, and what came with them. */
async function splitHead(chunks: AsyncGenerator<Buffer>, length: number): Promise<{ head: Buffer; rest: Buffer[] }> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) {
    const next = await chunks.next();
    if (next.done) break;
    bytes = Buffer.concat([bytes, next.value]);
  }
  return { head: bytes.subarray(0, length), rest: [bytes.subarray(length)] };
}
