import { readFile } from 'node:fs/promises';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { type TablePreview, VocabularyDesk } from '../assembly/vocabulary-desk.ts';
import { TableError } from '../harmonise/tables/table-problem.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print } from './command.ts';
import { existingNode } from './existing-node.ts';

const BY = 'command line';
/** As many changes of a kind are printed. */
const MOST_PRINTED = 20;

const vocabularyImport: Command = {
  name: ['vocabulary', 'import'],
  usage: 'vocabulary import FILE.csv [--table NAME] [--version V] [--edition E] [--source S] [--preview] [--json]',
  summary: 'Puts a newer table of codes or spellings into use; --preview only shows what it would change.',
  options: {
    table: { type: 'string' },
    version: { type: 'string' },
    edition: { type: 'string' },
    source: { type: 'string' },
    preview: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  positionals: 1,
  run: (context) =>
    withDesk(context, async (desk) => {
      const { values, positionals } = context;
      const bytes = await contentOf(positionals[0] ?? '');
      const text = (name: string) => values[name] as string | undefined;
      const choices = {
        table: text('table'),
        version: text('version'),
        edition: text('edition'),
        source: text('source'),
        by: BY,
        now: new Date(),
      };
      const change = values.preview ? desk.preview(bytes, choices) : desk.import(bytes, choices);
      if (values.json) print(JSON.stringify(change));
      else printChange(change, values.preview === true);
    }),
};

const vocabularyList: Command = {
  name: ['vocabulary', 'list'],
  usage: 'vocabulary list [--json]',
  summary: 'Lists the tables that codes are chosen by: version, source, and who imported them.',
  options: { json: { type: 'boolean' } },
  positionals: 0,
  run: (context) =>
    withDesk(context, async (desk) => {
      const answer = desk.list();
      if (context.values.json) {
        print(JSON.stringify(answer));
        return;
      }
      for (const { name, version, entries, edition, imported } of answer.tables) {
        const origin = imported === null ? 'of the release' : `imported by ${imported.by} at ${imported.at}`;
        print(`${name} ${version}: ${entries} entries, ${origin}. ${edition}.`);
      }
      if (answer.waitingValues > 0) print(`${answer.waitingValues} indexed values are to be harmonised again.`);
    }),
};

const vocabularyShow: Command = {
  name: ['vocabulary', 'show'],
  usage: 'vocabulary show CODE [--json]',
  summary: 'Says what a code or label of the EUCAIM hyper-ontology means, and where it is used.',
  options: { json: { type: 'boolean' } },
  positionals: 1,
  run: (context) =>
    withDesk(context, async (desk) => {
      const [code = ''] = context.positionals;
      const found = desk.explain(code);
      if (!found) throw new StartUpError(`The hyper-ontology in use has no class with the code or label "${code}".`);
      if (context.values.json) {
        print(JSON.stringify(found));
        return;
      }
      print(`${found.code}: ${found.label}${found.omopDomain === null ? '' : ` (OMOP: ${found.omopDomain})`}`);
      if (found.parents.length > 0) print(`a kind of ${found.parents.join(', ')}`);
      if (found.equivalents.length > 0) print(`also written ${found.equivalents.join(', ')}`);
      for (const { table, label, spellings } of found.vocabularies) {
        print(`in the table ${table}: ${label}, ${spellings} spellings`);
      }
      print(`${found.indexedValues} indexed values`);
    }),
};

const vocabularyExport: Command = {
  name: ['vocabulary', 'export'],
  usage: 'vocabulary export NAME',
  summary: 'Prints a table in use as CSV, in the form that "vocabulary import" takes.',
  positionals: 1,
  run: (context) =>
    withDesk(context, async (desk) => {
      process.stdout.write(desk.export(context.positionals[0] ?? ''));
    }),
};

const vocabularyRestore: Command = {
  name: ['vocabulary', 'restore'],
  usage: 'vocabulary restore NAME',
  summary: 'Lets the table of the release count again.',
  positionals: 1,
  run: (context) =>
    withDesk(context, async (desk) => {
      const [name = ''] = context.positionals;
      print(`The table ${name} is that of the release again, version ${desk.restore(name, BY)}.`);
    }),
};

/** They write where a running node looks, so they act on it within seconds. */
export const VOCABULARY_COMMANDS: readonly Command[] = [
  vocabularyImport,
  vocabularyList,
  vocabularyShow,
  vocabularyExport,
  vocabularyRestore,
];

function printChange(change: TablePreview, isPreview: boolean): void {
  const { name, version, versionBefore, entries } = change;
  print(
    isPreview
      ? `${name} ${version} with ${entries} entries would replace ${versionBefore}; nothing was changed.`
      : `${name} ${version} with ${entries} entries is in use instead of ${versionBefore}.`,
  );
  for (const warning of change.warnings) print(`Look at this: ${warning}`);
  for (const kind of ['added', 'changed', 'removed'] as const) {
    const list = change[kind];
    print(`${list.length} ${kind}${list.length === 0 ? '.' : ':'}`);
    for (const { code, label, what } of list.slice(0, MOST_PRINTED)) {
      print(`  ${code} ${label}${what === '' ? '' : `: ${what}`}`);
    }
    if (list.length > MOST_PRINTED) print(`  … and ${list.length - MOST_PRINTED} more`);
  }
  print(
    `${change.touchedValues} indexed values are chosen by it; ${change.withChangedCodes} have a code that changes or goes, ${change.withoutCode} have none yet.`,
  );
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new StartUpError(`The file ${file} cannot be read (${code}).`);
  }
}

async function withDesk(
  { dataFolder }: CommandContext,
  work: (desk: VocabularyDesk) => Promise<void>,
): Promise<number> {
  existingNode(dataFolder);
  const node: Foundation = openFoundation(dataFolder);
  try {
    await work(new VocabularyDesk(node));
    return 0;
  } catch (error) {
    if (error instanceof TableError) throw new StartUpError(error.message);
    throw error;
  } finally {
    node.close();
  }
}
