/** What the API sees of the explanation of quarantined objects. */
import { Problem } from '../api/problem.ts';
import type { ExplanationPort } from '../api/services.ts';
import type { ProfileFile } from '../deidentify/profile/profile-file.ts';
import { readProfile, shippedProfiles } from '../deidentify/profile/profile-reader.ts';
import { describeCause } from '../pipeline/causes.ts';
import { explanationPool } from '../pipeline/explanation-pool.ts';
import { kindsOf, letheSecretFor } from '../pipeline/shipped-engine.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';
import { vaultSetUp } from './vault-side.ts';
import { workerLimits } from './worker-limits.ts';

export function buildExplanationPort(foundation: Foundation, settings: SettingValues): ExplanationPort {
  const { ledger, spool, folder, keyring, siteWords, audit } = foundation;

  return {
    explain: async (objectId, profileName, by) => {
      if (ledger.find(objectId)?.state !== 'quarantined')
        throw new Problem(404, 'Not found', 'No object with this id is in quarantine. Look at the list again.');
      const profile = profileOf(profileName, settings);
      const pool = explanationPool(
        {
          vault: vaultSetUp(foundation, settings),
          profile,
          letheSecret: letheSecretFor(profile, folder.keys, keyring.first.secret),
          excludedKinds: kindsOf(settings['deidentify.excludedKinds']),
          approvedWords: siteWords.approved(),
          temporaryFolder: folder.spool,
        },
        workerLimits(settings),
      );
      try {
        const answer = await pool.run({ file: spool.quarantinePathOf(objectId) });
        switch (answer.kind) {
          case 'explained': {
            audit.record({ actor: by, action: 'object.explained', subject: objectId, detail: answer.profile });
            const { kind: _, refusal, attributes, ...head } = answer;
            const why = refusal === null ? null : { cause: refusal, ...describeCause(refusal) };
            return { objectId, ...head, refusal: why, attributes: [...attributes] };
          }
          case 'gone':
            throw new Problem(404, 'Not found', 'The object has left quarantine. Look at the list again.');
          case 'failed':
            throw new Problem(503, 'Not possible', `The object could not be read (${answer.reason}). Check the disk.`);
          default: {
            const { title, sentence } = describeCause(answer.cause);
            throw new Problem(409, 'Not possible', `This object cannot be explained. ${title}: ${sentence}`);
          }
        }
      } finally {
        await pool.stop();
      }
    },
  };
}

/** By name only: the path of a file comes from the settings, never over the network. */
function profileOf(name: string | undefined, settings: SettingValues): ProfileFile {
  if (name === undefined) return readProfile(settings['deidentify.profile']);
  const known = shippedProfiles();
  if (known.includes(name)) return readProfile(name);
  throw new Problem(400, 'Not possible', `There is no profile of this name. Known are ${known.join(', ')}.`);
}
