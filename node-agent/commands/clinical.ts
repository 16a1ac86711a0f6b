/** The commands of clinical tables: import, mappings, the linkage file, and what is there. */
import { readFileSync, statSync } from 'node:fs';
import type { ClinicalSide } from '../assembly/clinical-side.ts';
import type { Foundation } from '../assembly/foundation.ts';
import { type ClinicalMapping, mappingSchema } from '../harmonise/clinical/mapping.ts';
import { DELIMITERS, ENCODINGS } from '../harmonise/clinical/readers/csv-choices.ts';
import { readClinicalFile } from '../harmonise/clinical/readers/read-clinical-file.ts';
import { MOST_BYTES, type SourceFile } from '../harmonise/clinical/source-table.ts';
import { ClinicalImportRefused } from '../pipeline/clinical/clinical-importer.ts';
import type { ClinicalReport } from '../pipeline/clinical/clinical-report.ts';
import { StartUpError } from '../store/errors.ts';
import { clinicalLinkage, clinicalStatus } from './clinical-linkage.ts';
import { ACTOR, withClinical } from './clinical-node.ts';
import { type Command, type CommandContext, print, UsageError } from './command.ts';

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

export const CLINICAL_COMMANDS: readonly Command[] = [
  clinicalImport,
  clinicalMappings,
  clinicalLinkage,
  clinicalStatus,
];

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
