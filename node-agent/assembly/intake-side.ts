/** The identified half of the agent: receiver, imports and the pipeline. */
import { DiskReserve, freeBytesAt } from '../intake/disk-reserve.ts';
import { importFolder } from '../intake/import/folder-import.ts';
import { WatchedFolder } from '../intake/import/watched-folder.ts';
import type { ClientCertificates } from '../intake/receiver/admission.ts';
import { DicomReceiver } from '../intake/receiver/receiver.ts';
import type { TlsSettings } from '../intake/receiver/tls-door.ts';
import { Reception } from '../intake/reception.ts';
import { Retriever } from '../intake/retrieve/retriever.ts';
import type { Logger } from '../operations/logger.ts';
import { ImportDesk } from '../pipeline/import-desk.ts';
import { objectionToImport } from '../pipeline/import-folder.ts';
import { ObjectStore } from '../pipeline/object-store.ts';
import type { OptOutDesk } from '../pipeline/opt-out-desk.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { QuietTime } from '../pipeline/quiet-time.ts';
import { Settlement } from '../pipeline/settlement.ts';
import { kindsOf } from '../pipeline/shipped-engine.ts';
import { WorkerPool } from '../pipeline/worker-pool.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';
import { buildOptOutDesk, vaultSetUp } from './vault-side.ts';
import { workerLimits } from './worker-limits.ts';

export interface IntakeSide {
  readonly receiver: DicomReceiver;
  readonly imports: ImportDesk;
  /** Undefined where none is set. */
  readonly watchedFolder: WatchedFolder | undefined;
  readonly retriever: Retriever;
  readonly pipeline: Pipeline;
  readonly objects: ObjectStore;
  readonly workers: WorkerPool;
  readonly optOuts: OptOutDesk;
}

export interface IntakeEvents {
  readonly onArrived: () => void;
  readonly onSettled: () => void;
  readonly onImportChanged: () => void;
  readonly onKnocked: () => void;
  readonly onWithdrawn: () => void;
}

const MEGABYTE = 1024 * 1024;

export function buildIntakeSide(
  foundation: Foundation,
  settings: SettingValues,
  logger: Logger,
  events: IntakeEvents,
): IntakeSide {
  const { folder, ledger, spool, associations, pseudonymiser, audit, importRequests } = foundation;
  const objects = new ObjectStore(folder.root);
  const workers = new WorkerPool({
    ...workerLimits(settings),
    setUp: { vault: vaultSetUp(foundation, settings), excludedKinds: kindsOf(settings['deidentify.excludedKinds']) },
  });
  const settlement = new Settlement({ ...foundation, objects });
  const optOuts = buildOptOutDesk(foundation, objects, logger, events.onWithdrawn);
  const quietTime = new QuietTime();
  const pipeline = new Pipeline({
    ledger,
    spool,
    objects,
    settlement,
    workers,
    logger,
    onSettled: events.onSettled,
    mayBegin: () => settings['pipeline.processing'] === 'always' || quietTime.quiet,
  });
  const reception = new Reception({
    ledger,
    spool,
    pseudonymiser,
    onStored: () => {
      quietTime.arrived();
      pipeline.nudge();
      events.onArrived();
    },
  });
  const reserve = new DiskReserve(() => freeBytesAt(folder.root), settings['store.reserveMegabytes'] * MEGABYTE);
  const associationMegabytes = Math.max(
    settings['store.refuseAssociationsMegabytes'],
    settings['store.reserveMegabytes'],
  );
  const associationReserve = new DiskReserve(() => freeBytesAt(folder.root), associationMegabytes * MEGABYTE);
  const receiver = new DicomReceiver({
    host: settings['dicom.host'],
    port: settings['dicom.port'],
    aeTitle: settings['dicom.aeTitle'],
    reception,
    associations,
    peers: [foundation.peers, foundation.archives],
    knocks: foundation.knocks,
    pause: foundation.receiverPause,
    tls: tlsSettings(settings),
    logger,
    limits: {
      openAssociations: settings['dicom.maximumAssociations'],
      idleMilliseconds: settings['dicom.idleTimeoutSeconds'] * 1000,
    },
    reserve,
    associationReserve,
    onKnocked: events.onKnocked,
    onAssociation: events.onArrived,
  });
  const imports = new ImportDesk({
    requests: importRequests,
    importFolder: (source, onProgress, signal) =>
      importFolder(source, { reception, spool, reserve, logger, temporaryFolder: folder.spool, onProgress, signal }),
    onChanged: events.onImportChanged,
    onFault: (reason) =>
      logger.error('Import requests could not be read or written; they are tried again.', { reason }),
    onDone: ({ id, sentence }) => {
      audit.record({ actor: 'node', action: 'import.ended', subject: id, ...(sentence ? { detail: sentence } : {}) });
    },
  });
  const retriever = new Retriever({
    archives: foundation.archives,
    queue: foundation.retrieveQueue,
    reception,
    associations,
    reserve,
    logger,
    aeTitle: settings['dicom.aeTitle'],
  });
  const watched = settings['import.watchFolder'];
  const watchedFolder =
    watched === ''
      ? undefined
      : new WatchedFolder({
          folder: watched,
          everyMilliseconds: settings['import.watchSeconds'] * 1000,
          stableMilliseconds: settings['import.watchStableSeconds'] * 1000,
          keepDone: settings['import.watchDone'] === 'keep',
          objection: () => objectionToImport(watched, folder.root),
          importFile: (path, signal) => {
            const quiet = { info: () => {}, warn: logger.warn.bind(logger) };
            return importFolder(path, {
              reception,
              spool,
              reserve,
              logger: quiet,
              temporaryFolder: folder.spool,
              signal,
            });
          },
          logger,
        });
  return { receiver, imports, watchedFolder, retriever, pipeline, objects, workers, optOuts };
}

function tlsSettings(settings: SettingValues): TlsSettings | undefined {
  const port = settings['dicom.tlsPort'];
  if (port === 'off') return undefined;
  return {
    port: Number(port),
    certificateFile: settings['dicom.tls.certificateFile'],
    keyFile: settings['dicom.tls.keyFile'],
    caFile: settings['dicom.tls.caFile'],
    clientCertificates: settings['dicom.tls.clientCertificates'] as ClientCertificates,
  };
}
