/** Where a series goes in BIDS, and what its files are called; the table is `data/bids-names.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MaterialiseError } from '../errors.ts';

const label = z.string().regex(/^[A-Za-z0-9]+$/u);
const kindSchema = z.strictObject({
  /** As DICOM writes it; left out where it fits every modality. */
  modality: z.string().optional(),
  /** Codes of the harmonised attribute contrast. */
  contrast: z.array(z.string()).optional(),
  folder: label,
  suffix: label,
  /** Whether BIDS knows it; what it does not know is listed in `.bidsignore`. */
  bids: z.boolean(),
  acq: label.optional(),
  ce: label.optional(),
});
const namesSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  bidsVersion: z.string().min(1),
  kinds: z.array(kindSchema).min(1),
  /** Labels of an entity by the code of a harmonised attribute. */
  labels: z.strictObject({
    acq: z.record(z.string(), label),
    trc: z.record(z.string(), label),
    lat: z.record(z.string(), label),
    vp: z.record(z.string(), label),
  }),
});

export type BidsNames = z.infer<typeof namesSchema>;
type Kind = z.infer<typeof kindSchema>;

/** Codes of the harmonised attributes of a series, by attribute. */
export type SeriesCodes = Readonly<Record<string, string | undefined>>;

const FILE = join(import.meta.dirname, '..', 'data', 'bids-names.json');

/** @throws Error naming the file and the place when it is missing or malformed */
export function loadBidsNames(file: string = FILE): BidsNames {
  try {
    return namesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The names ${file} cannot be used: ${reason}. Restore the file of the release.`);
  }
}

/** The kind of a series; the last one of the table fits everything. */
export function kindOf({ kinds }: BidsNames, modality: string | null, codes: SeriesCodes): Kind {
  const fits = kinds.find(
    (kind) =>
      (kind.modality === undefined || kind.modality === modality) &&
      (kind.contrast === undefined || kind.contrast.includes(codes.contrast ?? '')),
  );
  if (fits === undefined) throw new RangeError('The table of names has no kind for every series.');
  return fits;
}

/**
 * Entities and suffix in the order that BIDS asks for, without subject, session and run: those of BIDS (acq, ce, trc),
 * and for what BIDS does not know those of MIDS (bp, vp) and the side.
 */
export function entitiesOf(names: BidsNames, kind: Kind, codes: SeriesCodes, bodyPart: string | null): string[] {
  const { acq, trc, lat, vp } = names.labels;
  const plane = acq[codes.plane ?? ''] ?? '';
  const beyond = kind.bids
    ? []
    : [
        ['bp', bodyPart === null ? '' : labelOf(bodyPart.toLowerCase())],
        ['lat', lat[codes.laterality ?? ''] ?? ''],
        ['vp', vp[codes.view ?? ''] ?? ''],
      ];
  const entities = [
    ['acq', `${kind.acq ?? ''}${plane}`],
    ['ce', kind.ce ?? ''],
    ['trc', kind.folder === 'pet' ? (trc[codes.tracer ?? ''] ?? '') : ''],
    ...beyond,
  ];
  return entities.flatMap(([entity, value]) => (value === '' ? [] : [`${entity}-${value}`]));
}

/** Labels of BIDS are letters and digits alone. */
export function labelOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/gu, '');
}

/** A label for each patient. @throws MaterialiseError where two pseudonyms would have the same */
export function subjectLabels(patientIds: readonly string[]): Map<string, string> {
  const labels = new Map(patientIds.map((patientId) => [patientId, labelOf(patientId)]));
  if (new Set(labels.values()).size === labels.size) return labels;
  throw new MaterialiseError(
    'invalid-input',
    'Two pseudonyms are the same once "-" and "_" are left out, as BIDS asks. Choose the layout eucaim for this dataset.',
  );
}
