/** What quantities are plausible, as versioned data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const bounds = z.strictObject({ unit: z.string().min(1), least: z.number(), most: z.number() });
const rulesFile = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  bounds: z.strictObject({
    age: bounds,
    size: bounds,
    weight: bounds,
    bodyMassIndex: bounds,
    fieldStrength: bounds,
    pixelSpacing: bounds,
    sliceThickness: bounds,
    sliceSpacing: bounds,
    bValue: bounds,
    injectedDose: bounds,
    halfLife: bounds,
    uptakeInterval: bounds,
  }),
  /** Years; this age and all above it are one group. */
  oldestAge: z.number().int(),
  /** A number from here on that is said to be tesla is gauss; below, down to the bounds, it may be millitesla as well. */
  gaussFrom: z.number(),
  /** mm; images of bodies are not finer. */
  smallestSpacingOfVolumes: z.number(),
  volumeModalities: z.array(z.string()),
  radionuclides: z.array(
    z.strictObject({ name: z.string(), names: z.array(z.string()), halfLifeSeconds: z.number().positive() }),
  ),
  /** Codes of parts of which a body has one. */
  unpairedParts: z.array(z.string()),
  /** Words of the laterality vocabulary that mean something else in a text, too. */
  sideWordsNotInText: z.array(z.string()),
});

export type ValueRules = z.infer<typeof rulesFile>;
export type Bounds = z.infer<typeof bounds>;

const DATA_FILE = join(import.meta.dirname, '..', 'data', 'value-rules.json');

/** @throws Error naming the file and the place when it is missing or malformed */
export function loadValueRules(file: string = DATA_FILE): ValueRules {
  try {
    return rulesFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The rules of values ${file} cannot be used: ${reason}. Restore the ones of the release.`);
  }
}

export function isWithin(value: number, { least, most }: Bounds): boolean {
  return value >= least && value <= most;
}
