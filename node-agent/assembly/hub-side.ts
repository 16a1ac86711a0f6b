/** The de-identified half of the agent: datasets, disclosure, and the connector to the hub. */
import { datasetFigures } from '../catalogue/dataset-figures.ts';
import { buildRecord } from '../catalogue/record/catalogue-record.ts';
import { loadRecordProfile } from '../catalogue/record/profile.ts';
import { AstCatalogue } from '../compute/ast-catalogue.ts';
import { CollectionSearch } from '../compute/collection-search.ts';
import { DatasetRegister } from '../governance/dataset-register.ts';
import { DisclosurePolicy } from '../governance/disclosure-policy.ts';
import type { Person } from '../governance/transitions.ts';
import { VocabularyLookup } from '../harmonise/vocabulary-lookup.ts';
import { HubConnector } from '../hub/connector.ts';
import { Gate } from '../hub/gate.ts';
import { PROVIDER_ICON } from '../hub/provider-icon.ts';
import type { HealthCheck } from '../operations/health.ts';
import type { Logger } from '../operations/logger.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';

export interface HubSide {
  readonly connector: HubConnector;
  readonly datasets: DatasetRegister;
  readonly conditions: readonly { readonly code: string; readonly label: string }[];
  readonly record: (datasetId: string, person: Person) => { jsonld: unknown; turtle: string };
  readonly healthChecks: readonly HealthCheck[];
  readonly vocabularies: VocabularyLookup;
}

export function buildHubSide(
  foundation: Foundation,
  settings: SettingValues,
  logger: Logger,
  onChanged: () => void,
): HubSide {
  const { indexDatabase, audit, cohorts } = foundation;
  const vocabularies = new VocabularyLookup(foundation.tableShelf.vocabularies());
  const conditions = vocabularies.conditions();
  const policy = new DisclosurePolicy({
    threshold: settings['disclosure.threshold'],
    rounding: settings['disclosure.rounding'],
  });
  const datasets = new DatasetRegister({
    database: indexDatabase,
    audit,
    cohorts,
    conditions,
    threshold: policy.threshold,
  });
  const recordProfile = loadRecordProfile();
  const catalogue = new AstCatalogue(vocabularies);
  const connector = new HubConnector({
    database: indexDatabase,
    settings: {
      url: settings['hub.beam.url'],
      appId: settings['hub.beam.appId'],
      apiKeyFile: settings['hub.beam.apiKeyFile'],
      waitSeconds: settings['hub.beam.waitSeconds'],
      proxy: settings['hub.proxy'],
      caFile: settings['hub.caFile'],
    },
    gate: new Gate({
      search: new CollectionSearch(indexDatabase, catalogue, vocabularies),
      catalogue,
      policy,
      provider: { name: settings['site.name'], icon: PROVIDER_ICON },
    }),
    policy,
    audit,
    log: logger,
    onChanged,
    environment: process.env,
  });
  return {
    connector,
    datasets,
    conditions,
    record: (datasetId, person) => {
      const dataset = datasets.detail(datasetId, person);
      const declared = { ...dataset, datasetId, conditionCode: dataset.condition.code };
      return buildRecord(recordProfile, declared, datasetFigures(indexDatabase, datasetId), (count) =>
        policy.disclose(count),
      );
    },
    healthChecks: [hubCheck(connector)],
    vocabularies,
  };
}

function hubCheck(connector: HubConnector): HealthCheck {
  return {
    id: 'hub',
    check: () => {
      const { state, sentence, action } = connector.state();
      if (state === 'failing') return { level: 'warning', sentence, action };
      if (state === 'stopped') return { level: 'error', sentence, action };
      return { level: 'ok', sentence, action: null };
    },
  };
}
