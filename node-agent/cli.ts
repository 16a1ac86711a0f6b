/**
 * The command line. Exit codes: 0 done, 1 failed, 2 wrong arguments. Results go to standard output, everything
 * else to standard error.
 */
import { parseArgs } from 'node:util';
import { auditVerify } from './commands/audit-verify.ts';
import { type Command, type CommandContext, UsageError } from './commands/command.ts';
import { conformance } from './commands/conformance.ts';
import { dataFolderLocation } from './commands/data-folder-location.ts';
import { deidentifyFolder } from './commands/deidentify.ts';
import { doctor } from './commands/doctor.ts';
import { compareProfiles, explainObject } from './commands/explain.ts';
import { importCommand } from './commands/import.ts';
import { openApi } from './commands/open-api.ts';
import { pacsAdd, pacsDoctor, pacsList, pacsRemove } from './commands/pacs.ts';
import { PEER_COMMANDS } from './commands/peer.ts';
import { retrieve } from './commands/retrieve.ts';
import { serve } from './commands/serve.ts';
import { status } from './commands/status.ts';
import { TEXT_COMMANDS } from './commands/text.ts';
import { TOKEN_COMMANDS } from './commands/token.ts';
import { userAdd } from './commands/user-add.ts';
import { SettingError } from './settings/settings.ts';
import { StartUpError } from './store/errors.ts';

const COMMANDS: readonly Command[] = [
  serve,
  importCommand,
  deidentifyFolder,
  explainObject,
  compareProfiles,
  status,
  doctor,
  auditVerify,
  userAdd,
  ...PEER_COMMANDS,
  ...TOKEN_COMMANDS,
  ...TEXT_COMMANDS,
  pacsAdd,
  pacsList,
  pacsRemove,
  pacsDoctor,
  retrieve,
  conformance,
  openApi,
];

const COMMON = {
  'data-dir': { type: 'string' },
  set: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

const USAGE = [
  'Usage: gatehouse COMMAND [--data-dir FOLDER] [--set name=value]…',
  '',
  ...COMMANDS.map(({ usage, summary }) => `  ${usage.padEnd(68)} ${summary}`),
  '',
  'Settings can be given with --set, as environment variables (dicom.port: GATEHOUSE_DICOM_PORT) or in settings.json of the data folder.',
].join('\n');

async function main(words: readonly string[]): Promise<number> {
  if (words.length === 0 || words[0] === 'help' || words[0] === '--help') {
    process.stdout.write(`${USAGE}\n`);
    return words.length === 0 ? 2 : 0;
  }
  const command = COMMANDS.find(({ name }) => name.every((word, index) => words[index] === word));
  if (!command) throw new UsageError(noSuchCommand(words));
  const { values, positionals } = parse(command, words.slice(command.name.length));
  if (values.help) {
    process.stdout.write(`Usage: gatehouse ${command.usage}\n${command.summary}\n`);
    return 0;
  }
  const dataFolder = dataFolderLocation(values['data-dir'] as string | undefined);
  const context: CommandContext = { dataFolder, set: (values.set as string[] | undefined) ?? [], values, positionals };
  return command.run(context);
}

function noSuchCommand(words: readonly string[]): string {
  const options = words.findIndex((word) => word.startsWith('-'));
  const given = words.slice(0, options < 0 ? 2 : Math.min(options, 2)).join(' ');
  const known = `Commands are: ${COMMANDS.map(({ name }) => name.join(' ')).join(', ')}.`;
  if (given === '') return `The command comes first, its options after it. ${known}`;
  return `There is no command "${given}". ${known}`;
}

function parse(command: Command, words: readonly string[]) {
  try {
    const options = { ...COMMON, ...command.options };
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
    if (!parsed.values.help && parsed.positionals.length !== command.positionals) {
      throw new UsageError(
        `"${command.name.join(' ')}" takes ${command.positionals || 'no'} argument${command.positionals === 1 ? '' : 's'}.`,
      );
    }
    return parsed as { values: Record<string, string | boolean | string[] | undefined>; positionals: string[] };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${error.message} Usage: gatehouse ${command.usage}`);
    throw new UsageError(`${(error as Error).message} Usage: gatehouse ${command.usage}`);
  }
}

// Files of the node are for the service user alone, whatever the shell allows.
process.umask(0o077);
// Whoever reads the output may have seen enough (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const wrongArguments = error instanceof UsageError || error instanceof SettingError;
  const expected = wrongArguments || error instanceof StartUpError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(expected ? `${message}\n` : `Gatehouse failed: ${message}. The logs folder says more.\n`);
  process.exitCode = wrongArguments ? 2 : 1;
}
