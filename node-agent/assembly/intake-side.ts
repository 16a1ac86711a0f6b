/** The identified half of the agent: receiver, imports and the pipeline. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TableWatch } from '../harmonise/tables/table-watch.ts';
import { CommitmentDesk } from '../intake/commitment/commitment-desk.ts';
import { HeldInstances } from '../intake/commitment/held-instances.ts';
import { ReportSender } from '../intake/commitment/report-sender.ts';
import { DiskReserve, freeBytesAt } from '../intake/disk-reserve.ts';
import { importFolder } from '../intake/import/folder-import.ts';
import { WatchedFolder } from '../intake/import/watched-folder.ts';
import type { ClientCertificates } from '../intake/receiver/admission.ts';
import { connectToPeer } from '../intake/receiver/peer-connection.ts';
import { DicomReceiver } from '../intake/receiver/receiver.ts';
import type { TlsSettings } from '../intake/receiver/tls-door.ts';
import { Reception } from '../intake/reception.ts';
import type { OwnCertificateFiles } from '../intake/retrieve/archives.ts';
import { RetrieveDesk } from '../intake/retrieve/retrieve-desk.ts';
import { Retriever } from '../intake/retrieve/retriever.ts';
import { StowService } from '../intake/stow/stow-service.ts';
import type { Logger } from '../operations/logger.ts';
import { ImportDesk } from '../pipeline/import-desk.ts';
import { objectionToImport } from '../pipeline/import-folder.ts';
import { ImportUploads } from '../pipeline/import-uploads.ts';
import { ObjectStore } from '../pipeline/object-store.ts';
import type { OptOutDesk } from '../pipeline/opt-out-desk.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { QuietTime } from '../pipeline/quiet-time.ts';
import { Settlement } from '../pipeline/settlement.ts';
import { chosenProfile, kindsOf, letheSecretFor } from '../pipeline/shipped-engine.ts';
import { SiteVocabulary } from '../pipeline/site-vocabulary.ts';
import { WorkerPool } from '../pipeline/worker-pool.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';
import { buildOptOutDesk, vaultSetUp } from './vault-side.ts';
import { workerLimits } from './worker-limits.ts';

export interface IntakeSide {
  readonly receiver: DicomReceiver;
  readonly imports: ImportDesk;
  /** Archives that come through the console. */
  readonly uploads: ImportUploads;
  readonly stow: StowService;
  /** Undefined where none is set. */
  readonly watchedFolder: WatchedFolder | undefined;
  readonly retriever: Retriever;
  readonly commitmentReports: ReportSender;
  readonly retrieveDesk: RetrieveDesk;
  readonly pipeline: Pipeline;
  readonly objects: ObjectStore;
  readonly workers: WorkerPool;
  readonly optOuts: OptOutDesk;
  readonly siteVocabulary: SiteVocabulary;
}

export interface IntakeEvents {
  readonly onArrived: () => void;
  readonly onSettled: () => void;
  readonly onImportChanged: () => void;
  readonly onKnocked: () => void;
  readonly onRetrieveChanged: () => void;
  readonly onWithdrawn: () => void;
}

const MEGABYTE = 1024 * 1024;
/** To where a peer listens for reports. */
const CONNECT_MILLISECONDS = 10_000;

export function buildIntakeSide(
  foundation: Foundation,
  settings: SettingValues,
  logger: Logger,
  events: IntakeEvents,
): IntakeSide {
  const { folder, ledger, spool, associations, pseudonymiser, audit, importRequests } = foundation;
  const objects = new ObjectStore(folder.root);
  const profile = chosenProfile(settings['deidentify.profile']);
  const setUp = {
    vault: vaultSetUp(foundation, settings),
    profile,
    letheSecret: letheSecretFor(profile, folder.keys, foundation.keyring.first.secret),
    excludedKinds: kindsOf(settings['deidentify.excludedKinds']),
    vocabularies: folder.vocabularies,
  };
  const approvedWords = foundation.siteWords.approved();
  const workers = new WorkerPool({ ...workerLimits(settings), setUp: { ...setUp, approvedWords } });
  const siteVocabulary = new SiteVocabulary({
    siteWords: foundation.siteWords,
    onChanged: (words) => workers.renew({ ...setUp, approvedWords: words }),
    logger,
  });
  const tableWatch = new TableWatch({
    shelf: foundation.tableShelf,
    onChanged: () => workers.renew({ ...setUp, approvedWords: foundation.siteWords.approved() }),
    logger,
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
    mayBegin: () =>
      siteVocabulary.follow() &&
      tableWatch.follow() &&
      (settings['pipeline.processing'] === 'always' || quietTime.quiet),
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
  const { desk: commitments, reports: commitmentReports } = commitmentParts(foundation, settings, logger);
  const { archives, retrieveQueue: queue, retrieveRequests: requests } = foundation;
  const ownCertificate = ownCertificateFiles(settings);
  const onChanged = events.onRetrieveChanged;
  const retriever = new Retriever({
    archives,
    queue,
    reception,
    associations,
    reserve,
    logger,
    aeTitle: settings['dicom.aeTitle'],
    timeZone: siteTimeZone(settings),
    ownCertificate,
    onChanged,
  });
  const retrieveDesk = new RetrieveDesk({ archives, requests, queue, retriever, logger, ownCertificate, onChanged });
  const receiver = new DicomReceiver({
    host: settings['dicom.host'],
    port: settings['dicom.port'],
    aeTitle: settings['dicom.aeTitle'],
    reception,
    commitments,
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
    pace: async (peerId) => {
      const archive = archives.ofPeer(peerId);
      if (archive) await retriever.pace(archive);
    },
  });
  const stow = new StowService({
    reception,
    spool,
    reserve,
    associationReserve,
    associations,
    pause: foundation.receiverPause,
    temporaryFolder: folder.spool,
    logger,
    aeTitle: settings['dicom.aeTitle'],
    mostRequests: settings['dicom.maximumAssociations'],
    mostBytes: settings['http.uploadMegabytes'] * MEGABYTE,
    onRequest: events.onArrived,
  });
  const uploads = new ImportUploads({
    folder: folder.uploads,
    reserve,
    freeBytes: () => freeBytesAt(folder.root),
    reserveBytes: settings['store.reserveMegabytes'] * MEGABYTE,
    mostBytes: settings['http.uploadMegabytes'] * MEGABYTE,
  });
  const imports = new ImportDesk({
    requests: importRequests,
    importFolder: (source, onProgress, signal) =>
      importFolder(source, { reception, spool, reserve, logger, temporaryFolder: folder.spool, onProgress, signal }),
    onChanged: events.onImportChanged,
    onFault: (reason) =>
      logger.error('Import requests could not be read or written; they are tried again.', { reason }),
    onDone: ({ id, sentence }) => {
      removeUploads(foundation, uploads, logger);
      audit.record({ actor: 'node', action: 'import.ended', subject: id, ...(sentence ? { detail: sentence } : {}) });
    },
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
  return {
    receiver,
    imports,
    uploads,
    stow,
    watchedFolder,
    retriever,
    retrieveDesk,
    commitmentReports,
    pipeline,
    objects,
    workers,
    optOuts,
    siteVocabulary,
  };
}

function commitmentParts(foundation: Foundation, settings: SettingValues, logger: Logger) {
  const { folder, ledger, spool, pseudonymiser, catalogue, commitmentQueue: queue, peers, archives } = foundation;
  const held = new HeldInstances({
    ledger,
    spool,
    pseudonymiser,
    indexedFileIsThere: (objectId) => {
      const file = catalogue.fileOf(objectId);
      return file !== undefined && existsSync(join(folder.root, file));
    },
  });
  const desk = new CommitmentDesk({ queue, held, logger });
  const tls = tlsSettings(settings);
  const reports = new ReportSender({
    desk,
    queue,
    peers: [peers, archives],
    connect: (peer, signal) => connectToPeer(peer, { tls, signal, milliseconds: CONNECT_MILLISECONDS }),
    logger,
  });
  return { desk, reports };
}

/** Uploaded archives go when no import waits for them; what cannot be removed now goes with the next one. */
export function removeUploads(
  { importRequests }: Foundation,
  uploads: ImportUploads,
  logger: Pick<Logger, 'warn'>,
): void {
  uploads.removeAllBut(importRequests.pendingFolders()).catch((error: NodeJS.ErrnoException) => {
    logger.warn('An uploaded archive could not be removed; it is tried again.', { code: error.code ?? error.name });
  });
}

/** The certificate of the TLS port is also what this node shows where it calls. */
export function ownCertificateFiles(settings: SettingValues): OwnCertificateFiles {
  return { certificateFile: settings['dicom.tls.certificateFile'], keyFile: settings['dicom.tls.keyFile'] };
}

/** IANA name; undefined is the zone of this computer. */
export function siteTimeZone(settings: SettingValues): string | undefined {
  return settings['site.timeZone'] === '' ? undefined : settings['site.timeZone'];
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
