/** The reference tables beside the repository. They are not part of it: what needs them says so where they are absent. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCsv } from './csv.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared', 'reference');

/** The rows of a reference table by column, or undefined where it is absent. */
export function referenceTable(name: string): Record<string, string>[] | undefined {
  const file = join(ROOT, name);
  if (!existsSync(file)) return undefined;
  const [header = [], ...rows] = parseCsv(readFileSync(file, 'utf8'));
  return rows.map((row) => Object.fromEntries(header.map((column, index) => [column, row[index] ?? ''])));
}
