/** Reads profiles, shipped and a site's own, and refuses what is unknown or contradicts itself, with the line and the remedy. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { ConfidentialityTable } from '../confidentiality-table.ts';
import { decideByOptions, optionNamed, optionNames } from '../options.ts';
import { type JsonLines, jsonLines } from './json-lines.ts';
import { ProfileError, type ProfileProblem } from './profile-error.ts';
import { type ProfileFile, type ProfileText, profileSchema } from './profile-file.ts';
import { ruleProblems } from './rule-checks.ts';

const FOLDER = new URL('../data/', import.meta.url);
const SHIPPED = /^profile-([a-z0-9-]+)\.json$/;
/** Options that relax the same rows in two ways (PS3.15 §E.3.6). */
const EXCLUSIVE = ['retain_long_full_dates', 'retain_long_modified_dates'] as const;

/** The names of the profiles that ship with the node. */
export function shippedProfiles(): string[] {
  return readdirSync(FOLDER)
    .flatMap((name) => SHIPPED.exec(name)?.[1] ?? [])
    .sort();
}

/**
 * @param reference the name of a shipped profile, or the path of a file
 * @throws ProfileError with every problem, its line and its remedy
 */
export function readProfile(reference: string): ProfileFile {
  if (/^[A-Za-z0-9_-]+$/.test(reference)) return readShipped(reference);
  let text: string;
  try {
    text = readFileSync(reference, 'utf8');
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unknown';
    const sentence = `The file cannot be read (${code}); check the path and who may read it.`;
    throw new ProfileError(basename(reference), [{ path: [], sentence }]);
  }
  return readProfileText(text, basename(reference));
}

/** @param label how to name the file in refusals */
export function readProfileText(text: string, label: string): ProfileFile {
  const file = profileFrom(text, label);
  if (shippedProfiles().includes(file.name)) {
    const sentence = `"${file.name}" is the name of a shipped profile; choose another, so that reports tell them apart.`;
    throw new ProfileError(label, [{ path: ['name'], sentence }], jsonLines(text).lineOf);
  }
  return file;
}

function readShipped(name: string): ProfileFile {
  if (!shippedProfiles().includes(name)) {
    const sentence = `There is no profile "${name}". There are ${shippedProfiles().join(', ')}; for a file of your own, give its path, e.g. ./${name}.json.`;
    throw new ProfileError(name, [{ path: [], sentence }]);
  }
  return profileFrom(readFileSync(new URL(`profile-${name}.json`, FOLDER), 'utf8'), name);
}

function profileFrom(text: string, label: string): ProfileFile {
  const given = parsed(text, label);
  const lines = jsonLines(text);
  const refuse = (problems: readonly ProfileProblem[]): never => {
    throw new ProfileError(label, problems, lines.lineOf);
  };
  const shape = [...repeated(lines), ...shapeProblems(given)];
  if (shape.length > 0) refuse(shape);
  const profile = profileSchema.parse(given);
  const base = baseOf(profile, refuse);
  const table = new ConfidentialityTable();
  const options = profile.options?.map(({ option }) => option) ?? base?.options ?? [];
  const problems = [
    ...headProblems(profile, table.edition, base?.dates),
    ...ruleProblems(profile.rules ?? [], table, {
      changeDates: options.includes('retain_long_modified_dates'),
      codeOf: (row) => decideByOptions(row, options).code,
    }),
  ];
  if (problems.length > 0) refuse(problems);
  return {
    name: profile.name,
    version: profile.version,
    title: profile.title,
    edition: profile.edition,
    source: profile.source,
    extends: profile.extends ?? '',
    identifiers: profile.identifiers ?? base?.identifiers ?? 'keyed',
    dates: profile.dates ?? base?.dates ?? 'shift',
    options,
    rules: [...(profile.rules ?? []), ...(base?.rules ?? [])],
  };
}

function parsed(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 says the line where it stopped, in most of its messages.
    const where = error instanceof Error ? error.message : 'no reason given';
    throw new ProfileError(label, [{ path: [], sentence: `It is not JSON: ${where}. Correct it there.` }]);
  }
}

function repeated({ repeatedKeys }: JsonLines): ProfileProblem[] {
  return repeatedKeys.map(({ path, line }) => ({
    path,
    sentence: `It is given twice, the second time on line ${line}; remove one.`,
  }));
}

function shapeProblems(given: unknown): ProfileProblem[] {
  const result = profileSchema.safeParse(given);
  return (result.error?.issues ?? []).flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code !== 'unrecognized_keys') return [{ path, sentence: `${issue.message}.` }];
    return issue.keys.map((key) => ({
      path: [...path, key],
      sentence: `There is no such line in a profile; ${knownKeys(path)}.`,
    }));
  });
}

function knownKeys(path: readonly (string | number)[]): string {
  let schema: unknown = profileSchema;
  for (const step of path) {
    while (schema instanceof z.ZodOptional) schema = schema.unwrap();
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[step];
  }
  while (schema instanceof z.ZodOptional) schema = schema.unwrap();
  return schema instanceof z.ZodObject ? `there may be ${Object.keys(schema.shape).join(', ')}` : 'remove it';
}

function baseOf(profile: ProfileText, refuse: (problems: readonly ProfileProblem[]) => never): ProfileFile | undefined {
  if (profile.extends === undefined) return undefined;
  const known = shippedProfiles();
  if (!known.includes(profile.extends) || profile.extends === profile.name) {
    const sentence = `"${profile.extends}" is not a shipped profile to begin from; take one of ${known.join(', ')}.`;
    return refuse([{ path: ['extends'], sentence }]);
  }
  return readShipped(profile.extends);
}

function headProblems(
  profile: ProfileText,
  edition: string,
  baseDates: ProfileFile['dates'] | undefined,
): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  const refuse = (path: ProfileProblem['path'], sentence: string): void => {
    problems.push({ path, sentence });
  };
  if (profile.edition !== edition)
    refuse(
      ['edition'],
      `It was written for Table E.1-1 of "${profile.edition}", and this node has "${edition}"; go through the rows that changed, then write "${edition}".`,
    );
  const seen = new Set<string>();
  for (const [index, { option, code }] of (profile.options ?? []).entries()) {
    const known = optionNamed(option);
    if (known === undefined)
      refuse(['options', index, 'option'], `There is no option "${option}"; there are ${optionNames().join(', ')}.`);
    else if (known.code !== code)
      refuse(['options', index, 'code'], `The code of this option in CID 7050 is ${known.code}; write that.`);
    if (seen.has(option)) refuse(['options', index, 'option'], `"${option}" is given twice; remove one.`);
    seen.add(option);
  }
  if (EXCLUSIVE.every((option) => seen.has(option)))
    refuse(['options'], 'Full dates and modified dates cannot both be retained; choose one of them (PS3.15 §E.3.6).');
  const options = profile.options;
  if ((profile.dates ?? baseDates) === 'month' && options !== undefined && !seen.has('retain_long_modified_dates'))
    refuse(['dates'], '"month" changes retained dates, and this profile retains none; add retain_long_modified_dates.');
  if (profile.dates === 'month' && options === undefined && profile.extends === undefined)
    refuse(['dates'], '"month" changes retained dates, and this profile retains none; add retain_long_modified_dates.');
  return problems;
}
