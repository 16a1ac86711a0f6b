import { existsSync } from 'node:fs';
import { Catalogue } from '../catalogue/catalogue.ts';
import { dataFolderAt } from '../store/data-folder.ts';
import { openDatabaseReadOnly } from '../store/database.ts';
import { StartUpError } from '../store/errors.ts';
import { ObjectLedger } from '../store/object-ledger.ts';
import { type Command, print } from './command.ts';

/** Reads the counts of the ledger and the index; also while a node runs on the folder. */
export const status: Command = {
  name: ['status'],
  usage: 'status [--json]',
  summary: 'Prints the counts of the object ledger.',
  options: { json: { type: 'boolean' } },
  positionals: 0,
  run: async ({ dataFolder, values }) => {
    const { indexDatabase } = dataFolderAt(dataFolder);
    if (!existsSync(indexDatabase)) {
      throw new StartUpError(
        `There is no node in ${dataFolder} yet. Start one with "gatehouse serve", or name another folder with --data-dir.`,
      );
    }
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
