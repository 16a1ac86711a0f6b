/** A vault without a node around it, as workers need it. */
import { join } from 'node:path';
import type { VaultSetUp } from '../../node-agent/pipeline/patient-gate.ts';
import { openDatabase } from '../../node-agent/store/database.ts';
import { USUAL_FORM } from '../../node-agent/vault/pseudonymiser.ts';
import { VAULT_MIGRATIONS } from '../../node-agent/vault/schema.ts';

/** An empty vault in a folder of the test, with a secret that everybody knows. */
export function emptyVault(folder: string): VaultSetUp {
  const database = join(folder, 'vault.db');
  openDatabase(database, VAULT_MIGRATIONS).close();
  return { database, secrets: [new Uint8Array(32).fill(7)], newPseudonyms: { source: 'keyed', form: USUAL_FORM } };
}
