/** Reads the room's tables; each names its edition and source, and the profile hash covers their bytes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

export interface Table {
  readonly edition: string;
  readonly source: string;
}

const FOLDER = new URL('./data/', import.meta.url);
const PROFILE_FILE = /^profile-/;

/** A table from this room's data folder. @throws Error when it is missing or names no edition and source */
export function readTable<T extends Table>(name: string): T {
  const table = parsed<T>(name);
  if (typeof table.edition !== 'string' || typeof table.source !== 'string') {
    throw new Error(`The de-identification table ${name} does not say its edition and source; restore the file.`);
  }
  return table;
}

function parsed<T>(name: string): T {
  try {
    return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no reason given';
    throw new Error(
      `The de-identification table ${name} cannot be read (${reason}). Restore the file from the release, or install again.`,
    );
  }
}

/** Every table of the room with its edition and source; profiles are not among them. */
export function tablesRead(): { name: string; edition: string; source: string }[] {
  return tableNames().map((name) => {
    const { edition, source } = readTable(name);
    return { name: name.replace('.json', ''), edition, source };
  });
}

/** SHA-256 of every table of the room by name; profiles are not among them, they are hashed by what they say. */
export function tableHashes(): Readonly<Record<string, string>> {
  const hashOf = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(new URL(name, FOLDER)))
      .digest('hex');
  return Object.fromEntries(tableNames().map((name) => [name, hashOf(name)]));
}

function tableNames(): string[] {
  // Sorted: the order of a folder differs between file systems.
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json') && !PROFILE_FILE.test(name))
    .sort();
}
