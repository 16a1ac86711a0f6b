import { Catalogue } from '../catalogue/catalogue.ts';
import { openDatabaseReadOnly } from '../store/database.ts';
import { ObjectLedger } from '../store/object-ledger.ts';
import { type Command, print } from './command.ts';
import { existingNode } from './existing-node.ts';

/** Reads the counts of the ledger and the index; also while a node runs on the folder. */
export const status: Command = {
  name: ['status'],
  usage: 'status [--json]',
  summary: 'Prints the counts of the object ledger.',
  options: { json: { type: 'boolean' } },
  positionals: 0,
  run: async ({ dataFolder, values }) => {
    const { indexDatabase } = existingNode(dataFolder);
    const database = openDatabaseReadOnly(indexDatabase);
    const { patients, studies, series } = new Catalogue(database).counts();
    const { received, indexed, quarantined, excluded, rejected, waiting, bytes } = new ObjectLedger(database).counts();
    database.close();
    const counts = { received, indexed, quarantined, excluded, rejected, waiting, patients, studies, series, bytes };
    if (values.json) {
      print(JSON.stringify(counts));
    } else {
      for (const [name, count] of Object.entries(counts)) print(`${name.padEnd(12)} ${count}`);
    }
    return 0;
  },
};
