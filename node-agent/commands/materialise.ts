/** Writes a dataset as files, and checks a tree that was written. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Agent } from '../agent.ts';
import { openFoundation } from '../assembly/foundation.ts';
import { buildMaterialiseDesk, treeRules } from '../assembly/materialise-side.ts';
import { MaterialiseError } from '../materialise/errors.ts';
import { LAYOUTS, type Layout, type Materialisation, type NewMaterialisation } from '../materialise/materialisation.ts';
import type { MaterialiseDesk } from '../materialise/materialise-desk.ts';
import { lineOf } from '../materialise/reader/problem.ts';
import { readTree } from '../materialise/reader/read-tree.ts';
import { StartUpError } from '../store/errors.ts';
import { isFolderLocked } from '../store/folder-lock.ts';
import { type Command, type CommandContext, print, settingsOf, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const BY = 'command line';
const POLL_MS = 200;
const TOLD_EVERY_PERCENT = 10;

/** Leaves the work to a node that runs on the data folder; runs it itself where none does. */
const materialise: Command = {
  name: ['materialise'],
  usage: 'materialise DATASET FOLDER [--layout eucaim|bids] [--recipe FILE] [--copy]',
  summary: 'Writes a released dataset into a folder as files, verified and read back; Ctrl-C cancels it.',
  options: { layout: { type: 'string' }, recipe: { type: 'string' }, copy: { type: 'boolean' } },
  positionals: 2,
  run: async (context) => {
    const wanted = wantedOf(context);
    const { lock, root } = existingNode(context.dataFolder);
    if (isFolderLocked(lock)) return withDesk(context, (desk) => carriedOut(desk, wanted));
    const agent = await Agent.start({ dataFolder: root, settings: settingsOf(context), offline: true });
    try {
      return await withDesk(context, (desk) => carriedOut(desk, wanted));
    } finally {
      await agent.stop();
    }
  },
};

const materialisedCheck: Command = {
  name: ['materialised', 'check'],
  usage: 'materialised check FOLDER [--json]',
  summary: 'Reads the folder of a written dataset back and lists what is wrong with it, by file and line.',
  options: { json: { type: 'boolean' } },
  positionals: 1,
  run: async ({ dataFolder, positionals, values }) => {
    const folder = resolve(positionals[0] ?? '');
    const reading = await readTree(folder, treeRules(dataFolder)).catch((error: NodeJS.ErrnoException) => {
      throw new StartUpError(
        `The folder cannot be read (${error.code ?? error.name}). Check its path and permissions.`,
      );
    });
    const { errors, missingValues, problems, files, manifest } = reading;
    if (values.json)
      print(JSON.stringify({ dataset: manifest?.dataset ?? null, files: files.size, errors, missingValues, problems }));
    else {
      for (const problem of problems) print(`${problem.severity}: ${lineOf(problem)}`);
      print(`${files.size} files read: ${errors} errors, ${missingValues} values missing.`);
    }
    return errors === 0 ? 0 : 1;
  },
};

export const MATERIALISE_COMMANDS: readonly Command[] = [materialise, materialisedCheck];

function wantedOf(context: CommandContext): NewMaterialisation {
  const { positionals, values } = context;
  const [datasetId = '', folder = ''] = positionals;
  const layout = (values.layout ?? 'eucaim') as Layout;
  if (!LAYOUTS.includes(layout)) throw new UsageError(`--layout is one of ${LAYOUTS.join(', ')}.`);
  const settings = settingsOf(context).values;
  const wanted = values.copy === true || settings['materialise.objects'] === 'copy' ? 'copy' : 'link';
  const recipe = typeof values.recipe === 'string' ? { recipe: recipeOf(values.recipe) } : {};
  return { datasetId, layout, root: resolve(folder), wanted, ...recipe };
}

function recipeOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new StartUpError(`The recipe ${why}. Check its path and content.`);
  }
}

async function withDesk(context: CommandContext, work: (desk: MaterialiseDesk) => Promise<number>): Promise<number> {
  const foundation = openFoundation(context.dataFolder);
  try {
    const logger = { error: (sentence: string) => void process.stderr.write(`${sentence}\n`) };
    return await work(buildMaterialiseDesk(foundation, settingsOf(context).values, logger, () => {}));
  } catch (error) {
    throw error instanceof MaterialiseError ? new StartUpError(error.message) : error;
  } finally {
    foundation.close();
  }
}

/** Asks, and waits for the end; progress goes to standard error. */
async function carriedOut(desk: MaterialiseDesk, wanted: NewMaterialisation): Promise<number> {
  const { materialisations } = desk;
  // One that was cut short goes on where it was.
  const { id } = desk.underWay(wanted) ?? desk.request(wanted, BY);
  const cancel = () => void desk.cancel(id, BY);
  process.once('SIGINT', cancel);
  try {
    for (let told = -TOLD_EVERY_PERCENT; ; ) {
      const job = materialisations.find(id) as Materialisation;
      if (job.state !== 'queued' && job.state !== 'running') return report(desk, job);
      const percent = job.bytes === 0 ? 0 : Math.floor((100 * job.bytesDone) / job.bytes);
      if (job.files > 0 && percent >= told + TOLD_EVERY_PERCENT) {
        told = percent;
        process.stderr.write(`${job.filesDone} of ${job.files} objects (${percent} %)\n`);
      }
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  } finally {
    process.off('SIGINT', cancel);
  }
}

function report({ materialisations }: MaterialiseDesk, job: Materialisation): number {
  print(job.sentence ?? '');
  for (const { kind, table, column, rows, patients } of materialisations.objections(job.id)) {
    const place = column === '' ? table : `${table}.${column}`;
    const named = patients.length === 0 ? '' : `: ${patients.join(', ')}${rows > patients.length ? ' …' : ''}`;
    print(`${kind}: ${place}, ${rows} row${rows === 1 ? '' : 's'}${named}`);
  }
  return job.state === 'done' ? 0 : 1;
}
