/** One instance of a STOW-RS request: from its bytes through the reception to its result (PS3.18 §10.5). */
import { randomUUID } from 'node:crypto';
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { fileMetaOf } from '../../dicom/file-meta-head.ts';
import type { Spool } from '../../store/spool.ts';
import { admissionErrorOf } from '../admission-error.ts';
import { BLOCK_BYTES } from '../block-pool.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import { identifyFile } from '../import/file-identity.ts';
import { isStorageClass } from '../receiver/association-policy.ts';
import { isUsableUid } from '../receiver/command-set.ts';
import type { IncomingObject, ReceivedObject, Reception } from '../reception.ts';
import type { FinishedFile, StoreSink } from '../store-sink.ts';
import { FAILURES, type Failure } from './failure.ts';

export interface InstanceUids {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

export interface InstanceResult {
  /** Undefined where the object could not be read so far. */
  readonly uids: InstanceUids | undefined;
  /** Undefined when the object is durable. */
  readonly failure: Failure | undefined;
  /** Bytes kept; 0 on failure. */
  readonly bytes: number;
}

export interface InstanceStoreParts {
  readonly reception: Reception;
  readonly spool: Spool;
  readonly reserve: DiskReserve;
  /** A folder of the identified zone for inflated copies. */
  readonly temporaryFolder: string;
}

const MEDIA_STORAGE_SOP_CLASS_UID = tagOf('MediaStorageSOPClassUID');
const MEDIA_STORAGE_SOP_INSTANCE_UID = tagOf('MediaStorageSOPInstanceUID');

export class InstanceStore {
  readonly #parts: InstanceStoreParts;
  readonly #associationId: string;
  readonly #studyUid: string | undefined;

  /** @param studyUid the only study whose objects are taken, where the request names one */
  constructor(parts: InstanceStoreParts, associationId: string, studyUid: string | undefined) {
    this.#parts = parts;
    this.#associationId = associationId;
    this.#studyUid = studyUid;
  }

  /**
   * Reads the body to its end, or to its error.
   * @returns resolves when the next body may be read; the result inside comes when the object is durable, and never rejects
   * @throws whatever the body throws; nothing is left of the object then
   */
  async take(body: AsyncIterable<Buffer>): Promise<{ readonly result: Promise<InstanceResult> }> {
    const chunks = body[Symbol.asyncIterator]();
    const { head, rest, meta } = await beginningOf(chunks);
    if (head === undefined) return this.#pass(chunks, failed(FAILURES.notDicom));
    if (this.#parts.reserve.nearlyFull) return this.#pass(chunks, this.#outOfSpace(meta));
    const sink = this.#parts.reception.begin(head);
    try {
      await sink.append(rest);
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
        if (this.#parts.reserve.nearlyFull) {
          await sink.abandon();
          return await this.#pass(chunks, this.#outOfSpace(meta));
        }
        await sink.append(next.value);
      }
    } catch (error) {
      await sink.abandon().catch(() => {});
      throw error;
    }
    return this.#keep(sink, meta);
  }

  async #keep(sink: StoreSink, meta: DataSet | undefined): Promise<{ readonly result: Promise<InstanceResult> }> {
    let file: FinishedFile | undefined;
    try {
      file = await sink.finish();
      const object = await this.#judge(file);
      if ('failure' in object) {
        await this.#parts.reception.discard(file);
        return { result: Promise.resolve(object) };
      }
      return { result: this.#admit(object, meta) };
    } catch (error) {
      if (file) await this.#parts.reception.discard(file).catch(() => {});
      else await sink.abandon().catch(() => {});
      return { result: Promise.resolve(this.#notKept(error, meta)) };
    }
  }

  /** What the file is, read from the disk: the elements that say so may lie anywhere in its beginning. */
  async #judge(file: FinishedFile): Promise<ReceivedObject | InstanceResult> {
    const { spool, temporaryFolder } = this.#parts;
    const withStudy = this.#studyUid !== undefined;
    const identity = await identifyFile(spool.pathOf(file.objectId), temporaryFolder, withStudy);
    if (identity.kind === 'dicomdir') return failed(FAILURES.classNotSupported);
    if (identity.kind !== 'object') return failed(FAILURES.notDicom);
    const { sopClassUid, sopInstanceUid, transferSyntaxUid, studyInstanceUid } = identity;
    if (!isUsableUid(sopClassUid) || !isUsableUid(sopInstanceUid)) return failed(FAILURES.withoutUids);
    const uids = { sopClassUid, sopInstanceUid };
    if (!isStorageClass(sopClassUid)) return failed(FAILURES.classNotSupported, uids);
    if (withStudy && studyInstanceUid !== this.#studyUid) return failed(FAILURES.otherStudy, uids);
    return { ...file, ...this.#known({ ...uids, transferSyntaxUid }) };
  }

  async #admit(object: ReceivedObject, meta: DataSet | undefined): Promise<InstanceResult> {
    const { sopClassUid = '', sopInstanceUid = '', bytes } = object;
    const uids = { sopClassUid, sopInstanceUid };
    try {
      await this.#parts.reception.admit(object);
      return { uids, failure: undefined, bytes };
    } catch (error) {
      return { ...this.#notKept(error, meta), uids };
    }
  }

  /** Nothing of the object is kept: the rest of it is read, because HTTP has no other way to the next one. */
  async #pass(chunks: AsyncIterator<Buffer>, result: InstanceResult): Promise<{ result: Promise<InstanceResult> }> {
    while (!(await chunks.next()).done);
    return { result: Promise.resolve(result) };
  }

  #notKept(error: unknown, meta: DataSet | undefined): InstanceResult {
    return admissionErrorOf(error).outOfSpace ? this.#outOfSpace(meta) : failed(FAILURES.notWritten, uidsOf(meta));
  }

  #outOfSpace(meta: DataSet | undefined): InstanceResult {
    const uids = uidsOf(meta);
    const known = this.#known(uids ?? { sopInstanceUid: undefined });
    const object = { ...known, objectId: randomUUID(), contentHash: '', bytes: 0 };
    try {
      this.#parts.reception.refuse(object, 'out-of-space', FAILURES.outOfResources.sentence);
    } catch {
      // The ledger has no room either: the sender is told, and the association record counts the failure.
    }
    return failed(FAILURES.outOfResources, uids);
  }

  #known<Known extends Pick<IncomingObject, 'sopInstanceUid'>>(known: Known) {
    return { ...known, source: 'import' as const, associationId: this.#associationId };
  }
}

function failed(failure: Failure, uids?: InstanceUids): InstanceResult {
  return { uids, failure, bytes: 0 };
}

/** What File Meta Information says, for an object whose data set is not read. */
function uidsOf(meta: DataSet | undefined): InstanceUids | undefined {
  const sopClassUid = meta?.string(MEDIA_STORAGE_SOP_CLASS_UID);
  const sopInstanceUid = meta?.string(MEDIA_STORAGE_SOP_INSTANCE_UID);
  return isUsableUid(sopClassUid) && isUsableUid(sopInstanceUid) ? { sopClassUid, sopInstanceUid } : undefined;
}

interface Beginning {
  /** What stands before the data set, empty where it cannot be told apart; undefined where this is no DICOM file. */
  readonly head: Buffer | undefined;
  readonly rest: Buffer;
  readonly meta: DataSet | undefined;
}

/** Reads until the File Meta Information is there: the data set is digested alone, as by the other ways in. */
async function beginningOf(chunks: AsyncIterator<Buffer>): Promise<Beginning> {
  const pieces: Buffer[] = [];
  let length = 0;
  let tried = 0;
  for (;;) {
    const next = length < BLOCK_BYTES ? await chunks.next() : { done: true as const, value: undefined };
    if (!next.done) {
      pieces.push(next.value);
      length += next.value.length;
      // Doubling keeps the work small when the bytes come one by one.
      if (length < 2 * tried || length < SHORTEST_TRY) continue;
    }
    tried = length;
    const bytes = Buffer.concat(pieces);
    const found = await fileMetaOf(new Uint8Array(bytes));
    const ends = next.done === true;
    if (found && (ends || found.dataSetOffset < length)) {
      const offset = found.dataSetOffset <= BLOCK_BYTES ? found.dataSetOffset : 0;
      return { head: bytes.subarray(0, offset), rest: bytes.subarray(offset), meta: found.meta };
    }
    if (ends) return { head: undefined, rest: bytes, meta: undefined };
  }
}

const SHORTEST_TRY = 2048;
