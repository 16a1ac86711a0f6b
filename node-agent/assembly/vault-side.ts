/** What workers and desks need of the vault. */

import { Problem } from '../api/problem.ts';
import type { VaultPort } from '../api/services.ts';
import { PatientWithdrawal } from '../governance/patient-withdrawal.ts';
import { Materialisations } from '../materialise/materialisations.ts';
import type { Logger } from '../operations/logger.ts';
import type { ObjectStore } from '../pipeline/object-store.ts';
import { OptOutDesk } from '../pipeline/opt-out-desk.ts';
import type { VaultSetUp } from '../pipeline/patient-gate.ts';
import { patientPool } from '../pipeline/patient-pool.ts';
import type { SettingValues } from '../settings/manifest.ts';
import { OptOutError } from '../vault/opt-outs.ts';
import { ReidentificationError, type ReidentificationFault } from '../vault/reidentifications.ts';
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
    withdrawFromDatasets: (series) => {
      new Materialisations(indexDatabase).forgetObjectionsAbout(series);
      return datasets.withdraw(series);
    },
    openPatientPool: () => patientPool(folder.spool),
  });
}

const PROBLEM_OF: Record<ReidentificationFault, { readonly status: number; readonly title: string }> = {
  'not-found': { status: 404, title: 'Not found' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'not-now': { status: 409, title: 'Not possible now' },
  'invalid-input': { status: 400, title: 'Not acceptable' },
};

/** @param onOptedOut begins the withdrawal */
export function buildVaultPort(
  { optOuts, reidentifications, audit }: Pick<Foundation, 'optOuts' | 'reidentifications' | 'audit'>,
  onOptedOut: () => void,
): VaultPort {
  return {
    optOuts: () => optOuts.list(),
    optOut: ({ patientId, issuer, everyIssuer }, by) =>
      inProblems(() => {
        const entered = optOuts.enter({ patientId, issuer: issuer ?? undefined }, by, everyIssuer);
        audit.record({ actor: by, action: 'patient.opted-out', subject: entered.id });
        onOptedOut();
        return entered;
      }),
    reidentifications: () => reidentifications.list(),
    requestReidentification: (request, person) => inProblems(() => reidentifications.request(request, person)),
    decideReidentification: (id, decision, person) => inProblems(() => reidentifications.decide(id, decision, person)),
    showReidentification: (id, person) => inProblems(() => reidentifications.show(id, person)),
  };
}

function inProblems<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OptOutError) throw new Problem(409, 'Not withdrawn', error.message);
    if (!(error instanceof ReidentificationError)) throw error;
    const { status, title } = PROBLEM_OF[error.fault];
    throw new Problem(status, title, error.message);
  }
}
