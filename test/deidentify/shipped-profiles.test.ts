/** Real files under every profile that ships: none of them makes an object invalid or leaves an identifier in it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeidentificationEngine } from '../../node-agent/deidentify/engine.ts';
import { shippedProfiles } from '../../node-agent/deidentify/profile/profile-reader.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { LetheIdentifiers } from '../../node-agent/vault/lethe-identifiers.ts';
import { corpus } from '../support/corpus.ts';
import { counted } from '../support/soak.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { engine, PSEUDONYMISER, TABLES } from './fixtures.ts';

const files = corpus() ?? [];
const every = counted(4, 1);
const slice = files.filter((_file, index) => index % every === 0);
/** Its station name holds the name of the institution, which this profile does not retain: set aside, not passed on. */
const STATION_NAMES_INSTITUTION = 'mr/axial_epi_fmri_sequential_i_to_s-00065-85ea4187.dcm';
const LETHE = new LetheIdentifiers('019a39ba16da7edb9e906440a48e9ed32', PSEUDONYMISER);

async function endsUnder(by: DeidentificationEngine): Promise<Map<string, string>> {
  const folder = temporaryFolder();
  const ends = new Map<string, string>();
  for (const { path, name } of slice) {
    const target = join(folder, 'target.dcm');
    const outcome = await by.deidentifyAndVerify(path, target);
    ends.set(name, outcome.kind === 'quarantined' ? `${outcome.cause}: ${outcome.detail}` : outcome.kind);
    await rm(target, { force: true });
  }
  return ends;
}

describe.skipIf(files.length === 0)('real files', () => {
  it.each(shippedProfiles().filter((name) => name !== 'eucaim'))(
    'come to the same end under %s as under eucaim',
    async (name) => {
      const profile = Profile.shipped(name);
      const pseudonymiser = profile.identifiers === 'lethe' ? LETHE : PSEUDONYMISER;
      const under = await endsUnder(new DeidentificationEngine({ pseudonymiser, profile, tables: TABLES }));
      const expected: Record<string, unknown> = Object.fromEntries(await endsUnder(engine()));
      if (profile.has('retain_device_identity') && STATION_NAMES_INSTITUTION in expected)
        expected[STATION_NAMES_INSTITUTION] = expect.stringMatching(
          /^residual-identifier: Found: institution at \(0008,1010\)/,
        );
      expect(Object.fromEntries(under)).toEqual(expected);
      expect([...under.values()].filter((end) => end === 'deidentified').length).toBeGreaterThan(slice.length / 3);
    },
    120_000,
  );
});
