/** Materialised datasets: the desk that writes them, and what the API, the health page and the command line see of it. */
import type { MaterialisePort } from '../api/materialise-port.ts';
import { Problem } from '../api/problem.ts';
import { DatasetMembership } from '../governance/dataset-membership.ts';
import { choicesOf, DATASET_SQL, type DatasetRow } from '../governance/dataset-record.ts';
import { loadCommonDataModel } from '../harmonise/common-data-model.ts';
import type { HyperOntology } from '../harmonise/ontology/hyper-ontology.ts';
import { TableShelf } from '../harmonise/tables/table-shelf.ts';
import { freeBytesAt } from '../intake/disk-reserve.ts';
import { CellRules } from '../materialise/cells/cell-rules.ts';
import { OntologyValueSets } from '../materialise/cells/ontology-value-sets.ts';
import { MaterialiseError, type MaterialiseErrorKind } from '../materialise/errors.ts';
import { MaterialiseDesk } from '../materialise/materialise-desk.ts';
import type { DatasetPort } from '../materialise/ports.ts';
import type { HealthCheck } from '../operations/health.ts';
import type { Logger } from '../operations/logger.ts';
import type { SettingValues } from '../settings/manifest.ts';
import { readSettings } from '../settings/settings.ts';
import { dataFolderAt } from '../store/data-folder.ts';
import type { SqliteDatabase } from '../store/database.ts';
import type { Foundation } from './foundation.ts';
import { VERSION } from './version.ts';

const MEGABYTE = 1024 * 1024;

export function buildMaterialiseDesk(
  { indexDatabase, folder, audit, clinical, tableShelf }: Foundation,
  settings: SettingValues,
  logger: Pick<Logger, 'error'>,
  onChanged: () => void,
): MaterialiseDesk {
  // Read when a dataset is written: a node that writes none needs no ontology. An imported one counts from then on.
  let read: TreeRules | undefined;
  const rules = () => {
    const ontology = tableShelf.ontology();
    if (read?.ontology !== ontology) read = rulesBy(ontology);
    return read;
  };
  return new MaterialiseDesk({
    database: indexDatabase,
    dataFolder: folder.root,
    datasets: datasetPort(indexDatabase),
    clinical,
    get model() {
      return rules().model;
    },
    get rules() {
      return rules().rules;
    },
    get tableVersions() {
      return rules().tableVersions;
    },
    audit,
    toolVersion: VERSION,
    reserveBytes: settings['store.reserveMegabytes'] * MEGABYTE,
    freeBytes: freeBytesAt,
    onChanged,
    logger,
  });
}

type TreeRules = ReturnType<typeof rulesBy>;

/**
 * What a tree is written and read by.
 * @param dataFolder whose ontology counts where one was imported
 * @throws Error when the common data model or the ontology cannot be read
 */
export function treeRules(dataFolder: string): TreeRules {
  return rulesBy(new TableShelf(dataFolderAt(dataFolder).vocabularies).ontology());
}

function rulesBy(ontology: HyperOntology) {
  const model = loadCommonDataModel();
  return {
    ontology,
    model,
    rules: new CellRules(model, new OntologyValueSets(ontology)),
    tableVersions: { 'common-data-model': model.version, 'hyper-ontology': ontology.table.version },
  };
}

function datasetPort(database: SqliteDatabase): DatasetPort {
  const membership = new DatasetMembership(database);
  const find = database.prepare(DATASET_SQL.find);
  return {
    find: (id) => {
      const row = find.get(id) as DatasetRow | undefined;
      if (row === undefined) return undefined;
      const { title, state, contentHash } = row;
      const usable = state === 'released' || state === 'published';
      return { title, state, contentHash, usable, generalisation: choicesOf(row) };
    },
    contentHash: (id) => membership.contentHash(id),
  };
}

/** A tree that may no longer stand and cannot be removed is somebody's to remove. */
export function materialiseChecks({ materialisations }: MaterialiseDesk): HealthCheck[] {
  return [
    {
      id: 'materialised-datasets',
      check: () => {
        const left = materialisations.leftOver().filter(({ state }) => state === 'stale');
        if (left.length === 0) {
          return { level: 'ok', sentence: 'Every materialised dataset may be used.', action: null };
        }
        return {
          level: 'warning',
          sentence: `${left.length} folders of datasets that were withdrawn could not be removed yet.`,
          action:
            'Look whether their disk is mounted and the service user may write there; it is tried again every minute.',
        };
      },
    },
  ];
}

/** Removes trees whose dataset may no longer be used, for commands that withdraw while no node runs. */
export async function removeStaleTrees(foundation: Foundation, logger: Pick<Logger, 'error'>): Promise<void> {
  await buildMaterialiseDesk(foundation, readSettings({}).values, logger, () => {}).sweep();
}

/** What the API sees of materialised datasets. */
export function buildMaterialisePort(desk: MaterialiseDesk, settings: SettingValues): MaterialisePort {
  const { materialisations } = desk;
  const objects = settings['materialise.objects'] === 'copy' ? 'copy' : 'link';
  return {
    standing: (datasetId) => ({
      folder: settings['materialise.folder'] || null,
      objects,
      runs: materialisations.ofDataset(datasetId),
    }),
    objections: (id) => materialisations.objections(id),
    start: (datasetId, { folder, layout, copy, recipe }, person) =>
      inProblems(() => {
        if (person.role !== 'administrator' && folder !== settings['materialise.folder']) {
          throw new Problem(
            403,
            'Not allowed',
            'Into another folder than the one of the setting materialise.folder only an administrator writes. Ask one, or choose that folder.',
          );
        }
        const wanted = copy ? 'copy' : objects;
        return desk.request(
          { datasetId, layout, root: folder, wanted, ...(recipe == null ? {} : { recipe }) },
          person.name,
        );
      }),
    cancel: (id, by) => inProblems(() => desk.cancel(id, by)),
  };
}

const PROBLEM_OF: Readonly<Record<MaterialiseErrorKind, { readonly status: number; readonly title: string }>> = {
  'not-found': { status: 404, title: 'Not found' },
  'not-now': { status: 409, title: 'Not possible now' },
  'invalid-input': { status: 400, title: 'Not acceptable' },
  'changed-file': { status: 409, title: 'The dataset has changed' },
  cancelled: { status: 409, title: 'Cancelled' },
  disk: { status: 409, title: 'The disk refuses' },
  'read-back': { status: 409, title: 'Not read back' },
};

function inProblems<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MaterialiseError)) throw error;
    const { status, title } = PROBLEM_OF[error.kind];
    throw new Problem(status, title, error.message);
  }
}
