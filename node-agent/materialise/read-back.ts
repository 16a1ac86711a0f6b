/** Compares what a reader found in a tree with what was to be written: they have to be equal. */

import { MaterialiseError } from './errors.ts';
import type { DatasetTables } from './eucaim/tables.ts';
import type { ManifestFile } from './manifest.ts';
import { lineOf } from './reader/problem.ts';
import type { TreeReading } from './reader/read-tree.ts';

const PROBLEMS_TOLD = 3;

/** @throws MaterialiseError `read-back` with the first differences */
export function requireEqual(reading: TreeReading, files: readonly ManifestFile[], written?: DatasetTables): void {
  const differences = [
    ...reading.problems.filter(({ severity }) => severity === 'error').map(lineOf),
    ...fileDifferences(reading, files),
    ...(written === undefined ? [] : tableDifferences(reading, written)),
  ];
  if (differences.length === 0) return;
  const told = differences.slice(0, PROBLEMS_TOLD).join(' ');
  throw new MaterialiseError(
    'read-back',
    `The tree does not read back as it was written, and was not put in place. ${told} There are ${differences.length} differences.`,
  );
}

function fileDifferences({ manifest }: TreeReading, files: readonly ManifestFile[]): string[] {
  const listed = new Map(manifest?.files.map((file) => [file.path, file]));
  const lost = files.filter(({ path, bytes, sha256 }) => {
    const found = listed.get(path);
    return found?.bytes !== bytes || found.sha256 !== sha256;
  });
  const more = listed.size - files.length;
  return [
    ...lost.map(({ path }) => `The manifest does not list ${path} as it was written.`),
    ...(more > 0 ? [`The manifest lists ${more} files that were not written.`] : []),
  ];
}

function tableDifferences({ eucaim }: TreeReading, { tables }: DatasetTables): string[] {
  return tables.flatMap(({ table, rows }) => {
    const read = eucaim?.tables.get(table.name)?.rows ?? [];
    if (read.length !== rows.length) {
      return [`The table ${table.name} was written with ${rows.length} rows and reads back with ${read.length}.`];
    }
    const different = rows.findIndex((row, index) => !sameCells(row, read[index]?.cells ?? {}));
    return different < 0 ? [] : [`Row ${different + 1} of the table ${table.name} reads back differently.`];
  });
}

function sameCells(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
