/** What the settings say about the gates of datasets. */
import type { KLimits } from '../governance/privacy-risk/k-figures.ts';
import type { SettingValues } from '../settings/manifest.ts';
import { StartUpError } from '../store/errors.ts';

/** @throws StartUpError where the limit that warns is below the one that blocks */
export function kLimits(settings: SettingValues): KLimits {
  const limits = { block: settings['governance.k.block'], warn: settings['governance.k.warn'] };
  if (limits.warn >= limits.block) return limits;
  throw new StartUpError(
    `The setting governance.k.warn is ${limits.warn} and governance.k.block is ${limits.block}: what is released would never be warned about. Raise governance.k.warn.`,
  );
}
