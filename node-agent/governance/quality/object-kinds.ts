/** What the rules need to know of kinds of objects, as data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { tagOf } from '../../dicom/dictionary.ts';

const FILE = join(import.meta.dirname, 'data', 'object-kinds.json');

const uidOrFamily = z.string().regex(/^[0-9.]+(?:\.\*)?$/u);
const fileSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  referring: z.array(uidOrFamily),
  noObjects: z.array(uidOrFamily),
  notNeeded: z.array(z.string().refine((keyword) => tagOf(keyword) !== undefined, 'no keyword of PS3.6')),
  modalities: z.record(uidOrFamily, z.array(z.string().min(2))),
  organsOfOneSex: z.array(z.strictObject({ sex: z.string().min(1), bodyParts: z.array(z.string().min(1)) })),
});

export type ObjectKinds = z.infer<typeof fileSchema>;

/** @throws Error naming the file and the place when it is missing or malformed */
export function loadObjectKinds(file: string = FILE): ObjectKinds {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(
      `The kinds of objects ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`,
    );
  }
}

/** Whether a UID is on the list, itself or by its family `1.2.3.*`. */
export function isListed(uid: string, list: readonly string[]): boolean {
  return list.some((entry) => (entry.endsWith('.*') ? uid.startsWith(entry.slice(0, -1)) : uid === entry));
}
