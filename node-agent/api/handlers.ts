/** Answers to the routes: each takes what the contract validated and asks the room that knows. */
import { accessHandlers } from './access-handlers.ts';
import { clinicalHandlers } from './clinical-handlers.ts';
import { curationHandlers } from './curation-handlers.ts';
import { datasetHandlers } from './dataset-handlers.ts';
import { explanationHandlers } from './explanation-handlers.ts';
import type { Handlers } from './handler.ts';
import { materialiseHandlers } from './materialise-handlers.ts';
import { associationView, peerHandlers } from './peer-handlers.ts';
import { Problem, problems } from './problem.ts';
import { qualityHandlers } from './quality-handlers.ts';
import { recordHandlers } from './record-handlers.ts';
import { retrieveHandlers } from './retrieve-handlers.ts';
import { searchHandlers } from './search-handlers.ts';
import type { ApiServices } from './services.ts';
import { siteWordHandlers } from './site-word-handlers.ts';
import { tokenHandlers } from './token-handlers.ts';
import { vaultHandlers } from './vault-handlers.ts';
import { vocabularyHandlers } from './vocabulary-handlers.ts';

const MINUTES_SHOWN = 60;
const ASSOCIATIONS_SHOWN = 10;

export function ledgerCounts({ ledger, catalogue }: Pick<ApiServices, 'ledger' | 'catalogue'>) {
  const { patients, studies, series } = catalogue.counts();
  return { ...ledger.counts(), patients, studies, series };
}

export function createHandlers(services: ApiServices): Handlers {
  const { ledger, catalogue, quarantine, imports, hub, audit } = services;
  const actor = (name: string | undefined) => name ?? 'unknown';
  return {
    ...accessHandlers(services),
    ...datasetHandlers(services),
    ...peerHandlers(services),
    ...qualityHandlers(services),
    ...tokenHandlers(services),
    ...recordHandlers(services),
    ...retrieveHandlers(services),
    ...vaultHandlers(services),
    ...materialiseHandlers(services),
    ...siteWordHandlers(services),
    ...explanationHandlers(services),
    ...curationHandlers(services),
    ...vocabularyHandlers(services),
    ...clinicalHandlers(services),
    ...searchHandlers(services),

    getOverview: async () => ({
      counts: ledgerCounts(services),
      quarantineByCause: causesOf(services),
      throughput: ledger.throughput(MINUTES_SHOWN),
      associations: services.associations.newest(ASSOCIATIONS_SHOWN).map(associationView),
      health: await services.health(),
      receiver: services.receiver(),
      modalities: catalogue.modalities(),
    }),

    listQuarantine: ({ query: { cause, offset, limit } }) => {
      const causes = causesOf(services);
      const wanted = causes.filter((entry) => !cause || entry.cause === cause);
      return {
        total: wanted.reduce((sum, entry) => sum + entry.count, 0),
        causes,
        rows: ledger.list('quarantined', { cause, offset, limit }).map((row) => ({
          objectId: row.objectId,
          cause: row.cause ?? 'unknown',
          ...quarantine.describe(row.cause ?? 'unknown'),
          detail: row.detail,
          sopClass: row.sopClassUid && services.sopClassName(row.sopClassUid),
          source: row.source,
          bytes: row.bytes,
          receivedAt: row.receivedAt,
        })),
      };
    },
    requeue: async ({ body }, { caller }) => {
      const by = actor(caller.user?.name);
      const { changed, why } =
        'cause' in body ? await quarantine.requeueCause(body.cause, by) : await quarantine.requeue(body.objectIds, by);
      if (changed === 0 && why) throw new Problem(409, 'Nothing to requeue', why);
      return { changed };
    },
    exclude: ({ body }, { caller }) => ({
      changed: quarantine.exclude(body.objectIds, body.reason, actor(caller.user?.name)),
    }),

    listImports: () => imports.list(),
    startImport: ({ body }, { caller }) => {
      const objection = imports.objection(body.folder);
      if (objection) throw new Problem(400, 'Not a folder to import', objection);
      return imports.start(body.folder, actor(caller.user?.name));
    },
    cancelImport: ({ params }, { caller }) => {
      const run = imports.cancel(params.id, actor(caller.user?.name));
      if (!run) throw problems.notFound('import with this id');
      return run;
    },

    getHub: () => hub.state(),
    listHubTasks: ({ query }) => hub.tasks(query),
    listEgress: ({ query }) => hub.egress(query),

    listAudit: ({ query }) => audit.page(query.offset, query.limit),
    verifyAudit: () => audit.verify(),

    getSystem: async () => ({
      version: services.version,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      startedAt: services.startedAt.toISOString(),
      machine: await services.machine(),
      settings: services.settings.describe(),
      profile: services.profile(),
      schedule: services.schedule.describe(),
    }),
  };
}

function causesOf({ ledger, quarantine }: ApiServices) {
  return ledger
    .countByCause('quarantined')
    .map(({ cause, count }) => ({ cause, title: quarantine.describe(cause).title, count }));
}
