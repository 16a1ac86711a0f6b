/** The commands of clinical tables: import, mappings, the linkage file, and what is there. */
import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { buildClinicalSide, type ClinicalSide } from '../assembly/clinical-side.ts';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { ClinicalRowTaken } from '../catalogue/clinical/clinical-store.ts';
import { ClinicalFileError } from '../harmonise/clinical/finding.ts';
import { type ClinicalMapping, mappingSchema } from '../harmonise/clinical/mapping.ts';
import { DELIMITERS, ENCODINGS } from '../harmonise/clinical/readers/csv-choices.ts';
import { readClinicalFile } from '../harmonise/clinical/readers/read-clinical-file.ts';
import { MOST_BYTES, type SourceFile } from '../harmonise/clinical/source-table.ts';
import { ClinicalImportRefused } from '../pipeline/clinical/clinical-importer.ts';
import type { ClinicalReport } from '../pipeline/clinical/clinical-report.ts';
import { linkageLines } from '../pipeline/clinical/linkage-file.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print, settingsOf, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const ACTOR = 'command line';
const CONSOLE_FOLDER = resolve(import.meta.dirname, '../../renderer');
const MOST_PRINTED = 100;

const clinicalImport: Command = {
  name: ['clinical', 'import'],
  usage:
    'clinical import FILE [--mapping NAME | --mapping-file JSON] [--dry-run] [--valid-rows] [--admit-unknown] [--encoding E] [--delimiter D]',
  summary:
    'Imports a clinical file (CSV, XLSX, REDCap, FHIR R4 bundle) all together or not at all; without a mapping it proposes one and imports nothing.',
  options: {
    mapping: { type: 'string' },
    'mapping-file': { type: 'string' },
    'dry-run': { type: 'boolean' },
    'valid-rows': { type: 'boolean' },
    'admit-unknown': { type: 'boolean' },
    encoding: { type: 'string' },
    delimiter: { type: 'string' },
  },
  positionals: 1,
  run: async (context) => {
    const { values, positionals } = context;
    if (values.mapping !== undefined && values['mapping-file'] !== undefined)
      throw new UsageError('Name a saved mapping or a file with one, not both.');
    const options = csvOptions(values);
    return withClinical(context, async (side, foundation) => {
      const file = await readClinicalFile(readGiven(positionals[0] ?? ''), options);
      const named = mappingFor(context, foundation);
      if (named === undefined) {
        const detail = JSON.stringify(side.importer.propose(file), null, 2);
        print(detail);
        process.stderr.write(
          'This mapping is a proposal and nothing was imported. Save it, correct it, and import with --mapping-file FILE.\n',
        );
        return 0;
      }
      return runImport(side, foundation, file, named, values);
    });
  },
};

function runImport(
  { importer }: ClinicalSide,
  { clinicalRecords }: Foundation,
  file: SourceFile,
  named: { readonly name: string; readonly mapping: ClinicalMapping },
  values: CommandContext['values'],
): number {
  const choice = {
    mappingName: named.name,
    admitUnknown: values['admit-unknown'] === true,
    validRowsOnly: values['valid-rows'] === true,
  };
  if (values['dry-run'] === true) {
    const report = importer.check(file, named.mapping, choice);
    printReport(report);
    print(report.importable ? 'Dry run: all this can be imported. Nothing was.' : 'Dry run: this would be refused.');
    return report.importable ? 0 : 1;
  }
  try {
    const { id, report } = importer.import(file, named.mapping, choice, ACTOR);
    clinicalRecords.keepReport(report, 'imported', id, ACTOR);
    printReport(report);
    print(`Imported as clinical import ${id}: ${report.counts.rows} rows of ${report.counts.patients} patients.`);
    return 0;
  } catch (error) {
    if (!(error instanceof ClinicalImportRefused)) throw error;
    clinicalRecords.keepReport(error.report, 'refused', null, ACTOR);
    printReport(error.report);
    throw new StartUpError(error.message);
  }
}

const clinicalMappings: Command = {
  name: ['clinical', 'mappings'],
  usage: 'clinical mappings [--show NAME | --save NAME --from JSON | --remove NAME]',
  summary: 'Lists the saved mappings of clinical files, shows one as JSON, saves one under a name, or removes one.',
  options: {
    show: { type: 'string' },
    save: { type: 'string' },
    from: { type: 'string' },
    remove: { type: 'string' },
  },
  positionals: 0,
  run: (context) =>
    withClinical(context, (_, { clinicalRecords, audit }) => {
      const { show, save, from, remove } = context.values;
      if ((save === undefined) !== (from === undefined))
        throw new UsageError('To save a mapping: --save NAME --from FILE.');
      if (typeof show === 'string') {
        const found = clinicalRecords.mapping(show);
        if (found === undefined)
          throw new StartUpError('There is no mapping of this name. "gatehouse clinical mappings" lists them.');
        print(JSON.stringify(found.mapping, null, 2));
      } else if (typeof save === 'string' && typeof from === 'string') {
        const version = clinicalRecords.saveMapping(save, readMapping(from), ACTOR);
        audit.record({ actor: ACTOR, action: 'clinical.mapping-saved', subject: `mapping version ${version}` });
        print(`Saved as version ${version}.`);
      } else if (typeof remove === 'string') {
        if (!clinicalRecords.removeMapping(remove)) throw new StartUpError('There is no mapping of this name.');
        audit.record({ actor: ACTOR, action: 'clinical.mapping-removed', subject: 'mapping' });
        print('Removed.');
      } else {
        const all = clinicalRecords.mappings();
        if (all.length === 0) print('No mapping is saved.');
        for (const { name, version, by, at } of all) print(`${name}\tversion ${version}\t${by}\t${at}`);
      }
      return 0;
    }),
};

const clinicalLinkage: Command = {
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

const clinicalStatus: Command = {
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

export const CLINICAL_COMMANDS: readonly Command[] = [
  clinicalImport,
  clinicalMappings,
  clinicalLinkage,
  clinicalStatus,
];

async function withClinical(
  context: CommandContext,
  work: (side: ClinicalSide, foundation: Foundation) => Promise<number> | number,
): Promise<number> {
  const settings = settingsOf(context);
  const foundation = openFoundation(existingNode(context.dataFolder).root);
  try {
    return await work(buildClinicalSide(foundation, settings.values), foundation);
  } catch (error) {
    if (error instanceof ClinicalFileError || error instanceof ClinicalRowTaken) throw new StartUpError(error.message);
    throw error;
  } finally {
    foundation.close();
  }
}

function csvOptions({ encoding, delimiter }: CommandContext['values']) {
  const stated = delimiter === 'tab' ? '\t' : delimiter;
  const known = {
    encoding: ENCODINGS.find((one) => one === encoding),
    delimiter: DELIMITERS.find((one) => one === stated),
  };
  if (encoding !== undefined && known.encoding === undefined)
    throw new UsageError(`The encoding is one of ${ENCODINGS.join(', ')}.`);
  if (delimiter !== undefined && known.delimiter === undefined)
    throw new UsageError('The delimiter is one of , ; | and the word tab.');
  return known;
}

function mappingFor({ values }: CommandContext, { clinicalRecords }: Foundation) {
  if (typeof values['mapping-file'] === 'string')
    return { name: 'from a file', mapping: readMapping(values['mapping-file']) };
  if (typeof values.mapping !== 'string') return undefined;
  const found = clinicalRecords.mapping(values.mapping);
  if (found === undefined)
    throw new StartUpError('There is no mapping of this name. "gatehouse clinical mappings" lists them.');
  return { name: `${found.name} v${found.version}`, mapping: mappingSchema.parse(found.mapping) };
}

function readMapping(file: string): ClinicalMapping {
  let content: unknown;
  try {
    content = JSON.parse(readGiven(file).toString('utf8'));
  } catch (error) {
    if (error instanceof StartUpError) throw error;
    throw new StartUpError('The file of the mapping is not JSON.');
  }
  const parsed = mappingSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartUpError(`The mapping cannot be used: ${issue?.path.join('.')}: ${issue?.message}.`);
}

function readGiven(file: string): Buffer {
  try {
    if (statSync(file).size > MOST_BYTES) throw new StartUpError('The file is larger than 64 MB. Divide it.');
    return readFileSync(file);
  } catch (error) {
    if (error instanceof StartUpError) throw error;
    throw new StartUpError('The file does not exist or may not be read. Check the path.');
  }
}

function printReport({ findings, errors, warnings, notes, recognised, counts }: ClinicalReport): void {
  print(`Recognised: ${recognised.map(({ what, value }) => `${what} ${value}`).join(', ')}. ${counts.lines} lines.`);
  for (const { level, place, code, message } of findings.slice(0, MOST_PRINTED))
    print(`${level}: ${place.text}: ${message} [${code}]`);
  const more = errors + warnings + notes - Math.min(findings.length, MOST_PRINTED);
  if (more > 0) print(`… and ${more} more.`);
  if (counts.linesLeftOut > 0) print(`${counts.linesLeftOut} lines are left out.`);
}

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
