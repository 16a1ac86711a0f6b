/** Ranges of the common data model as explicit lists, for as long as the ontology in use does not say what is below a root. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const valueSet = z.strictObject({
  /** The root of the range. */
  root: z.string().min(1),
  name: z.string().min(1),
  codes: z.array(z.string().min(1)).default([]),
  /** Every class whose code begins so. */
  prefix: z.string().min(1).optional(),
});
const valueSetFile = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  sets: z.array(valueSet).min(1),
});

export type ValueSet = z.infer<typeof valueSet>;

const DATA_FILE = join(import.meta.dirname, '..', 'data', 'value-sets.json');

/** By root. @throws Error naming the file when it is missing or malformed */
export function loadValueSets(file: string = DATA_FILE): ReadonlyMap<string, ValueSet> {
  try {
    const { sets } = valueSetFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    return new Map(sets.map((set) => [set.root, set]));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The value sets ${file} cannot be used: ${reason}. Restore the ones of the release.`);
  }
}
