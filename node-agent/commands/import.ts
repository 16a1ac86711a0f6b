import { resolve } from 'node:path';
import { Agent } from '../agent.ts';
import { openFoundation } from '../assembly/foundation.ts';
import { objectionToImport } from '../pipeline/import-folder.ts';
import type { ImportRequests, ImportRun } from '../pipeline/import-requests.ts';
import { createDataFolder, dataFolderAt } from '../store/data-folder.ts';
import { StartUpError } from '../store/errors.ts';
import { isFolderLocked } from '../store/folder-lock.ts';
import { type Command, type CommandContext, print, settingsOf } from './command.ts';

const POLL_MS = 200;

/** Leaves the work to a node that runs on the folder; runs the same pipeline itself where none does. */
export const importCommand: Command = {
  name: ['import'],
  usage: 'import FOLDER|ZIP',
  summary: 'Imports the DICOM files of a folder or ZIP archive and waits until each is settled; Ctrl-C cancels it.',
  positionals: 1,
  run: async (context) => {
    const folder = resolve(context.positionals[0] ?? '');
    const objection = objectionToImport(folder, createDataFolder(context.dataFolder).root);
    if (objection) throw new StartUpError(objection);
    const settings = settingsOf(context);
    const { lock } = dataFolderAt(context.dataFolder);
    if (isFolderLocked(lock)) return report(await throughRunningNode(context, folder));
    const agent = await Agent.start({ dataFolder: context.dataFolder, settings, offline: true });
    try {
      const run = await ended(agent.importRequests, agent.importRequests.request(folder).id);
      await agent.drained();
      return report(run);
    } finally {
      await agent.stop();
    }
  },
};

async function throughRunningNode(context: CommandContext, folder: string): Promise<ImportRun> {
  const foundation = openFoundation(context.dataFolder);
  try {
    const run = await ended(foundation.importRequests, foundation.importRequests.request(folder).id);
    while (run.state !== 'cancelled' && foundation.ledger.counts().waiting > 0)
      await new Promise((done) => setTimeout(done, POLL_MS));
    return run;
  } finally {
    foundation.close();
  }
}

/** A first Ctrl-C asks for the import to be given up, wherever it runs; a second ends the command. */
async function ended(requests: ImportRequests, id: string): Promise<ImportRun> {
  const cancel = () => void requests.cancel(id);
  process.once('SIGINT', cancel);
  try {
    for (;;) {
      const run = requests.find(id);
      if (run && run.state !== 'waiting' && run.state !== 'running') return run;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  } finally {
    process.off('SIGINT', cancel);
  }
}

function report(run: ImportRun): number {
  print(run.sentence ?? '');
  return run.state === 'done' ? 0 : 1;
}
