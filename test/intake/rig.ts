/** The intake room on a real data folder, with a receiver on a free port. */
import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { AuditEvent } from '../../node-agent/audit/audit-log.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { CommitmentDesk } from '../../node-agent/intake/commitment/commitment-desk.ts';
import { CommitmentQueue } from '../../node-agent/intake/commitment/commitment-queue.ts';
import { HeldInstances } from '../../node-agent/intake/commitment/held-instances.ts';
import { COMMITMENT_MIGRATIONS } from '../../node-agent/intake/commitment/schema.ts';
import { DiskReserve } from '../../node-agent/intake/disk-reserve.ts';
import { Knocks } from '../../node-agent/intake/peers/knocks.ts';
import type { PeerSource } from '../../node-agent/intake/peers/peer.ts';
import { PeerRegister } from '../../node-agent/intake/peers/peer-register.ts';
import { ReceiverPause } from '../../node-agent/intake/peers/receiver-pause.ts';
import { PEER_MIGRATIONS } from '../../node-agent/intake/peers/schema.ts';
import { DicomReceiver } from '../../node-agent/intake/receiver/receiver.ts';
import type { ReceiverLimits } from '../../node-agent/intake/receiver/receiver-limits.ts';
import type { TlsSettings } from '../../node-agent/intake/receiver/tls-door.ts';
import { Reception } from '../../node-agent/intake/reception.ts';
import { RETRIEVE_MIGRATIONS } from '../../node-agent/intake/retrieve/schema.ts';
import { AssociationRecord, type AssociationRow } from '../../node-agent/store/association-record.ts';
import { createDataFolder, type DataFolder } from '../../node-agent/store/data-folder.ts';
import { openDatabase, type SqliteDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';
import { ObjectLedger } from '../../node-agent/store/object-ledger.ts';
import { Spool } from '../../node-agent/store/spool.ts';
import { Pseudonymiser } from '../../node-agent/vault/pseudonymiser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface Rig {
  readonly folder: DataFolder;
  readonly ledger: ObjectLedger;
  readonly spool: Spool;
  readonly associations: AssociationRecord;
  readonly reception: Reception;
  readonly reserve: DiskReserve;
  readonly associationReserve: DiskReserve;
  readonly register: PeerRegister;
  readonly peers: readonly PeerSource[];
  readonly knocks: Knocks;
  readonly pause: ReceiverPause;
  readonly audited: AuditEvent[];
  readonly vault: SqliteDatabase;
  readonly commitmentQueue: CommitmentQueue;
  readonly commitments: CommitmentDesk;
  readonly receiver: DicomReceiver;
  /** Everything that was logged, as text. */
  readonly log: string[];
  readonly logger: Record<'info' | 'warn' | 'error', (message: string, fields?: Record<string, unknown>) => void>;
  port: number;
  tlsPort: number | undefined;
  /** Stops everything and lets go of the data folder; safe to repeat. */
  close(): Promise<void>;
  /** Free bytes the node believes in. */
  free: number;
}

const SECRET = Buffer.alloc(32, 7);
/** Every table that tests of this room put into vault.db. */
export const RIG_VAULT_MIGRATIONS = [...RETRIEVE_MIGRATIONS, ...COMMITMENT_MIGRATIONS];

export interface RigOptions {
  readonly limits?: Partial<ReceiverLimits>;
  readonly reserveBytes?: number;
  readonly associationReserveBytes?: number;
  readonly tls?: TlsSettings;
  readonly host?: string;
  readonly otherPeers?: readonly PeerSource[];
  readonly listen?: boolean;
  /** Where the data folder is; a new temporary folder unless given. */
  readonly root?: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  readonly pace?: (peerId: string) => Promise<void>;
}

export async function intakeRig(options: RigOptions = {}): Promise<Rig> {
  const folder = createDataFolder(options.root ?? temporaryFolder());
  const database = openDatabase(folder.indexDatabase, [...LEDGER_MIGRATIONS, ...PEER_MIGRATIONS]);
  const ledger = new ObjectLedger(database);
  const spool = new Spool(folder);
  const associations = new AssociationRecord(database);
  const pseudonymiser = new Pseudonymiser(SECRET);
  const reception = new Reception({ spool, ledger, pseudonymiser });
  const vault = openDatabase(folder.vaultDatabase, RIG_VAULT_MIGRATIONS);
  const log: string[] = [];
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  const logger = { info: write('info'), warn: write('warn'), error: write('error') };
  const commitmentQueue = new CommitmentQueue(vault, SECRET, pseudonymiser);
  // The rig has no pipeline, so nothing is ever indexed.
  const held = new HeldInstances({ ledger, spool, pseudonymiser, indexedFileIsThere: () => false });
  const commitments = new CommitmentDesk({ queue: commitmentQueue, held, logger });
  const reserve = new DiskReserve(() => rig.free, options.reserveBytes ?? 1);
  const associationReserve =
    options.associationReserveBytes === undefined
      ? reserve
      : new DiskReserve(() => rig.free, options.associationReserveBytes);
  const audited: AuditEvent[] = [];
  const audit = { record: (event: AuditEvent) => void audited.push(event) } as never;
  const register = new PeerRegister(database, audit);
  const knocks = new Knocks(database);
  const pause = new ReceiverPause(database, audit);
  const peers = [register, ...(options.otherPeers ?? [])];
  const receiver = new DicomReceiver({
    host: options.host ?? '127.0.0.1',
    port: 0,
    aeTitle: 'GATEHOUSE',
    reception,
    commitments,
    associations,
    logger,
    reserve,
    associationReserve,
    peers,
    knocks,
    pause,
    tls: options.tls,
    ...(options.now ? { now: options.now } : {}),
    ...(options.pace ? { pace: options.pace } : {}),
    limits: { graceMilliseconds: 2_000, ...options.limits },
  });
  const rig: Rig = {
    folder,
    ledger,
    spool,
    associations,
    reception,
    reserve,
    associationReserve,
    register,
    peers,
    knocks,
    pause,
    audited,
    vault,
    commitmentQueue,
    commitments,
    receiver,
    log,
    logger,
    port: 0,
    tlsPort: undefined,
    free: Number.MAX_SAFE_INTEGER,
    close: async () => {
      await receiver.stop();
      spool.close();
      ledger.close();
      database.close();
      vault.close();
    },
  };
  if (options.listen !== false) {
    const { port, tlsPort } = await receiver.start();
    rig.port = port;
    rig.tlsPort = tlsPort;
  }
  onTestFinished(() => rig.close());
  return rig;
}

/** The newest association once it has ended. */
export async function endedAssociation(rig: Rig): Promise<AssociationRow> {
  return await until(() => {
    const [newest] = rig.associations.newest(1);
    return newest?.endedAt ? newest : undefined;
  });
}

/** Waits until a condition holds. */
export async function until<T>(condition: () => T | undefined | false, milliseconds = 10_000): Promise<T> {
  const ends = performance.now() + milliseconds;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > ends) throw new Error('The condition did not come true in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The bytes of the data set in a DICOM file. */
export async function dataSetBytes(path: string): Promise<Buffer> {
  const object = await readPart10(path, { tolerant: true, stopBefore: 0x00080019 });
  await object.close();
  return readFileSync(path).subarray(object.dataSetOffset);
}

/** Everything the database holds on disk, its write-ahead log included. */
export function databaseText({ folder }: Rig): string {
  return readFileSync(folder.indexDatabase, 'latin1') + readFileSync(`${folder.indexDatabase}-wal`, 'latin1');
}

/** Objects in the spool, without the files made ready for those that may come next. */
export function keptFiles({ spool }: Rig): string[] {
  return spool.list().filter((objectId) => (spool.sizeOf(objectId) ?? 0) > 0);
}
