import { resolve } from 'node:path';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { ownCertificateFiles } from '../assembly/intake-side.ts';
import { RetrieveError } from '../intake/retrieve/archives.ts';
import { examine } from '../intake/retrieve/connection-doctor.ts';
import { QUERY_LIMITS } from '../intake/retrieve/remote-node.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print, settingsOf, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

/** Runs work on the archives; what cannot be is said in its sentence. */
async function withFoundation(
  root: string,
  work: (foundation: Foundation) => Promise<number> | number,
): Promise<number> {
  const foundation = openFoundation(root);
  try {
    return await work(foundation);
  } catch (error) {
    if (error instanceof RetrieveError) throw new StartUpError(error.message);
    throw error;
  } finally {
    foundation.close();
  }
}

const pacsAdd: Command = {
  name: ['pacs', 'add'],
  usage: 'pacs add TAG AETITLE@HOST:PORT [--way move|get] [--ca FILE] [--pin SHA256]… [--window CRON]…',
  summary: 'Adds a PACS to fetch studies from, or changes the one with this tag.',
  options: {
    way: { type: 'string', default: 'move' },
    ca: { type: 'string' },
    pin: { type: 'string', multiple: true },
    window: { type: 'string', multiple: true },
    calling: { type: 'string' },
    'studies-per-hour': { type: 'string' },
    'instances-per-second': { type: 'string' },
    concurrent: { type: 'string', default: '1' },
    disabled: { type: 'boolean' },
  },
  positionals: 2,
  run: (context) => withFoundation(context.dataFolder, (foundation) => add(context, foundation)),
};

function add(context: CommandContext, { archives, audit }: Foundation): number {
  const { values, positionals } = context;
  const [tag = '', address = ''] = positionals;
  const [, aeTitle, host, port] = /^(.{1,16})@(.+):(\d+)$/.exec(address) ?? [];
  if (!aeTitle || !host) throw new UsageError('The address of a PACS is AETITLE@HOST:PORT.');
  if (values.way !== 'move' && values.way !== 'get') throw new UsageError('The way is move or get.');
  const limit = (name: string) => (values[name] === undefined ? null : Number(values[name]));
  archives.save({
    tag,
    aeTitle,
    host,
    port: Number(port),
    callingAeTitle: typeof values.calling === 'string' ? values.calling : settingsOf(context).values['dicom.aeTitle'],
    certificateAuthorities: typeof values.ca === 'string' ? resolve(values.ca) : null,
    way: values.way,
    fingerprints: (values.pin as string[] | undefined) ?? [],
    instancesPerSecond: limit('instances-per-second'),
    studiesPerHour: limit('studies-per-hour'),
    concurrentStudies: Number(values.concurrent),
    windows: (values.window as string[] | undefined) ?? [],
    enabled: values.disabled !== true,
  });
  audit.record({ actor: 'command line', action: 'archive.saved', subject: tag });
  print(`Saved ${tag}. "gatehouse pacs doctor" looks whether it can be reached.`);
  return 0;
}

const pacsList: Command = {
  name: ['pacs', 'list'],
  usage: 'pacs list',
  summary: 'Lists the PACS that studies are fetched from, as JSON.',
  positionals: 0,
  run: ({ dataFolder }) =>
    withFoundation(existingNode(dataFolder).root, ({ archives }) => {
      print(JSON.stringify(archives.list(), undefined, 2));
      return 0;
    }),
};

const pacsRemove: Command = {
  name: ['pacs', 'remove'],
  usage: 'pacs remove TAG',
  summary: 'Removes a PACS that no study of the queue belongs to.',
  positionals: 1,
  run: ({ dataFolder, positionals: [tag = ''] }) =>
    withFoundation(existingNode(dataFolder).root, ({ archives, audit }) => {
      archives.remove(tag);
      audit.record({ actor: 'command line', action: 'archive.removed', subject: tag });
      return 0;
    }),
};

const pacsDoctor: Command = {
  name: ['pacs', 'doctor'],
  usage: 'pacs doctor TAG',
  summary: 'Looks at the connection to a PACS step by step.',
  positionals: 1,
  run: (context) =>
    withFoundation(existingNode(context.dataFolder).root, async ({ archives }) => {
      const [tag = ''] = context.positionals;
      const own = ownCertificateFiles(settingsOf(context).values);
      const { steps } = await examine(archives.get(tag), QUERY_LIMITS, own);
      for (const { step, outcome, sentence } of steps) print(`${outcome.padEnd(8)} ${step.padEnd(12)} ${sentence}`);
      return steps.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
    }),
};

export const PACS_COMMANDS: readonly Command[] = [pacsAdd, pacsList, pacsRemove, pacsDoctor];
