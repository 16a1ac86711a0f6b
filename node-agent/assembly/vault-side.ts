/** What workers and desks need of the vault. */

import { PatientWithdrawal } from '../governance/patient-withdrawal.ts';
import type { Logger } from '../operations/logger.ts';
import type { ObjectStore } from '../pipeline/object-store.ts';
import { OptOutDesk } from '../pipeline/opt-out-desk.ts';
import type { VaultSetUp } from '../pipeline/patient-gate.ts';
import { patientPool } from '../pipeline/patient-pool.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';

export function vaultSetUp({ folder, keyring }: Foundation, settings: SettingValues): VaultSetUp {
  return {
    database: folder.vaultDatabase,
    secrets: keyring.epochs.map(({ secret }) => secret),
    newPseudonyms: {
      source: settings['vault.pseudonyms'] as 'keyed' | 'list',
      form: { prefix: settings['vault.pseudonymPrefix'], width: settings['vault.pseudonymWidth'] },
    },
  };
}

export function buildOptOutDesk(
  foundation: Foundation,
  objects: ObjectStore,
  logger: Pick<Logger, 'error'>,
  onChanged: () => void,
): OptOutDesk {
  const { indexDatabase, audit, folder } = foundation;
  const datasets = new PatientWithdrawal(indexDatabase, audit);
  return new OptOutDesk({
    ...foundation,
    objects,
    logger,
    onChanged,
    withdrawFromDatasets: (series) => datasets.withdraw(series),
    openPatientPool: () => patientPool(folder.spool),
  });
}
