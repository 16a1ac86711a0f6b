/** What there is of clinical tables, and the linkage file of the site. */
import { closeSync, fsyncSync, openSync, realpathSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { linkageLines } from '../pipeline/clinical/linkage-file.ts';
import { StartUpError } from '../store/errors.ts';
import { ACTOR, withClinical } from './clinical-node.ts';
import { type Command, print } from './command.ts';

const CONSOLE_FOLDER = resolve(import.meta.dirname, '../../renderer');

export const clinicalLinkage: Command = {
  name: ['clinical', 'linkage'],
  usage: 'clinical linkage FILE.csv',
  summary:
    'Writes original Patient IDs and studies with episode and imaging timepoint, for the eyes of the site alone.',
  positionals: 1,
  run: (context) =>
    withClinical(context, ({ timepoints }, foundation) => {
      const file = resolve(context.positionals[0] ?? '');
      refuseServedPlace(file, foundation.folder.root);
      timepoints.catchUp();
      const { audit, clinical: store } = foundation;
      const studies = writeNew(file, linkageLines({ ...foundation, store })) - 1;
      audit.record({
        actor: ACTOR,
        action: 'clinical.linkage-written',
        subject: 'linkage file',
        detail: `${studies} studies`,
      });
      print(
        `Written: ${studies} studies with their original IDs. Keep the file inside the hospital, and delete it when it is not needed any more.`,
      );
      return 0;
    }),
};

export const clinicalStatus: Command = {
  name: ['clinical', 'status'],
  usage: 'clinical status [--json] [--withdraw ID]',
  summary: 'What clinical rows there are, from which imports; or takes an import out again.',
  options: { json: { type: 'boolean' }, withdraw: { type: 'string' } },
  positionals: 0,
  run: (context) =>
    withClinical(context, ({ importer, timepoints }, { clinical }) => {
      const { withdraw, json } = context.values;
      if (typeof withdraw === 'string') {
        const rows = importer.withdraw(Number(withdraw), ACTOR);
        if (rows === undefined) throw new StartUpError('There is no such import, or it is withdrawn already.');
        print(`Withdrawn: ${rows} rows.`);
        return 0;
      }
      timepoints.catchUp();
      const [counts, imports] = [clinical.counts(), clinical.imports()];
      if (json === true) print(JSON.stringify({ ...counts, imports }));
      else {
        print(`Patients with clinical rows: ${counts.patients}`);
        for (const { table, rows } of counts.tables) print(`  ${table}: ${rows}`);
        for (const { id, state, format, mapping, by, at, rows } of imports)
          print(`Import ${id}: ${state}, ${rows} rows, ${format}, mapping ${mapping}, ${by}, ${at}`);
      }
      return 0;
    }),
};

/** Nothing that the node serves or sends may hold original IDs. */
function refuseServedPlace(file: string, root: string): void {
  let folder: string;
  try {
    folder = realpathSync(dirname(file));
  } catch {
    throw new StartUpError('The folder for the linkage file does not exist. Make it first.');
  }
  for (const served of [realpathSync(root), CONSOLE_FOLDER]) {
    if (`${folder}${sep}`.startsWith(`${served}${sep}`))
      throw new StartUpError(
        'The linkage file holds original IDs and is not written below the data folder or the console. Name another folder.',
      );
  }
}

/** @returns how many lines were written */
function writeNew(file: string, lines: Iterable<string>): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch {
    throw new StartUpError(
      'The linkage file was not written: there is a file of this name, or it cannot be made there.',
    );
  }
  let count = 0;
  try {
    for (const line of lines) {
      writeSync(descriptor, `${line}\r\n`);
      count += 1;
    }
    fsyncSync(descriptor);
    return count;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
