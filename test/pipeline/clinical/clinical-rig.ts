/** A node without a network that knows some patients from images, and its clinical import. */
import { onTestFinished } from 'vitest';
import { buildClinicalSide } from '../../../node-agent/assembly/clinical-side.ts';
import { type Foundation, openFoundation } from '../../../node-agent/assembly/foundation.ts';
import type { ClinicalMapping } from '../../../node-agent/harmonise/clinical/mapping.ts';
import { readClinicalFile } from '../../../node-agent/harmonise/clinical/readers/read-clinical-file.ts';
import type { ClinicalChoice } from '../../../node-agent/pipeline/clinical/clinical-importer.ts';
import { readSettings } from '../../../node-agent/settings/settings.ts';
import type { Identity } from '../../../node-agent/vault/identity-seal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const STRICT: ClinicalChoice = { mappingName: 'test v1', admitUnknown: false, validRowsOnly: false };

/** @param commandLine settings as `name=value` */
export function clinicalRig(
  known: readonly Identity[] = [],
  commandLine: readonly string[] = [],
  root: string = temporaryFolder(),
) {
  const foundation: Foundation = openFoundation(root);
  onTestFinished(() => foundation.close());
  const { values } = readSettings({ file: `${root}/settings.json`, environment: {}, commandLine });
  const side = buildClinicalSide(foundation, values);
  for (const identity of known)
    foundation.identities.remember(foundation.keyring.current.pseudonymiser.patientPseudonym(identity), identity);
  const fileOf = (content: string | object) =>
    readClinicalFile(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
  return {
    ...foundation,
    ...side,
    root,
    fileOf,
    pseudonymOf: (identity: Identity) => foundation.identities.find(identity)?.pseudonym ?? '',
    /** With the proposed mapping, changed by the test. */
    run: async (
      content: string | object,
      choice: Partial<ClinicalChoice> = {},
      change: (mapping: ClinicalMapping) => ClinicalMapping = (mapping) => mapping,
    ) => {
      const file = await fileOf(content);
      return side.importer.import(file, change(side.importer.propose(file)), { ...STRICT, ...choice }, 'anna');
    },
    check: async (content: string | object, choice: Partial<ClinicalChoice> = {}) => {
      const file = await fileOf(content);
      return side.importer.check(file, side.importer.propose(file), { ...STRICT, ...choice });
    },
  };
}
