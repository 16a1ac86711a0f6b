/** What works with clinical tables: the import on the identified side, and the timepoints that follow from it. */
import { ClinicalTerms } from '../harmonise/clinical/clinical-terms.ts';
import { loadCommonDataModel } from '../harmonise/common-data-model.ts';
import { readHyperOntology } from '../harmonise/ontology/hyper-ontology.ts';
import type { HousekeepingTask } from '../operations/schedule.ts';
import { ClinicalIdentity } from '../pipeline/clinical/clinical-identity.ts';
import { ClinicalImporter } from '../pipeline/clinical/clinical-importer.ts';
import { ClinicalTimepoints } from '../pipeline/clinical/clinical-timepoints.ts';
import { chosenProfile, letheSecretFor } from '../pipeline/shipped-engine.ts';
import type { SettingValues } from '../settings/manifest.ts';
import { PatientRegister } from '../vault/patient-register.ts';
import type { Foundation } from './foundation.ts';
import { vaultSetUp } from './vault-side.ts';

export interface ClinicalSide {
  readonly importer: ClinicalImporter;
  readonly timepoints: ClinicalTimepoints;
  readonly tables: ReturnType<typeof clinicalTables>;
}

/** @throws StartUpError when the profile cannot be used; Error when a table of the release is damaged */
export function buildClinicalSide(foundation: Foundation, settings: SettingValues): ClinicalSide {
  const { identities, optOuts, vaultDatabase, clinical: store, studies, audit, folder, keyring } = foundation;
  const profile = chosenProfile(settings['deidentify.profile']);
  const letheSecret = letheSecretFor(profile, folder.keys, keyring.first.secret);
  const { secrets, newPseudonyms } = vaultSetUp(foundation, settings);
  const register = new PatientRegister(vaultDatabase, secrets, newPseudonyms);
  const identity = new ClinicalIdentity(identities, register, { profile, letheSecret });
  const timepoints = new ClinicalTimepoints({ store, identity, identities, studies });
  const tables = clinicalTables();
  const importer = new ClinicalImporter({
    tables,
    identity,
    identities,
    optOuts,
    store,
    vaultDatabase,
    audit,
    onChanged: (pseudonyms) => timepoints.refresh(pseudonyms),
  });
  return { importer, timepoints, tables };
}

/** Studies that came after the clinical rows of their patients get their timepoints. */
export function timepointTask(foundation: Foundation, settings: SettingValues): HousekeepingTask {
  let side: ClinicalSide | undefined;
  return {
    id: 'derive-imaging-timepoints',
    cron: '*/10 * * * *',
    description: 'Gives studies of patients with clinical data their episode and imaging timepoint.',
    run: () => {
      if (foundation.clinical.patientsWithoutTimepoints().length === 0) return 'Every study has its timepoint.';
      side ??= buildClinicalSide(foundation, settings);
      return `${side.timepoints.catchUp()} patients got timepoints.`;
    },
  };
}

function clinicalTables() {
  return { model: loadCommonDataModel(), ontology: readHyperOntology(), terms: new ClinicalTerms() };
}
