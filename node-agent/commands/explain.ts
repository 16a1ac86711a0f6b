import { join, resolve } from 'node:path';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { vaultSetUp } from '../assembly/vault-side.ts';
import type { Explanation } from '../deidentify/engine.ts';
import type { ExplainedElement } from '../deidentify/explanation.ts';
import type { ProfileFile } from '../deidentify/profile/profile-file.ts';
import { ProfileComparison } from '../deidentify/profile-comparison.ts';
import { DicomParseError } from '../dicom/parse-error.ts';
import { describeCause } from '../pipeline/causes.ts';
import { NOT_IN_LIST, OPTED_OUT } from '../pipeline/messages.ts';
import { PatientGate } from '../pipeline/patient-gate.ts';
import { kindsOf, letheSecretFor } from '../pipeline/shipped-engine.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print, settingsOf } from './command.ts';
import { inputFiles } from './input-files.ts';
import { namedProfile } from './named-profile.ts';

/** What stood in an object identifies: it is printed only where it is asked for. */
const explainObject: Command = {
  name: ['explain'],
  usage: 'explain FILE [--profile P] [--values] [--json]',
  summary: 'Says, tag by tag, what de-identification does to an object, by which rule and section of the standard.',
  options: { profile: { type: 'string' }, values: { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: 1,
  run: async (context) => {
    const { dataFolder, values, positionals } = context;
    const settings = settingsOf(context).values;
    const profile = namedProfile(String(values.profile ?? settings['deidentify.profile']));
    const foundation = openFoundation(dataFolder);
    try {
      const gate = gateFor(context, foundation, profile);
      const [file = ''] = inputFiles(resolve(positionals[0] ?? ''));
      const explanation = await explained(gate, file, dataFolder).catch(unreadable);
      if (typeof explanation === 'string') {
        const { title, sentence } = describeCause(explanation);
        print(`This object would not be passed on. ${title}: ${sentence}`);
        return 0;
      }
      const elements = values.values ? explanation.elements : explanation.elements.map(withoutBefore);
      if (values.json) print(JSON.stringify({ ...explanation, elements }, null, 2));
      else printExplanation({ ...explanation, elements });
      return 0;
    } finally {
      foundation.close();
    }
  },
};

/** A dry run over a sample: nothing is written, and no value of an original is printed. */
const compareProfiles: Command = {
  name: ['profile', 'compare'],
  usage: 'profile compare NEW FOLDER [--with PROFILE] [--json]',
  summary: 'Says which attributes of the objects of a folder, on which devices, another profile would treat otherwise.',
  options: { with: { type: 'string' }, json: { type: 'boolean' } },
  positionals: 2,
  run: async (context) => {
    const { dataFolder, values, positionals } = context;
    const settings = settingsOf(context).values;
    const now = namedProfile(String(values.with ?? settings['deidentify.profile']));
    const then = namedProfile(positionals[0] ?? '');
    const files = inputFiles(resolve(positionals[1] ?? ''));
    const foundation = openFoundation(dataFolder);
    try {
      const gates = [gateFor(context, foundation, now), gateFor(context, foundation, then)] as const;
      const comparison = new ProfileComparison();
      let unread = 0;
      for (const file of files) {
        try {
          const before = await explained(gates[0], file, dataFolder);
          const after = await explained(gates[1], file, dataFolder);
          if (typeof before !== 'string' && typeof after !== 'string') comparison.add(before, after);
        } catch (error) {
          if (!(error instanceof DicomParseError)) throw error;
          unread += 1;
        }
      }
      const document = comparison.toDocument();
      if (values.json) {
        print(JSON.stringify({ ...document, unread }, null, 2));
        return 0;
      }
      const { attributes, devices, changedObjects, objects, otherOutcome } = document;
      const distinct = new Set(attributes.map(({ attribute }) => attribute)).size;
      print(
        `${distinct} attributes on ${devices.length} devices would change, in ${changedObjects} of ${objects} objects.`,
      );
      if (otherOutcome > 0) print(`${otherOutcome} objects would have another outcome.`);
      if (unread > 0) print(`${unread} files could not be read.`);
      for (const { attribute, name, change, objects: count, devices: where } of attributes)
        print(`  ${attribute} ${name ?? ''}: ${change}; ${count} objects, ${where.join(', ')}`);
      return 0;
    } finally {
      foundation.close();
    }
  },
};

export const EXPLAIN_COMMANDS: readonly Command[] = [explainObject, compareProfiles];

/** As the workers of the node would take an object: the vault is asked about the patient first. */
function gateFor(context: CommandContext, foundation: Foundation, profile: ProfileFile): PatientGate {
  const settings = settingsOf(context).values;
  return new PatientGate(vaultSetUp(foundation, settings), {
    profile,
    letheSecret: letheSecretFor(profile, foundation.folder.keys, foundation.keyring.first.secret),
    excludedKinds: kindsOf(settings['deidentify.excludedKinds']),
    approvedWords: foundation.siteWords.approved(),
  });
}

/** @returns the cause where the vault keeps the object back @throws DicomParseError; the system's error */
async function explained(gate: PatientGate, file: string, dataFolder: string): Promise<Explanation | string> {
  const admitted = await gate.admit(file, join(dataFolder, 'explain'));
  if (admitted.kind === 'opted-out') return OPTED_OUT;
  if (admitted.kind === 'not-listed') return NOT_IN_LIST;
  return admitted.engine.explain(file, { temporaryFolder: dataFolder });
}

function withoutBefore(element: ExplainedElement): ExplainedElement {
  return { ...element, before: undefined };
}

function printExplanation({ profile, profileHash, refusal, elements }: Explanation): void {
  print(`Profile ${profile}, ${profileHash}`);
  if (refusal !== undefined) {
    const { title, sentence } = describeCause(refusal.kind === 'excluded' ? refusal.rule : refusal.cause);
    print(`This object would not be passed on. ${title}: ${sentence}`);
  }
  for (const { path, name, vr, action, layer, rule, section, before, after, override, disagreement } of elements) {
    print(`${path} ${vr} ${name ?? ''}`);
    print(`    ${action}: ${layer}, ${rule}${section === undefined ? '' : ` (${section})`}`);
    if (before !== undefined) print(`    before: ${before}`);
    if (after !== undefined) print(`    after:  ${after}`);
    for (const remark of [override, disagreement]) if (remark !== undefined) print(`    ${remark}`);
  }
}

/** @throws StartUpError in place of a parser's error, which has no exit code of its own */
function unreadable(error: unknown): never {
  if (error instanceof DicomParseError) throw new StartUpError(`The object cannot be read. ${error.message}`);
  throw error;
}
