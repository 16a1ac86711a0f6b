import { readFileSync } from 'node:fs';

/** Reads a table of this room's data folder. Tables are data, so that a new edition of the standard is no code change. */
export function readDataFile<Table>(name: string): Table {
  return JSON.parse(readFileSync(new URL(`./data/${name}`, import.meta.url), 'utf8')) as Table;
}
