/** Checks a dataset and takes it back, again and again, until the process is killed. Arguments: data folder, dataset. */
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { buildHubSide } from '../../node-agent/assembly/hub-side.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';

const [dataFolder = '', datasetId = ''] = process.argv.slice(2);
const person = { name: 'ben', role: 'officer' } as const;
const logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, close: async () => {} };
const { datasets } = buildHubSide(openFoundation(dataFolder), readSettings({}).values, logger as never, () => {});
process.stdout.write('begun\n');
for (;;) {
  datasets.advance(datasetId, { to: 'checked' }, person);
  datasets.advance(datasetId, { to: 'draft' }, person);
}
