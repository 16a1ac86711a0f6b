/**
 * The one way in: whatever brings an object, it is admitted here. An arrival is answered only when
 * its file, its name and its ledger row survive a power cut. Arrivals that come while a commit runs
 * wait together and share the next one, so durability costs little under load.
 */
import { transferSyntax, uidName } from '../dicom/uids.ts';
import { syncFile } from '../store/durable-file.ts';
import type { Admission, Arrival, ObjectLedger } from '../store/object-ledger.ts';
import type { Spool } from '../store/spool.ts';
import type { Pseudonymiser } from '../vault/pseudonymiser.ts';
import { type AdmissionError, admissionErrorOf } from './admission-error.ts';

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
  /** SHA-256 of the data set's bytes in hexadecimal, of the whole file when it could not be read. */
  readonly contentHash: string;
  /** Size of the part file. */
  readonly bytes: number;
}

interface Waiting {
  readonly arrival: Arrival;
  resolve(admission: Admission): void;
  reject(error: AdmissionError): void;
}

const LARGEST_GROUP = 256;

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
  #queue: Waiting[] = [];
  #committing = false;

  constructor({ spool, ledger, pseudonymiser, onStored }: ReceptionParts) {
    this.#spool = spool;
    this.#ledger = ledger;
    this.#pseudonymiser = pseudonymiser;
    this.#onStored = onStored ?? (() => {});
  }

  /**
   * Takes responsibility for an object whose part file is complete and closed; durable when this
   * resolves. A resend's file is removed; a conflict's is kept in quarantine.
   * @throws AdmissionError with the status to answer; the part is gone then and nothing was recorded
   */
  async admit(object: IncomingObject): Promise<Admission> {
    try {
      await syncFile(this.#spool.partPathOf(object.objectId));
      return await new Promise<Admission>((resolve, reject) => {
        this.#queue.push({ arrival: this.#arrivalOf(object), resolve, reject });
        if (!this.#committing) void this.#commitQueue();
      });
    } catch (error) {
      await this.#discard(object.objectId);
      throw admissionErrorOf(error);
    }
  }

  /**
   * Records an object that was not kept, so that it is accounted for. The part, if any, is the caller's to remove.
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

  async #commitQueue(): Promise<void> {
    this.#committing = true;
    try {
      while (this.#queue.length > 0) await this.#commitGroup(this.#queue.splice(0, LARGEST_GROUP));
    } finally {
      this.#committing = false;
    }
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    let admissions: Admission[];
    try {
      await this.#spool.adoptAll(group.map(({ arrival }) => arrival.objectId));
      admissions = this.#ledger.admit(group.map(({ arrival }) => arrival));
    } catch (error) {
      for (const waiting of group) waiting.reject(admissionErrorOf(error));
      return;
    }
    // The rows stand: what follows only tidies, and start-up recovery repeats it when it fails.
    const tidying = group.map(async ({ arrival, resolve }, index) => {
      const admission = admissions[index] ?? 'stored';
      await this.#tidy(arrival.objectId, admission).catch(() => {});
      resolve(admission);
    });
    await Promise.all(tidying);
    if (admissions.includes('stored')) this.#onStored();
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
    await this.#spool.abandon(objectId).catch(() => {});
    await this.#spool.remove(objectId).catch(() => {});
  }

  #arrivalOf(object: IncomingObject): Arrival {
    const { sopInstanceUid, sopClassUid, transferSyntaxUid, contentHash, ...rest } = object;
    return {
      ...rest,
      sopClassUid: listed(sopClassUid, (uid) => uidName(uid) !== undefined),
      transferSyntaxUid: listed(transferSyntaxUid, (uid) => transferSyntax(uid) !== undefined),
      instanceKey: this.#pseudonymiser.fingerprint('instance', sopInstanceUid ?? `content:${contentHash}`),
      contentHash: this.#pseudonymiser.fingerprint('content', contentHash),
    };
  }
}

function listed(uid: string | undefined, isListed: (uid: string) => boolean): string | undefined {
  return uid !== undefined && isListed(uid) ? uid : undefined;
}
