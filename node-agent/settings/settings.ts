/** Reads settings from the command line, the environment and the settings file, in that order of strength. */
import { readFileSync } from 'node:fs';
import { MANIFEST, type SettingDefinition, type SettingName, type SettingValues } from './manifest.ts';

export type SettingSource = 'default' | 'file' | 'environment' | 'command line';

/** A setting that is unknown, malformed or out of range; the message names it and says what would do. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

export interface SettingInputs {
  /** `settings.json` of the data folder: an object of name → value; absent file = no values. */
  readonly file?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** `name=value` as given with `--set`. */
  readonly commandLine?: readonly string[];
}

export interface Settings {
  readonly values: SettingValues;
  sourceOf(name: SettingName): SettingSource;
  /** Every setting with its value and where it came from, for the screen. */
  describe(): { name: string; value: string; default: string; source: SettingSource; description: string }[];
}

const ENVIRONMENT_PREFIX = 'GATEHOUSE_';

/** `dicom.aeTitle` → `GATEHOUSE_DICOM_AE_TITLE`. */
export function environmentNameOf(name: string): string {
  return (
    ENVIRONMENT_PREFIX +
    name
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .replaceAll('.', '_')
      .toUpperCase()
  );
}

/** @throws SettingError on the first unknown name or unacceptable value */
export function readSettings(inputs: SettingInputs): Settings {
  const values = new Map<SettingName, number | string>();
  const sources = new Map<SettingName, SettingSource>();
  const take = (name: string, text: unknown, source: SettingSource) => {
    const known = knownName(name, source);
    values.set(known, parse(known, text, source));
    sources.set(known, source);
  };
  for (const [name, definition] of Object.entries(MANIFEST)) {
    values.set(name as SettingName, definition.default);
  }
  for (const [name, value] of Object.entries(readFile(inputs.file))) take(name, value, 'file');
  for (const [name, value] of environmentSettings(inputs.environment ?? {})) take(name, value, 'environment');
  for (const assignment of inputs.commandLine ?? []) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new SettingError(`--set ${assignment}: write it as --set name=value.`);
    take(assignment.slice(0, equals), assignment.slice(equals + 1), 'command line');
  }
  const complete = Object.fromEntries(values) as unknown as SettingValues;
  checkTogether(complete);
  const sourceOf = (name: SettingName) => sources.get(name) ?? 'default';
  return {
    values: complete,
    sourceOf,
    describe: () =>
      Object.entries(MANIFEST).map(([name, definition]) => ({
        name,
        value: withoutCredentials(String(complete[name as SettingName])),
        default: String(definition.default),
        source: sourceOf(name as SettingName),
        description: definition.description,
      })),
  };
}

/** A proxy's address may hold a user and a password; they are on no screen. */
function withoutCredentials(value: string): string {
  return value.replace(/^(https?:\/\/)[^/@]*@/, '$1…@');
}

function knownName(name: string, source: SettingSource): SettingName {
  if (Object.hasOwn(MANIFEST, name)) return name as SettingName;
  const near = Object.keys(MANIFEST).find((known) => known.toLowerCase() === name.toLowerCase());
  throw new SettingError(
    `There is no setting "${name}" (from the ${source}). ${near ? `Did you mean "${near}"?` : `Settings are: ${Object.keys(MANIFEST).join(', ')}.`}`,
  );
}

function parse(name: SettingName, given: unknown, source: SettingSource): number | string {
  const definition: SettingDefinition = MANIFEST[name];
  const refuse = (wanted: string) =>
    new SettingError(`The setting ${name} (from the ${source}) must be ${wanted}; it is "${String(given)}".`);
  if (typeof given !== 'string' && typeof given !== 'number') throw refuse('a text or a number');
  const text = String(given).trim();
  switch (definition.type) {
    case 'integer': {
      const { minimum, maximum } = definition;
      const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= minimum && value <= maximum)) throw refuse(`a whole number from ${minimum} to ${maximum}`);
      return value;
    }
    case 'choice':
      if (!definition.choices.includes(text)) throw refuse(`one of ${definition.choices.join(', ')}`);
      return text;
    case 'text':
      if (definition.pattern && !definition.pattern.test(text)) throw refuse(definition.form ?? 'of the right form');
      return text;
  }
}

/** Settings that are each acceptable but not together. */
function checkTogether(values: SettingValues): void {
  const need = (names: readonly SettingName[], when: string) => {
    for (const name of names) {
      if (values[name] === '') throw new SettingError(`The setting ${name} is needed when ${when} is set.`);
    }
  };
  if (values['hub.beam.url'] !== '') need(['hub.beam.appId', 'hub.beam.apiKeyFile'], 'hub.beam.url');
  const zone = values['site.timeZone'];
  if (zone !== '' && !isTimeZone(zone)) {
    throw new SettingError(`The setting site.timeZone: this computer knows no time zone "${zone}".`);
  }
  if (values['dicom.tlsPort'] !== 'off') need(['dicom.tls.certificateFile', 'dicom.tls.keyFile'], 'dicom.tlsPort');
}

function readFile(file: string | undefined): Record<string, unknown> {
  if (!file) return {};
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new SettingError(`The settings file ${file} cannot be read. Check that the service user may read it.`);
  }
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
  } catch {
    // falls through to the sentence below
  }
  throw new SettingError(
    `The settings file ${file} is not a JSON object of setting names and values. Correct or remove it.`,
  );
}

/** Variables that start with the prefix but name no setting are refused, so that a typing error is seen. */
function environmentSettings(environment: Readonly<Record<string, string | undefined>>): [string, string][] {
  const byVariable = new Map(Object.keys(MANIFEST).map((name) => [environmentNameOf(name), name]));
  const found: [string, string][] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || value === undefined || RESERVED_VARIABLES.has(variable)) continue;
    const name = byVariable.get(variable);
    if (!name) throw new SettingError(`The environment variable ${variable} names no setting. Correct or unset it.`);
    found.push([name, value]);
  }
  return found;
}

/** Read by the command line itself: the data folder is where settings come from, so it is not one. */
const RESERVED_VARIABLES = new Set(['GATEHOUSE_DATA_DIR']);

/** Whether it is the name of a zone of the IANA time zone database, as this computer has it. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
