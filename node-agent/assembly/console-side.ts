/** The API and the console it serves. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EventStream } from '../api/events.ts';
import { createHandlers, ledgerCounts } from '../api/handlers.ts';
import { ApiServer } from '../api/server.ts';
import { Sessions } from '../api/sessions.ts';
import { renderThumbnail } from '../catalogue/thumbnail/thumbnail.ts';
import { uidName } from '../dicom/uids.ts';
import { runHealthChecks } from '../operations/health.ts';
import type { Logger } from '../operations/logger.ts';
import { machineFigures } from '../operations/machine.ts';
import { METRICS_CONTENT_TYPE, metricsText } from '../operations/metrics.ts';
import type { Schedule } from '../operations/schedule.ts';
import { objectionToImport } from '../pipeline/import-folder.ts';
import { QuarantineDesk } from '../pipeline/quarantine-desk.ts';
import type { Settings } from '../settings/settings.ts';
import type { Foundation } from './foundation.ts';
import { healthChecks, watchedFolderChecks } from './health.ts';
import type { HubSide } from './hub-side.ts';
import type { IntakeSide } from './intake-side.ts';
import { buildPeerPort, receiverChecks, receiverView } from './peer-side.ts';
import { describeProfile } from './profile.ts';
import { buildVaultPort } from './vault-side.ts';
import { VERSION } from './version.ts';

export interface ConsoleParts {
  readonly foundation: Foundation;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly intake: IntakeSide;
  readonly hub: HubSide;
  readonly schedule: Schedule;
  readonly ready: () => boolean;
}

const CONSOLE_FOLDER = resolve(import.meta.dirname, '../../renderer/dist');
const THUMBNAIL_PIXELS = 256;

export function buildConsoleSide({ foundation, settings, logger, intake, hub, schedule, ready }: ConsoleParts) {
  const { folder, catalogue, audit, users, importRequests } = foundation;
  const events = new EventStream(() => ledgerCounts(foundation));
  const sessions = new Sessions({ lifetimeMinutes: settings.values['http.sessionMinutes'] });
  const checks = [
    ...healthChecks(foundation, settings.values),
    ...receiverChecks(() => intake.receiver.state),
    ...watchedFolderChecks(intake.watchedFolder),
    ...hub.healthChecks,
  ];
  const profile = describeProfile(foundation.pseudonymiser, hub.vocabularies);
  const handlers = createHandlers({
    ...foundation,
    version: VERSION,
    startedAt: new Date(),
    settings,
    sessions,
    datasets: hub.datasets,
    conditions: hub.conditions,
    record: hub.record,
    quarantine: new QuarantineDesk({ ...foundation, onRequeued: () => intake.pipeline.nudge() }),
    imports: {
      list: () => importRequests.list(),
      objection: (source) => objectionToImport(source, folder.root),
      start: (source, by) => {
        const run = importRequests.request(source);
        audit.record({ actor: by, action: 'import.started', subject: run.id });
        intake.imports.nudge();
        return run;
      },
      cancel: (id, by) => {
        const run = importRequests.cancel(id);
        if (run) audit.record({ actor: by, action: 'import.cancelled', subject: id });
        intake.imports.nudge();
        return run;
      },
    },
    hub: hub.connector,
    peers: buildPeerPort(foundation),
    vault: buildVaultPort(foundation, () => intake.optOuts.nudge()),
    schedule,
    health: () => runHealthChecks(checks),
    machine: () => machineFigures(folder.root),
    receiver: () => receiverView(intake.receiver.state),
    profile: () => profile,
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
