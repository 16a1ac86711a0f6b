import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ProfileError } from '../deidentify/profile/profile-error.ts';
import { readProfile, shippedProfiles } from '../deidentify/profile/profile-reader.ts';
import { ImportError } from '../deidentify/rule-import/import-error.ts';
import { FORMATS, importProfile, MOST_BYTES, type RuleFormat } from '../deidentify/rule-import/import-profile.ts';
import type { ImportReport } from '../deidentify/rule-import/import-report.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, UsageError } from './command.ts';

const SHORTEST_REASON = 8;

/** Exit codes: 0 written, 1 the file cannot be imported or written, 2 wrong arguments. */
const profileImport: Command = {
  name: ['profile', 'import'],
  usage:
    'profile import FILE --format ctp|deid|karnak --out PROFILE.json [--report FILE] [--extends P] [--lookup FILE] [--override-reason TEXT]',
  summary: "Makes a profile of another tool's rules; lists every line that it could not translate.",
  options: {
    format: { type: 'string' },
    out: { type: 'string' },
    report: { type: 'string' },
    extends: { type: 'string' },
    lookup: { type: 'string' },
    'override-reason': { type: 'string' },
  },
  positionals: 1,
  run: async ({ values, positionals: [file = ''] }) => {
    const format = FORMATS.find((known) => known === values.format);
    if (format === undefined)
      throw new UsageError(`--format is one of ${FORMATS.join(', ')}. Usage: gatehouse ${profileImport.usage}`);
    if (typeof values.out !== 'string')
      throw new UsageError(`--out names the profile to write. Usage: gatehouse ${profileImport.usage}`);
    const base = String(values.extends ?? 'basic');
    if (!shippedProfiles().includes(base)) throw new UsageError(`--extends is one of ${shippedProfiles().join(', ')}.`);
    const reason = values['override-reason'] as string | undefined;
    if (reason !== undefined && reason.trim().length < SHORTEST_REASON)
      throw new UsageError('--override-reason is a sentence: who allowed that more is let through, and why.');
    if (values.lookup !== undefined && format !== 'ctp') throw new UsageError('--lookup is for scripts of CTP alone.');
    try {
      const { text, report } = importProfile(textOf(file), {
        format,
        name: nameFrom(values.out, format),
        extends: base,
        overrideReason: reason,
        ...(typeof values.lookup === 'string' ? { lookupTable: textOf(values.lookup) } : {}),
      });
      // The report first: a profile without it could hide what it does not do.
      if (typeof values.report === 'string') writeNew(values.report, `${JSON.stringify(report, null, 2)}\n`);
      writeNew(values.out, text);
      summarise(report);
      return 0;
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
  },
};

/** Exit codes: 0 it can be used, 1 it cannot, 2 wrong arguments. */
const profileCheck: Command = {
  name: ['profile', 'check'],
  usage: 'profile check PROFILE.json',
  summary: 'Says whether a de-identification profile can be used, and each line that stands in the way.',
  positionals: 1,
  run: async ({ positionals: [file = ''] }) => {
    try {
      const { name, version, options, rules } = readProfile(file);
      const overrides = rules.filter((rule) => rule.overrides !== undefined).length;
      print(
        `The profile ${name} ${version} can be used: ${rules.length} rules, options ${options.join(', ') || 'none'}.`,
      );
      if (overrides > 0)
        print(`${overrides} rules let more through than the basic profile with these options; reports name them.`);
      return 0;
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
  },
};

function textOf(file: string): string {
  try {
    if (statSync(file).size > MOST_BYTES)
      throw new ImportError([
        {
          line: 1,
          sentence: `The file is longer than ${MOST_BYTES / 1024 / 1024} MB, which no rules are; check that it is the right one.`,
        },
      ]);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof ImportError) throw error;
    if (error instanceof TypeError)
      throw new ImportError([{ line: 1, sentence: 'The file is not a text in UTF-8; save it as one.' }]);
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new StartUpError(`The file cannot be read (${code}). Check the path and who may read it.`);
  }
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new StartUpError(`${basename(file)} cannot be written (${code}). Name a new file in a folder that is there.`);
  }
}

/** The profile is called as its file; where that is no name, by its format. */
function nameFrom(out: string, format: RuleFormat): string {
  const name = basename(out)
    .replace(/\.json$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 31);
  return name.length < 2 ? `imported-${format}` : name.replace(/-+$/, '');
}

function summarise({ counts, lines, remarks, profile }: ImportReport): void {
  print(
    `Profile ${profile}: ${counts.translated} lines translated, ${counts.keyed} with the key of the site, ${counts['no-rule-needed']} needed no rule, ${counts.off} off.`,
  );
  for (const remark of remarks) print(remark);
  for (const [outcome, title] of [
    ['untranslated', 'could not be translated'],
    ['stricter', 'let less through than the script'],
  ] as const) {
    if (counts[outcome] === 0) continue;
    print(`${counts[outcome]} lines ${title}:`);
    for (const { line, what, sentences } of lines.filter((entry) => entry.outcome === outcome))
      print(`  line ${line}, ${what}: ${sentences.join(' ')}`);
  }
}

export const PROFILE_COMMANDS: readonly Command[] = [profileImport, profileCheck];
