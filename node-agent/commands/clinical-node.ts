/** What every command of clinical tables stands on. */
import { buildClinicalSide, type ClinicalSide } from '../assembly/clinical-side.ts';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { ClinicalRowTaken } from '../catalogue/clinical/clinical-store.ts';
import { ClinicalFileError } from '../harmonise/clinical/finding.ts';
import { StartUpError } from '../store/errors.ts';
import { type CommandContext, settingsOf } from './command.ts';
import { existingNode } from './existing-node.ts';

export const ACTOR = 'command line';

/** Works on a node that has run before, also while it runs. @throws StartUpError with a sentence on what to do */
export async function withClinical(
  context: CommandContext,
  work: (side: ClinicalSide, foundation: Foundation) => Promise<number> | number,
): Promise<number> {
  const settings = settingsOf(context);
  const foundation = openFoundation(existingNode(context.dataFolder).root);
  try {
    return await work(buildClinicalSide(foundation, settings.values), foundation);
  } catch (error) {
    if (error instanceof ClinicalFileError || error instanceof ClinicalRowTaken) throw new StartUpError(error.message);
    throw error;
  } finally {
    foundation.close();
  }
}
