/** The HTTP API of a node on a real data folder, on a free port, with a clock the test turns. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { EventStream } from '../../node-agent/api/events.ts';
import type { Handlers } from '../../node-agent/api/handler.ts';
import { createHandlers, ledgerCounts } from '../../node-agent/api/handlers.ts';
import type { Mount } from '../../node-agent/api/mounts.ts';
import { type ApiOptions, ApiServer } from '../../node-agent/api/server.ts';
import { Sessions } from '../../node-agent/api/sessions.ts';
import { TokenGate } from '../../node-agent/api/token-gate.ts';
import type { Role } from '../../node-agent/api/users.ts';
import { buildClinicalPort } from '../../node-agent/assembly/clinical-port.ts';
import { metricsOf } from '../../node-agent/assembly/console-side.ts';
import { buildExplanationPort } from '../../node-agent/assembly/explanation-side.ts';
import { type Foundation, openFoundation } from '../../node-agent/assembly/foundation.ts';
import { buildHubSide } from '../../node-agent/assembly/hub-side.ts';
import { buildImportPort } from '../../node-agent/assembly/import-side.ts';
import { buildExportPort } from '../../node-agent/assembly/index-side.ts';
import { buildMaterialiseDesk, buildMaterialisePort } from '../../node-agent/assembly/materialise-side.ts';
import { buildPeerPort } from '../../node-agent/assembly/peer-side.ts';
import { profileInUse } from '../../node-agent/assembly/profile.ts';
import { fdpMount, recordDownloads } from '../../node-agent/assembly/record-side.ts';
import { buildRetrievePort } from '../../node-agent/assembly/retrieve-side.ts';
import { buildSeriesDesk } from '../../node-agent/assembly/series-side.ts';
import { buildSiteWordPort } from '../../node-agent/assembly/site-word-side.ts';
import { buildVaultPort } from '../../node-agent/assembly/vault-side.ts';
import { buildVocabularySide } from '../../node-agent/assembly/vocabulary-side.ts';
import { datasetReportPage } from '../../node-agent/governance/dataset-report.ts';
import { DiskReserve } from '../../node-agent/intake/disk-reserve.ts';
import { RetrieveDesk } from '../../node-agent/intake/retrieve/retrieve-desk.ts';
import type { MaterialiseDesk } from '../../node-agent/materialise/materialise-desk.ts';
import { machineFigures } from '../../node-agent/operations/machine.ts';
import { METRICS_CONTENT_TYPE } from '../../node-agent/operations/metrics.ts';
import { ImportUploads } from '../../node-agent/pipeline/import-uploads.ts';
import { QuarantineDesk } from '../../node-agent/pipeline/quarantine-desk.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface ApiRig {
  readonly foundation: Foundation;
  readonly url: string;
  readonly events: EventStream;
  /** Not started. */
  readonly materialise: MaterialiseDesk;
  /** Faults of the node that were reported to the log. */
  readonly faults: { method: string; route: string; reason: string }[];
  clock: number;
  ready: boolean;
  /** Free bytes the node believes in. */
  free: number;
  /** A new user, signed in. */
  signedIn(name: string, role: Role): Promise<ConsoleClient>;
  /** A new user's session cookie. */
  cookieOf(name: string, role: Role): Promise<string>;
}

export interface ApiRigOptions {
  readonly consoleFolder?: string;
  readonly handlers?: Partial<Handlers>;
  readonly thumbnail?: ApiOptions['thumbnail'];
  readonly host?: string;
  readonly port?: number;
  readonly mounts?: readonly Mount[];
  readonly mostUploadBytes?: number;
}

export const PASSWORD = 'correct horse battery';
const SESSION_MINUTES = 480;

export async function apiRig(options: ApiRigOptions = {}): Promise<ApiRig> {
  const foundation = openFoundation(temporaryFolder());
  const settings = readSettings({});
  const logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, close: async () => {} };
  const hub = buildHubSide(foundation, settings.values, logger as never, () => {});
  const sessions = new Sessions({ lifetimeMinutes: SESSION_MINUTES, now: () => rig.clock });
  const events = new EventStream(() => ledgerCounts(foundation));
  foundation.audit.onRecorded(() => events.changed('audit'));
  const profile = profileInUse(settings.values['deidentify.profile'], hub.vocabularies, foundation.siteWords);
  const mostBytes = options.mostUploadBytes ?? 1_000_000;
  const uploads = new ImportUploads({
    folder: foundation.folder.uploads,
    reserve: new DiskReserve(() => rig.free, 1_000),
    freeBytes: () => rig.free,
    reserveBytes: 1_000,
    mostBytes,
  });
  const imports = buildImportPort(foundation, { uploads, onRequested: () => {} });
  const desk = new RetrieveDesk({
    ...foundation,
    requests: foundation.retrieveRequests,
    queue: foundation.retrieveQueue,
    logger,
  });
  const materialise = buildMaterialiseDesk(foundation, settings.values, logger, () => {});
  const handlers = createHandlers({
    ...foundation,
    version: '0.0.0-test',
    startedAt: new Date(),
    settings,
    sessions,
    datasets: hub.datasets,
    examiner: hub.examiner,
    conditions: hub.conditions,
    record: hub.record,
    quarantine: new QuarantineDesk({ ...foundation, onRequeued: () => {} }),
    imports,
    hub: hub.connector,
    peers: buildPeerPort(foundation),
    retrieve: buildRetrievePort({
      foundation,
      desk,
      aeTitle: 'GATEHOUSE',
      timeZone: 'Europe/Madrid',
      ownCertificate: { certificateFile: '', keyFile: '' },
    }),
    materialise: buildMaterialisePort(materialise, settings.values),
    vault: buildVaultPort(foundation, () => {}),
    explanations: buildExplanationPort(foundation, settings.values),
    curation: buildSeriesDesk(foundation, settings.values),
    clinicalDesk: buildClinicalPort(foundation, settings.values),
    siteWords: buildSiteWordPort(foundation, { fromPatients: 3, onChanged: () => {} }),
    vocabularies: buildVocabularySide({
      foundation,
      lookup: hub.vocabularies,
      logger: logger as never,
      onChanged: () => {},
    }).port,
    schedule: { describe: () => [] } as never,
    health: async () => [],
    machine: () => machineFigures(foundation.folder.root),
    receiver: () => ({
      aeTitle: 'GATEHOUSE',
      port: 11112,
      listening: true,
      openAssociations: 0,
      refusing: null,
      paused: foundation.receiverPause.current ?? null,
      tls: null,
    }),
    profile,
    sopClassName: (uid) => uid,
  });
  const faults: ApiRig['faults'] = [];
  const server = new ApiServer({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    version: '0.0.0-test',
    consoleFolder: options.consoleFolder,
    handlers: { ...handlers, ...options.handlers },
    datasetReport: (id, user, nonce) =>
      datasetReportPage(hub.datasets.report(id, user), '2026-01-02T03:04:05.000Z', nonce),
    users: foundation.users,
    sessions,
    events,
    metrics: () => ({ contentType: METRICS_CONTENT_TYPE, text: metricsOf(foundation) }),
    thumbnail: options.thumbnail ?? (async () => undefined),
    conformanceStatement: (styleNonce) => `<!doctype html><style nonce="${styleNonce}"></style>Conformance`,
    tokenGate: new TokenGate(foundation.tokens, foundation.audit, () => rig.clock),
    imports,
    mounts: options.mounts ?? [fdpMount(hub.records, settings.values)],
    downloads: recordDownloads(hub.records),
    exportIndex: buildExportPort(foundation),
    ready: () => rig.ready,
    onFault: (fault) => void faults.push(fault),
  });
  onTestFinished(async () => {
    await server.stop();
    await desk.stop();
    await materialise.stop();
    foundation.close();
  });
  const { port } = await server.start();
  const url = `http://127.0.0.1:${port}/`;
  const rig: ApiRig = {
    foundation,
    url,
    events,
    materialise,
    faults,
    clock: Date.UTC(2026, 0, 1),
    ready: true,
    free: Number.MAX_SAFE_INTEGER,
    signedIn: async (name, role) => {
      await foundation.users.add(name, role, PASSWORD);
      return new ConsoleClient(url).signIn(name, PASSWORD);
    },
    cookieOf: async (name, role) => {
      await foundation.users.add(name, role, PASSWORD);
      return `gatehouse_session=${sessions.start(name)}`;
    },
  };
  return rig;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: Record<string, never> | undefined;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as bytes, with whatever headers, also those that fetch refuses to send. */
export async function raw(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: RawRequest = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = httpRequest({ hostname, port, path, method, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => {
        const isJson = /json/.test(incoming.headers['content-type'] ?? '');
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A JSON request. */
export function json(method: string, content: unknown, headers: Readonly<Record<string, string>> = {}): RawRequest {
  return { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(content) };
}
