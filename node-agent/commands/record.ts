import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { openFoundation } from '../assembly/foundation.ts';
import { buildRecords, RECORD_FORMATS, type RecordFormat, writeRecord } from '../assembly/record-side.ts';
import { type CatalogueRecords, RecordError } from '../catalogue/record/catalogue-records.ts';
import { readTurtle } from '../catalogue/record/read-turtle.ts';
import { TripleIndex } from '../catalogue/record/triples.ts';
import type { Finding } from '../catalogue/record/validate.ts';
import { DisclosurePolicy } from '../governance/disclosure-policy.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print, settingsOf, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const check: Command = {
  name: ['record', 'check'],
  usage: 'record check DATASET|FILE',
  summary: 'Checks the catalogue record of a dataset, or a Turtle file, against the shapes.',
  positionals: 1,
  run: async (context) => {
    const [subject = ''] = context.positionals;
    if (!existsSync(subject)) {
      return withRecords(context, async (records) => report(records.record(subject).findings, subject));
    }
    return withRecords(context, async (records) => {
      const read = await readTurtle(readFileSync(subject, 'utf8'));
      if ('problem' in read) throw new StartUpError(`${subject} cannot be checked: ${read.problem}`);
      return report(records.checkTriples(new TripleIndex(read.triples)), subject);
    });
  },
};

const write: Command = {
  name: ['record'],
  usage: 'record DATASET [--format turtle|jsonld|xlsx] [--out FILE]',
  summary: 'Writes the catalogue record of a dataset; one that is not published is marked as a draft.',
  options: { format: { type: 'string', default: 'turtle' }, out: { type: 'string' } },
  positionals: 1,
  run: (context) =>
    withRecords(context, async (records) => {
      const { format, out } = context.values;
      if (!isFormat(format)) throw new UsageError(`--format is one of ${Object.keys(RECORD_FORMATS).join(', ')}.`);
      if (format === 'xlsx' && out === undefined) throw new UsageError('A workbook needs --out FILE.');
      const record = records.record(context.positionals[0] ?? '');
      const content = await writeRecord(records, record, format);
      if (!record.approved) process.stderr.write('The dataset is not published: this is a draft, marked as one.\n');
      if (typeof out !== 'string') {
        print(content.toString('utf8').trimEnd());
        return 0;
      }
      try {
        writeFileSync(out, content, { flag: 'wx' });
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const why = code === 'EEXIST' ? 'there is a file of this name' : (code ?? 'unknown');
        throw new StartUpError(`${out} cannot be written (${why}). Name another file.`);
      }
      process.stderr.write(`Wrote ${out}.\n`);
      return 0;
    }),
};

export const RECORD_COMMANDS: readonly Command[] = [check, write];

function isFormat(value: unknown): value is RecordFormat {
  return typeof value === 'string' && Object.hasOwn(RECORD_FORMATS, value);
}

function report(findings: readonly Finding[], subject: string): number {
  const sentences = (severity: Finding['severity']) => [
    ...new Set(findings.filter((one) => one.severity === severity).map(({ message }) => message)),
  ];
  const violations = sentences('violation');
  for (const sentence of violations) print(`error    ${sentence}`);
  for (const sentence of sentences('warning')) print(`warning  ${sentence}`);
  process.stderr.write(
    violations.length === 0
      ? `The record of ${subject} passes the shapes.\n`
      : `The record of ${subject} does not pass: ${violations.length} to correct.\n`,
  );
  return violations.length === 0 ? 0 : 1;
}

async function withRecords(
  context: CommandContext,
  work: (records: CatalogueRecords) => Promise<number>,
): Promise<number> {
  existingNode(context.dataFolder);
  const { values } = settingsOf(context);
  const node = openFoundation(context.dataFolder);
  try {
    const policy = new DisclosurePolicy({
      threshold: values['disclosure.threshold'],
      rounding: values['disclosure.rounding'],
    });
    return await work(buildRecords(node, values, policy));
  } catch (error) {
    if (error instanceof RecordError) throw new StartUpError(error.message);
    throw error;
  } finally {
    node.close();
  }
}
