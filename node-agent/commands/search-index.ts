import { open } from 'node:fs/promises';
import { cohortQuery } from '../api/schemas/search.ts';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { buildExportPort } from '../assembly/index-side.ts';
import type { CohortFilter } from '../catalogue/cohort-condition.ts';
import { EXPORT_TABLES, type ExportTable } from '../catalogue/export/export-tables.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../catalogue/export/index-export.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const BY = 'command line';

const indexExport: Command = {
  name: ['index', 'export'],
  usage:
    'index export --table studies|series|instances --out FILE [--format csv|parquet] [--modality V]… [--body-part V]… ' +
    '[--sex V]… [--manufacturer V]… [--attribute NAME=V]… [--condition CODE]… [--age-from N] [--age-to N] ' +
    '[--year-from N] [--year-to N] [--search WORDS] [--saved NAME]',
  summary: 'Writes what matches to a new file, de-identified columns only; entered in the audit log.',
  options: {
    table: { type: 'string' },
    format: { type: 'string', default: 'csv' },
    out: { type: 'string' },
    modality: { type: 'string', multiple: true },
    'body-part': { type: 'string', multiple: true },
    sex: { type: 'string', multiple: true },
    manufacturer: { type: 'string', multiple: true },
    attribute: { type: 'string', multiple: true },
    condition: { type: 'string', multiple: true },
    'age-from': { type: 'string' },
    'age-to': { type: 'string' },
    'year-from': { type: 'string' },
    'year-to': { type: 'string' },
    search: { type: 'string' },
    saved: { type: 'string' },
  },
  positionals: 0,
  run: async (context) => {
    const { values } = context;
    const table = oneOf<ExportTable>('--table', values.table, EXPORT_TABLES);
    const format = oneOf<ExportFormat>('--format', values.format, EXPORT_FORMATS);
    if (typeof values.out !== 'string') throw new UsageError('--out names the file that is written.');
    const asked = filterOf(values);
    existingNode(context.dataFolder);
    const node = openFoundation(context.dataFolder);
    try {
      const filter = typeof values.saved === 'string' ? { ...savedFilter(node, values.saved), ...asked } : asked;
      const rows = await writeExport(node, { table, format, filter }, values.out);
      print(`Wrote ${rows} rows of ${table} to ${values.out}.`);
      return 0;
    } finally {
      node.close();
    }
  },
};

const indexRebuild: Command = {
  name: ['index', 'rebuild'],
  usage: 'index rebuild',
  summary: 'Makes the words, kinds and attributes that searching needs anew from the studies and series.',
  positionals: 0,
  run: async ({ dataFolder }) => {
    existingNode(dataFolder);
    const node = openFoundation(dataFolder);
    try {
      node.catalogue.rebuildSearch();
      print(`Described ${node.catalogue.counts().series} series anew.`);
      return 0;
    } finally {
      node.close();
    }
  },
};

export const INDEX_COMMANDS: readonly Command[] = [indexExport, indexRebuild];

type Values = CommandContext['values'];

function oneOf<Name extends string>(option: string, value: Values[string], names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new UsageError(`${option} is one of ${names.join(', ')}.`);
  return found;
}

/** @throws UsageError */
function filterOf(values: Values): CohortFilter {
  const list = (name: string) => (values[name] === undefined ? undefined : (values[name] as string[]));
  const number = (name: string) => {
    if (values[name] === undefined) return undefined;
    if (!/^\d{1,4}$/.test(String(values[name]))) throw new UsageError(`--${name} takes a whole number.`);
    return Number(values[name]);
  };
  const attributes = list('attribute')?.map((text) => {
    const [, name, value] = /^([^=]+)=(.+)$/su.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new UsageError('--attribute takes NAME=VALUE.');
    return [name, value] as const;
  });
  const given = {
    modality: list('modality'),
    bodyPart: list('body-part'),
    sex: list('sex'),
    manufacturer: list('manufacturer'),
    condition: list('condition'),
    attributes: attributes && valuesByName(attributes),
    ageFrom: number('age-from'),
    ageTo: number('age-to'),
    yearFrom: number('year-from'),
    yearTo: number('year-to'),
    search: values.search,
  };
  const query = cohortQuery.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (query.success) return query.data;
  throw new UsageError(`The filter cannot be used: ${query.error.issues[0]?.message ?? ''}`);
}

function valuesByName(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const names = new Set(pairs.map(([name]) => name));
  return Object.fromEntries(
    [...names].map((name) => [name, pairs.filter(([other]) => other === name).map(([, value]) => value)]),
  );
}

function savedFilter({ savedQueries }: Foundation, name: string): CohortFilter {
  const named = savedQueries.list().filter((saved) => saved.name === name);
  const [first, second] = named;
  if (first !== undefined && second === undefined) return first.query;
  throw new StartUpError(
    first === undefined
      ? `There is no saved query named "${name}". Save one in the console, or name the filters themselves.`
      : `${named.length} people saved a query named "${name}". Rename one of them, or name the filters themselves.`,
  );
}

/** The file is new: nothing is written over. One that was broken off stays, and the audit log says so. */
async function writeExport(node: Foundation, request: Parameters<ReturnType<typeof buildExportPort>>[0], file: string) {
  const out = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new StartUpError(
      `The file cannot be written (${error.code ?? 'unknown reason'}). Name a new file in a folder that is there.`,
    );
  });
  try {
    return await buildExportPort(node)(request, BY, async (piece) => {
      await out.writeFile(piece);
    });
  } finally {
    await out.close();
  }
}
