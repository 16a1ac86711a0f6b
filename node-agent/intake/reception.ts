/**
 * The one way in: whatever brings an object, it is admitted here. An arrival is answered only when
 * its file, its name and its ledger row survive a power cut. Arrivals that come together share a commit, and the
 * log is flushed while the next ones come in, so durability costs little under load.
 */
import { transferSyntax, uidName } from '../dicom/uids.ts';
import type { Admission, Arrival, ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import type { Pseudonymiser } from '../vault/pseudonymiser.ts';
import { type AdmissionError, admissionErrorOf } from './admission-error.ts';
import { BlockPool } from './block-pool.ts';
import { DirectFile } from './direct-file.ts';
import { PreparedFiles } from './prepared-files.ts';
import { type FinishedFile, type SinkParts, StoreSink } from './store-sink.ts';

/**
 * What is known of an object when it arrives; identifiers leave this room only as fingerprints. A SOP
 * class or transfer syntax that PS3.6 does not list is not recorded: the root of a private UID names
 * its owner, and what stands in its place in a file may be any text.
 */
export interface IncomingObject {
  readonly objectId: string;
  readonly source: 'dimse' | 'import';
  readonly associationId?: string | undefined;
  /** Undefined when the object could not be read. */
  readonly sopInstanceUid: string | undefined;
  readonly sopClassUid?: string | undefined;
  readonly transferSyntaxUid?: string | undefined;
  /** Digest of the data set's bytes, of the whole file when it could not be read. */
  readonly contentHash: string;
  /** Size of the file. */
  readonly bytes: number;
}

/** An object whose file has all its bytes. */
export type ReceivedObject = IncomingObject & Pick<FinishedFile, 'durable'>;

interface Waiting {
  readonly arrival: Arrival;
  readonly durable: Promise<void>;
  resolve(admission: Admission): void;
  reject(error: AdmissionError): void;
}

const NOT_WRITTEN = 'The disk did not take the whole object. Check the disk; the sender sends it again.';

export interface ReceptionParts {
  readonly spool: Spool;
  readonly ledger: ObjectLedger;
  readonly pseudonymiser: Pseudonymiser;
  /** Called after each group that left new objects waiting for the pipeline. */
  readonly onStored?: () => void;
}

export class Reception {
  readonly #spool: Spool;
  readonly #ledger: ObjectLedger;
  readonly #pseudonymiser: Pseudonymiser;
  readonly #onStored: () => void;
  readonly #files: PreparedFiles;
  readonly #sinkParts: SinkParts;
  #queue: Waiting[] = [];
  /** Files whose flush is not over. */
  readonly #onTheWay = new Set<Promise<void>>();

  constructor({ spool, ledger, pseudonymiser, onStored }: ReceptionParts) {
    this.#spool = spool;
    this.#ledger = ledger;
    this.#pseudonymiser = pseudonymiser;
    this.#onStored = onStored ?? (() => {});
    this.#files = new PreparedFiles(spool);
    this.#sinkParts = {
      spool,
      files: this.#files,
      pool: new BlockPool(),
      contentKey: pseudonymiser.derivedKey('content'),
    };
  }

  /** Objects are about to come: files are made ready for them until the function returned is called. */
  expectObjects(): () => Promise<void> {
    this.#files.open();
    return () => this.#files.close();
  }

  /**
   * Begins an object: what is written to the sink goes into a file of the spool, which is whole and flushed once its
   * `finish` resolves, and can be admitted then.
   * @param head what stands in the file before the data set
   */
  begin(head: Buffer): StoreSink {
    return new StoreSink(this.#sinkParts, head);
  }

  /**
   * Takes responsibility for an object whose file is complete; file, name and ledger row are durable when this
   * resolves. A resend's file is removed; a conflict's is kept in quarantine.
   * @throws AdmissionError with the status to answer; the file is gone then, and the ledger does not count it as received
   */
  async admit({ durable, ...object }: ReceivedObject): Promise<Admission> {
    durable.catch(() => {}); // it may fail before the row is written, and is looked at after
    try {
      this.#checkWhole(object);
      return await new Promise<Admission>((resolve, reject) => {
        this.#queue.push({ arrival: this.#arrivalOf(object), durable, resolve, reject });
        this.#commitSoon();
      });
    } catch (error) {
      await this.#discard(object.objectId);
      throw admissionErrorOf(error);
    }
  }

  /** Gives up an object whose file is complete and that is not going to be admitted. */
  async discard({ objectId, durable }: Pick<FinishedFile, 'objectId' | 'durable'>): Promise<void> {
    await durable.catch(() => {}); // the file is open until then
    await this.#discard(objectId);
  }

  /**
   * Records an object that was not kept, so that it is accounted for. The file, if any, is the caller's to remove.
   * @param detail a sentence without identifiers
   * @throws AdmissionError when the ledger cannot be written
   */
  refuse(object: IncomingObject, cause: string, detail: string): 'rejected' | 'resend' {
    try {
      return this.#ledger.reject(this.#arrivalOf(object), cause, detail);
    } catch (error) {
      throw admissionErrorOf(error);
    }
  }

  /** Writes an empty file to the spool and removes it. @throws the operating system's error where that is not possible */
  async tryWriting(): Promise<void> {
    const { objectId, path } = this.#spool.newObject();
    const file = await DirectFile.create(path);
    try {
      await file.flush();
    } finally {
      file.close();
      await this.#spool.remove(objectId);
    }
  }

  /** Whether the ledger has an object of this SOP instance. */
  holds(sopInstanceUid: string): boolean {
    return this.#ledger.holdsInstance(this.instanceKey(sopInstanceUid));
  }

  /** The keyed fingerprint by which the ledger knows an instance. */
  instanceKey(sopInstanceUid: string): string {
    return this.#pseudonymiser.fingerprint('instance', sopInstanceUid);
  }

  /** What comes in one turn of the event loop is committed together; the disk may be busy with earlier groups meanwhile. */
  #commitSoon(): void {
    if (this.#queue.length > 1) return;
    setImmediate(() => void this.#commitGroup(this.#queue.splice(0)));
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    let admissions: Admission[];
    // A resend is answered on the strength of a file that may still be on its way to the disk.
    const earlier = [...this.#onTheWay];
    for (const { durable } of group) this.#watch(durable);
    try {
      admissions = this.#ledger.admit(group.map(({ arrival }) => arrival));
      await this.#ledger.flushed();
    } catch (error) {
      for (const waiting of group) waiting.reject(admissionErrorOf(error));
      return;
    }
    await Promise.all(
      group.map(async (waiting, index) => {
        const admission = admissions[index] ?? 'stored';
        const all = admission === 'resend' ? [...earlier, ...group.map(({ durable }) => durable)] : [waiting.durable];
        await Promise.all(all).then(
          () => this.#settle(waiting, admission),
          (error: unknown) => this.#takeBack(waiting, error),
        );
      }),
    );
    if (admissions.includes('stored')) this.#onStored();
  }

  #watch(durable: Promise<void>): void {
    this.#onTheWay.add(durable);
    const over = () => this.#onTheWay.delete(durable);
    durable.then(over, over);
  }

  /** File and row stand: what follows only tidies, and start-up recovery repeats it when it fails. */
  async #settle({ arrival, resolve }: Waiting, admission: Admission): Promise<void> {
    await this.#tidy(arrival.objectId, admission).catch(() => {});
    resolve(admission);
  }

  /** The disk took the row and not the file: the object was not received, and is taken when it is sent again. */
  async #takeBack({ arrival: { objectId }, reject }: Waiting, error: unknown): Promise<void> {
    try {
      this.#ledger.takeBack(objectId, NOT_WRITTEN);
      await this.#spool.remove(objectId);
    } catch {
      // The disk takes nothing any more; start-up recovery compares rows and files.
    }
    reject(admissionErrorOf(error));
  }

  async #tidy(objectId: string, admission: Admission): Promise<void> {
    if (admission === 'resend') await this.#spool.remove(objectId);
    if (admission === 'conflict') await this.#spool.keepInQuarantine(objectId);
  }

  /** A commit that failed late may still have reached the disk: a file whose row may stand is left to recovery. */
  async #discard(objectId: string): Promise<void> {
    try {
      if (this.#ledger.find(objectId)) return;
    } catch {
      return;
    }
    await this.#spool.remove(objectId).catch(() => {});
  }

  /** The last look before responsibility is taken: a file that is not there whole is not acknowledged. */
  #checkWhole({ objectId, bytes }: IncomingObject): void {
    const size = this.#spool.sizeOf(objectId);
    if (size !== bytes)
      throw new Error(`The file of an object is not whole: ${size ?? 'no'} bytes instead of ${bytes}.`);
  }

  #arrivalOf(object: IncomingObject): Arrival {
    const { sopInstanceUid, sopClassUid, transferSyntaxUid, contentHash, ...rest } = object;
    return {
      ...rest,
      sopClassUid: listed(sopClassUid, (uid) => uidName(uid) !== undefined),
      transferSyntaxUid: listed(transferSyntaxUid, (uid) => transferSyntax(uid) !== undefined),
      instanceKey: this.instanceKey(sopInstanceUid ?? `content:${contentHash}`),
      contentHash: this.#pseudonymiser.fingerprint('content', contentHash),
    };
  }
}

function listed(uid: string | undefined, isListed: (uid: string) => boolean): string | undefined {
  return uid !== undefined && isListed(uid) ? uid : undefined;
}
