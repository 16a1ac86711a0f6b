import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openFoundation } from '../assembly/foundation.ts';
import { vaultSetUp } from '../assembly/vault-side.ts';
import { workerLimits } from '../assembly/worker-limits.ts';
import { Profile } from '../deidentify/profile.ts';
import { describeCause } from '../pipeline/causes.ts';
import { type OfflinePool, offlinePool } from '../pipeline/offline-pool.ts';
import { DEFAULT_PROFILE, kindsOf } from '../pipeline/shipped-engine.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, settingsOf, UsageError } from './command.ts';
import { OutputFolder } from './output-folder.ts';

interface ReportRow {
  /** Position of the file in the sorted listing of IN; file names may be identifying. */
  readonly file: number;
  readonly outcome: string;
  readonly cause?: string;
  readonly detail?: string | undefined;
  readonly output?: string;
  /** The same bytes stood in OUT before this file was read. */
  readonly alreadyThere?: true;
  readonly actions?: unknown;
}

/** De-identifies files outside the ledger, with the keys of the data folder: the same pseudonyms as the node's. */
export const deidentifyFolder: Command = {
  name: ['deidentify'],
  usage: 'deidentify IN OUT [--profile P] [--map CSV] [--report JSON]',
  summary: 'De-identifies the DICOM files of a folder into another, without the ledger.',
  options: {
    profile: { type: 'string', default: DEFAULT_PROFILE },
    map: { type: 'string' },
    report: { type: 'string' },
  },
  positionals: 2,
  run: async (context) => {
    const {
      dataFolder,
      values,
      positionals: [from = '', to = ''],
    } = context;
    const settings = settingsOf(context).values;
    const profileId = knownProfile(String(values.profile));
    const files = filesOf(resolve(from));
    const foundation = openFoundation(dataFolder);
    const excludedKinds = kindsOf(settings['deidentify.excludedKinds']);
    const workers = offlinePool(
      { vault: vaultSetUp(foundation, settings), profileId, excludedKinds },
      workerLimits(settings),
    );
    try {
      const folder = new OutputFolder(resolve(to));
      const rows: ReportRow[] = [];
      const map = new Map<string, string>();
      for await (const { file, temporary, result } of cleaned(files, workers, folder)) {
        if (result.kind === 'failed') throw new StartUpError(refusedByTheSystem(result.reason));
        if (result.kind === 'quarantined') {
          rows.push({ file, outcome: result.kind, cause: result.cause, detail: result.detail });
          continue;
        }
        if (result.kind === 'excluded') {
          rows.push({ file, outcome: result.kind, cause: result.rule });
          continue;
        }
        const placing = folder.place(temporary, result);
        if (placing.kind === 'refused') {
          rows.push({ file, outcome: 'quarantined', cause: placing.cause });
          continue;
        }
        map.set(result.identity.patientId, result.patientPseudonym);
        const { output } = placing;
        const repeated = placing.kind === 'already-there' ? { alreadyThere: true as const } : {};
        rows.push({ file, outcome: result.kind, output, ...repeated, actions: result.report.actions });
      }
      if (values.map) writePrivately(String(values.map), csvOf(map));
      if (values.report) writePrivately(String(values.report), `${JSON.stringify(rows, null, 2)}\n`);
      return summarise(rows);
    } finally {
      // Also where the loop was never reached.
      await workers.stop();
      foundation.close();
    }
  },
};

interface Running {
  readonly temporary: string;
  readonly answer: ReturnType<OfflinePool['run']>;
}

/** Works with all workers at once; the results come in the order of the files. Ends the workers when it ends. */
async function* cleaned(files: readonly string[], workers: OfflinePool, folder: OutputFolder) {
  const running: Running[] = [];
  let file = 0;
  async function* oldest() {
    const [first] = running;
    if (first === undefined) return;
    const { temporary, answer } = first;
    try {
      file += 1;
      yield { file, temporary, result: await answer };
    } finally {
      running.shift();
      folder.discard(temporary);
    }
  }
  try {
    for (const source of files) {
      const temporary = folder.temporaryFile();
      running.push({ temporary, answer: workers.run({ source, target: temporary }) });
      if (running.length >= workers.size) yield* oldest();
    }
    while (running.length > 0) yield* oldest();
  } finally {
    // First the workers: until then they still write to what is removed here.
    await workers.stop();
    for (const { temporary } of running) folder.discard(temporary);
  }
}

/** @throws UsageError when there is no such profile */
function knownProfile(id: string): string {
  try {
    return Profile.shipped(id).id;
  } catch {
    throw new UsageError(`There is no profile "${id}". The one that ships is "${DEFAULT_PROFILE}".`);
  }
}

function refusedByTheSystem(code: string): string {
  return `A file could not be read or written (${code}). Check the space and the rights of both folders, then run the command again.`;
}

function filesOf(folder: string): string[] {
  try {
    if (statSync(folder).isFile()) return [folder];
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    throw new StartUpError('The input does not exist or may not be read. Check the path.');
  }
}

/** Both files link back to the original or describe it: only the user who ran the command may read them. */
function writePrivately(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
}

function csvOf(map: ReadonlyMap<string, string>): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return ['id_old,id_new', ...[...map].map(([original, pseudonym]) => `${quote(original)},${quote(pseudonym)}`)]
    .join('\n')
    .concat('\n');
}

function summarise(rows: readonly ReportRow[]): number {
  const stopped = rows.filter(({ outcome }) => outcome !== 'deidentified');
  const repeated = rows.filter(({ alreadyThere }) => alreadyThere).length;
  const done = `${rows.length - stopped.length} de-identified${repeated > 0 ? ` (${repeated} there already)` : ''}`;
  print(`${rows.length} files: ${done}, ${stopped.length} kept back.`);
  const causes = Map.groupBy(stopped, ({ cause = 'unknown' }) => cause);
  for (const [cause, group] of causes)
    print(`  ${group.length} × ${describeCause(cause).title}: ${describeCause(cause).sentence}`);
  return 0;
}
