/** Which columns of the clinical tables tell one patient from another, as data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = join(import.meta.dirname, 'data', 'clinical-columns.json');

const fileSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  columns: z.array(z.strictObject({ name: z.string().min(1), kind: z.enum(['sex', 'date', 'age', 'category']) })),
  words: z.array(z.string().min(3)),
  tablesOfImages: z.array(z.string().min(1)),
});

export type ClinicalKind = 'sex' | 'date' | 'age' | 'category' | 'other';

export interface ClinicalColumns {
  readonly version: string;
  /** What a column says of a patient; `other` where nobody outside knows it. */
  kindOf(column: string): ClinicalKind;
  /** Tables that repeat what the index says of the images. */
  readonly tablesOfImages: readonly string[];
}

/** @throws Error naming the file and the place when it is missing or malformed */
export function loadClinicalColumns(file: string = FILE): ClinicalColumns {
  const { version, columns, words, tablesOfImages } = read(file);
  const kinds = new Map(columns.map(({ name, kind }) => [name, kind]));
  return {
    version,
    tablesOfImages,
    kindOf: (column) =>
      kinds.get(column) ??
      (column.endsWith('_date') ? 'date' : words.some((word) => column.includes(word)) ? 'category' : 'other'),
  };
}

function read(file: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(
      `The clinical columns ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`,
    );
  }
}
