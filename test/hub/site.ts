/** A node's hub room over a small seeded index, for tests that talk to the stand-in hub. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AstCatalogue } from '../../node-agent/compute/ast-catalogue.ts';
import { CollectionSearch } from '../../node-agent/compute/collection-search.ts';
import { DisclosurePolicy } from '../../node-agent/governance/disclosure-policy.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { VocabularyLookup } from '../../node-agent/harmonise/vocabulary-lookup.ts';
import { HubConnector, type HubSettings } from '../../node-agent/hub/connector.ts';
import { Gate } from '../../node-agent/hub/gate.ts';
import { PROVIDER_ICON } from '../../node-agent/hub/provider-icon.ts';
import { CODES, manyPatients, SeededIndex } from '../compute/seeded-index.ts';
import { SITE_APP } from './stand-in-hub.ts';

export const FEMALE = { key: 'SNOMEDCT263495000', type: 'EQUALS', system: '', value: 'SNOMEDCT248152002' };
export const EVERYTHING = { operand: 'OR', children: [] };

const vocabularies = new VocabularyLookup(loadVocabularies());
const catalogue = new AstCatalogue(vocabularies);

export class Site {
  readonly index = new SeededIndex();
  readonly audited: { actor: string; action: string; subject: string; detail?: string }[] = [];
  readonly logged: string[] = [];
  readonly policy = new DisclosurePolicy();
  readonly search = new CollectionSearch(this.index.database, catalogue, vocabularies);
  readonly gate = this.gateOver(this.search);
  readonly #connectors: HubConnector[] = [];

  /** 17 women and 3 men in `large`, 4 women in `small`. */
  constructor() {
    const large = this.index.add(
      ...manyPatients('w', 17, { sex: CODES.female, age: 52, series: [{ bodyPart: CODES.breast }] }),
      ...manyPatients('m', 3, { sex: CODES.male, age: 71 }),
    );
    this.index.addDataset('large', large);
    this.index.addDataset('small', this.index.add(...manyPatients('s', 4, { sex: CODES.female, age: 33 })));
  }

  gateOver(search: CollectionSearch): Gate {
    return new Gate({ search, catalogue, policy: this.policy, provider: { name: 'Test clinic', icon: PROVIDER_ICON } });
  }

  /** A connector to this address; not started. */
  connector(url: string, options: Partial<HubSettings> & { key?: string; gate?: Gate } = {}): HubConnector {
    const { key = 'site-key', gate = this.gate, ...settings } = options;
    const apiKeyFile = join(this.index.folder, 'api-key');
    writeFileSync(apiKeyFile, `${key}\n`);
    const connector = new HubConnector({
      database: this.index.database,
      settings: { url, appId: SITE_APP, apiKeyFile, waitSeconds: 1, proxy: '', caFile: '', ...settings },
      gate,
      policy: this.policy,
      audit: { record: (entry) => this.audited.push(entry) },
      log: { info: (message) => this.logged.push(message), warn: (message) => this.logged.push(message) },
      environment: {},
      random: () => 0,
    });
    this.#connectors.push(connector);
    return connector;
  }

  async close(): Promise<void> {
    for (const connector of this.#connectors) await connector.stop();
    this.index.close();
  }
}

/** Waits until something holds; fails after ten seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const ends = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > ends) throw new Error(`Not within ten seconds: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
