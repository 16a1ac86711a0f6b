import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openFoundation } from '../assembly/foundation.ts';
import { describeCause } from '../pipeline/causes.ts';
import { DEFAULT_PROFILE, shippedEngine } from '../pipeline/shipped-engine.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, UsageError } from './command.ts';
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
  run: async ({ dataFolder, values, positionals: [from = '', to = ''] }) => {
    const files = filesOf(resolve(from));
    const foundation = openFoundation(dataFolder);
    try {
      const engine = engineOf(foundation.pseudonymiser, String(values.profile));
      const folder = new OutputFolder(resolve(to));
      const rows: ReportRow[] = [];
      const map = new Map<string, string>();
      for (const [index, path] of files.entries()) {
        const file = index + 1;
        const temporary = folder.temporaryFile();
        try {
          const result = await engine.deidentifyAndVerify(path, temporary);
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
        } finally {
          rmSync(temporary, { force: true });
        }
      }
      if (values.map) writePrivately(String(values.map), csvOf(map));
      if (values.report) writePrivately(String(values.report), `${JSON.stringify(rows, null, 2)}\n`);
      return summarise(rows);
    } finally {
      foundation.close();
    }
  },
};

function engineOf(pseudonymiser: Parameters<typeof shippedEngine>[0], profile: string) {
  try {
    return shippedEngine(pseudonymiser, profile);
  } catch {
    throw new UsageError(`There is no profile "${profile}". The one that ships is "${DEFAULT_PROFILE}".`);
  }
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
