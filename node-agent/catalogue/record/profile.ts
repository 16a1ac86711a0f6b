/** The fixed part of EUCAIM DCAT-AP: namespaces, common values and the mandatory properties, as data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const iris = z.record(z.string(), z.array(z.string().min(1)).min(1));

const profileSchema = z.strictObject({
  version: z.string(),
  edition: z.string(),
  source: z.string(),
  note: z.string(),
  datasetBase: z.url(),
  prefixes: z.record(z.string(), z.string()),
  dataset: iris,
  distribution: iris,
  mandatory: z.array(z.string()),
});

export type RecordProfile = z.infer<typeof profileSchema>;

const DEFAULT_FILE = join(import.meta.dirname, 'data', 'eucaim-dcat-ap.json');

/** @throws Error naming the file when it is missing or malformed */
export function loadRecordProfile(file: string = DEFAULT_FILE): RecordProfile {
  try {
    return profileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(
      `The record profile ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`,
    );
  }
}
