import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openFoundation } from '../assembly/foundation.ts';
import { vaultSetUp } from '../assembly/vault-side.ts';
import { offlineWorkerLimits } from '../assembly/worker-limits.ts';
import { offlinePool } from '../pipeline/offline-pool.ts';
import { RunReport } from '../pipeline/run-report.ts';
import { runReportPage } from '../pipeline/run-report-page.ts';
import { kindsOf, letheSecretFor, shippedEngine } from '../pipeline/shipped-engine.ts';
import { type Command, print, settingsOf } from './command.ts';
import { inputFiles } from './input-files.ts';
import { namedProfile } from './named-profile.ts';
import { OfflineRun } from './offline-run.ts';
import { OutputFolder } from './output-folder.ts';
import { RefusedFolder } from './refused-folder.ts';

/** De-identifies files outside the ledger, with the keys of the data folder: the same pseudonyms as the node's. */
export const deidentifyFolder: Command = {
  name: ['deidentify'],
  usage: 'deidentify IN OUT [--profile P] [--quarantine DIR] [--map CSV] [--patients CSV] [--report JSON]',
  summary: 'De-identifies the DICOM files of a folder into another, without the ledger.',
  options: {
    profile: { type: 'string' },
    quarantine: { type: 'string' },
    map: { type: 'string' },
    patients: { type: 'string' },
    report: { type: 'string' },
  },
  positionals: 2,
  run: async (context) => {
    const { dataFolder, values, positionals } = context;
    const [from, to] = [resolve(positionals[0] ?? ''), resolve(positionals[1] ?? '')];
    const { quarantine = join(dirname(to), 'quarantine') } = values;
    const settings = settingsOf(context).values;
    const profile = namedProfile(String(values.profile ?? settings['deidentify.profile']));
    const excludedKinds = kindsOf(settings['deidentify.excludedKinds']);
    const files = inputFiles(from);
    const foundation = openFoundation(dataFolder);
    const { keyring, pseudonymiser } = foundation;
    const letheSecret = letheSecretFor(profile, foundation.folder.keys, keyring.first.secret);
    const choices = { profile, letheSecret, excludedKinds, approvedWords: foundation.siteWords.approved() };
    const workers = offlinePool({ vault: vaultSetUp(foundation, settings), ...choices }, offlineWorkerLimits(settings));
    try {
      const report = new RunReport(shippedEngine(pseudonymiser, choices).head);
      const key = pseudonymiser.derivedKey('names of files that were kept back');
      const refused = new RefusedFolder(resolve(String(quarantine)), key);
      const run = new OfflineRun({ workers, output: new OutputFolder(to), refused, report });
      await run.run(from, files);
      if (values.map) writePrivately(String(values.map), csvOf('original_sop_uid,new_sop_uid', run.instances));
      if (values.patients) writePrivately(String(values.patients), csvOf('id_old,id_new', run.patients));
      if (values.report) writeReport(String(values.report), report);
      return summarise(report, run.repeated);
    } finally {
      // Also where the run was never reached.
      await workers.stop();
      foundation.close();
    }
  },
};

/** These files link back to the originals or describe them: only the user who ran the command may read them. */
function writePrivately(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
}

/** As JSON for programs and, beside it, as a page for the data protection officer. */
function writeReport(file: string, report: RunReport): void {
  const document = report.toDocument();
  writePrivately(file, `${JSON.stringify(document, null, 2)}\n`);
  writePrivately(`${file.replace(/\.json$/i, '')}.html`, runReportPage(document, new Date().toISOString()));
}

function csvOf(head: string, map: ReadonlyMap<string, string>): string {
  const quote = (text: string) => (/^[\w.-]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);
  return [head, ...[...map].map(([original, made]) => `${quote(original)},${quote(made)}`)].join('\n').concat('\n');
}

function summarise(report: RunReport, repeated: number): number {
  const { objects, causes } = report.toDocument();
  const done = `${objects.deidentified} de-identified${repeated > 0 ? ` (${repeated} there already)` : ''}`;
  print(`${objects.read} files: ${done}, ${objects.read - objects.deidentified} kept back.`);
  for (const { title, sentence, objects: count } of causes) print(`  ${count} × ${title}: ${sentence}`);
  return 0;
}
