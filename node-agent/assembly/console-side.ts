/** The API and the console it serves. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EventStream } from '../api/events.ts';
import { createHandlers, ledgerCounts } from '../api/handlers.ts';
import { ApiServer } from '../api/server.ts';
import { Sessions } from '../api/sessions.ts';
import { TokenGate } from '../api/token-gate.ts';
import { renderThumbnail } from '../catalogue/thumbnail/thumbnail.ts';
import { uidName } from '../dicom/uids.ts';
import { datasetReportPage } from '../governance/dataset-report.ts';
import { conformanceStatement } from '../intake/conformance/conformance-statement.ts';
import { statementHtml } from '../intake/conformance/statement-html.ts';
import type { MaterialiseDesk } from '../materialise/materialise-desk.ts';
import { runHealthChecks } from '../operations/health.ts';
import type { Logger } from '../operations/logger.ts';
import { machineFigures } from '../operations/machine.ts';
import { METRICS_CONTENT_TYPE, metricsText } from '../operations/metrics.ts';
import type { Schedule } from '../operations/schedule.ts';
import { QuarantineDesk } from '../pipeline/quarantine-desk.ts';
import type { Settings } from '../settings/settings.ts';
import { buildClinicalPort } from './clinical-port.ts';
import { buildExplanationPort } from './explanation-side.ts';
import type { Foundation } from './foundation.ts';
import { commitmentChecks, healthChecks, siteWordChecks, watchedFolderChecks } from './health.ts';
import type { HubSide } from './hub-side.ts';
import { buildImportPort } from './import-side.ts';
import { buildExportPort } from './index-side.ts';
import { type IntakeSide, ownCertificateFiles, removeUploads, siteTimeZone } from './intake-side.ts';
import { buildMaterialisePort, materialiseChecks } from './materialise-side.ts';
import { buildPeerPort, receiverChecks, receiverView } from './peer-side.ts';
import { profileInUse } from './profile.ts';
import { fdpMount, recordDownloads } from './record-side.ts';
import { buildRetrievePort } from './retrieve-side.ts';
import { buildSeriesDesk } from './series-side.ts';
import { buildSiteWordPort } from './site-word-side.ts';
import { buildVaultPort } from './vault-side.ts';
import { VERSION } from './version.ts';
import type { VocabularySide } from './vocabulary-side.ts';

export interface ConsoleParts {
  readonly foundation: Foundation;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly intake: IntakeSide;
  readonly hub: HubSide;
  readonly materialise: MaterialiseDesk;
  readonly vocabularies: VocabularySide;
  readonly schedule: Schedule;
  readonly ready: () => boolean;
}

const CONSOLE_FOLDER = resolve(import.meta.dirname, '../../renderer/dist');
const THUMBNAIL_PIXELS = 256;

export function buildConsoleSide(parts: ConsoleParts) {
  const { foundation, settings, logger, intake, hub, materialise, schedule, ready } = parts;
  const { folder, catalogue, audit, users, tokens } = foundation;
  const events = new EventStream(() => ledgerCounts(foundation));
  const sessions = new Sessions({ lifetimeMinutes: settings.values['http.sessionMinutes'] });
  const checks = [
    ...healthChecks(foundation, settings.values),
    ...receiverChecks(() => intake.receiver.state),
    ...commitmentChecks(foundation.commitmentQueue),
    ...siteWordChecks(foundation.siteWords),
    ...watchedFolderChecks(intake.watchedFolder),
    ...hub.healthChecks,
    ...materialiseChecks(materialise),
  ];
  const profile = profileInUse(settings.values['deidentify.profile'], hub.vocabularies, foundation.siteWords);
  const imports = buildImportPort(foundation, {
    uploads: intake.uploads,
    onRequested: () => {
      intake.imports.nudge();
      removeUploads(foundation, intake.uploads, logger);
    },
  });
  const statement = conformanceStatement(settings.values, VERSION);
  const handlers = createHandlers({
    ...foundation,
    version: VERSION,
    startedAt: new Date(),
    settings,
    sessions,
    datasets: hub.datasets,
    examiner: hub.examiner,
    conditions: hub.conditions,
    record: hub.record,
    quarantine: new QuarantineDesk({ ...foundation, onRequeued: () => intake.pipeline.nudge() }),
    imports,
    hub: hub.connector,
    peers: buildPeerPort(foundation),
    retrieve: buildRetrievePort({
      foundation,
      desk: intake.retrieveDesk,
      aeTitle: settings.values['dicom.aeTitle'],
      timeZone: siteTimeZone(settings.values),
      ownCertificate: ownCertificateFiles(settings.values),
    }),
    materialise: buildMaterialisePort(materialise, settings.values),
    vault: buildVaultPort(foundation, () => intake.optOuts.nudge()),
    explanations: buildExplanationPort(foundation, settings.values),
    siteWords: buildSiteWordPort(foundation, {
      fromPatients: settings.values['deidentify.proposeFromPatients'],
      onChanged: () => intake.siteVocabulary.follow(),
    }),
    curation: buildSeriesDesk(foundation, settings.values),
    vocabularies: parts.vocabularies.port,
    clinicalDesk: buildClinicalPort(foundation, settings.values),
    schedule,
    health: () => runHealthChecks(checks),
    machine: () => machineFigures(folder.root),
    receiver: () => receiverView(intake.receiver.state),
    profile,
    sopClassName: (uid) => uidName(uid) ?? uid,
  });
  const api = new ApiServer({
    host: settings.values['http.host'],
    port: settings.values['http.port'],
    version: VERSION,
    consoleFolder: existsSync(join(CONSOLE_FOLDER, 'index.html')) ? CONSOLE_FOLDER : undefined,
    handlers,
    users,
    sessions,
    events,
    metrics: () => ({ contentType: METRICS_CONTENT_TYPE, text: metricsOf(foundation) }),
    thumbnail: async (seriesUid) => {
      const file = catalogue.thumbnailSource(seriesUid);
      return file === undefined ? undefined : renderThumbnail(join(folder.root, file), THUMBNAIL_PIXELS);
    },
    datasetReport: (id, user, styleNonce) =>
      datasetReportPage(hub.datasets.report(id, user), new Date().toISOString(), styleNonce),
    conformanceStatement: (styleNonce) => statementHtml(statement, styleNonce),
    tokenGate: new TokenGate(tokens, audit),
    imports,
    exportIndex: buildExportPort(foundation),
    mounts: [
      { path: '/dicom-web', scope: 'stow', handle: (request) => intake.stow.handle(request) },
      fdpMount(hub.records, settings.values),
    ],
    downloads: recordDownloads(hub.records),
    ready,
    onFault: (fault) => logger.error('A request could not be answered.', { ...fault }),
  });
  return { api, events };
}

export function metricsOf({ ledger, catalogue }: Foundation): string {
  const { received, bytes, ...states } = ledger.counts();
  const { patients, studies, series } = catalogue.counts();
  const entities = { patients, studies, series };
  return metricsText([
    {
      name: 'gatehouse_objects_received_total',
      help: 'Objects in the ledger',
      type: 'counter',
      samples: [{ value: received }],
    },
    {
      name: 'gatehouse_bytes_received_total',
      help: 'Bytes of all objects in the ledger',
      type: 'counter',
      samples: [{ value: bytes }],
    },
    {
      name: 'gatehouse_objects',
      help: 'Objects by state',
      type: 'gauge',
      samples: Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: 'gatehouse_indexed',
      help: 'De-identified entities in the index',
      type: 'gauge',
      samples: Object.entries(entities).map(([entity, value]) => ({ labels: { entity }, value })),
    },
    {
      name: 'gatehouse_process_resident_memory_bytes',
      help: 'Memory of the process',
      type: 'gauge',
      samples: [{ value: process.memoryUsage.rss() }],
    },
  ]);
}
