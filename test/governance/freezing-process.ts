/** Checks a dataset of the index at the path it is given; the test kills it on the way. */
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { CATALOGUE_MIGRATIONS } from '../../node-agent/catalogue/schema.ts';
import { DatasetRegister } from '../../node-agent/governance/dataset-register.ts';
import { HUB_MIGRATIONS } from '../../node-agent/hub/schema.ts';
import { openDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';

const [file = '', dataset = ''] = process.argv.slice(2);
const database = openDatabase(file, [...LEDGER_MIGRATIONS, ...CATALOGUE_MIGRATIONS, ...HUB_MIGRATIONS]);
const register = new DatasetRegister({
  database,
  audit: { record: () => {} },
  cohorts: new CohortQuery(database),
  conditions: [],
  threshold: 10,
});
process.send?.('begins');
register.advance(dataset, { to: 'checked' }, { name: 'olga', role: 'officer' });
process.send?.('ends');
database.close();
process.disconnect();
