/** Which hidden identifiers a series gets, and what stands around the data set of its files. */
import type { PhantomElement } from '../elements.ts';
import type { Series } from '../protocol.ts';
import type { RandomSource } from '../random.ts';
import { binaryHeader, deepPrivate, movedPrivateBlock, privateBlock, unknownElements } from './private.ts';
import {
  comments,
  contributingEquipment,
  demographics,
  originalAttributes,
  otherPatientIds,
  otherReferences,
  type Plant,
  physicians,
  requestAttributes,
} from './standard.ts';

const STANDARD: readonly Plant[] = [
  requestAttributes,
  otherPatientIds,
  contributingEquipment,
  otherReferences,
  demographics,
  originalAttributes,
  physicians,
  comments,
];
const PRIVATE: readonly Plant[] = [privateBlock, unknownElements, binaryHeader, movedPrivateBlock, deepPrivate];

/** Two kinds out of the standard's corners and one private kind, in turn. */
export function plantedElements(series: Series, random: RandomSource): PhantomElement[] {
  const kinds = [
    STANDARD[series.ordinal % STANDARD.length],
    STANDARD[(series.ordinal + 3) % STANDARD.length],
    PRIVATE[series.ordinal % PRIVATE.length],
  ];
  return kinds.flatMap((plant) => plant?.(series, random) ?? []);
}

/** A name before the data set, on every ninth series. */
export function preambleOf({ patient, ordinal }: Series): string {
  return ordinal % 9 === 4 ? `EXPORT ${patient.latinFamilyName} ${patient.patientId}` : '';
}

/** A name behind the data set, on every eleventh series. */
export function trailingPaddingOf({ patient, ordinal }: Series): string {
  return ordinal % 11 === 5 ? `PAD ${patient.latinFamilyName} ${patient.birthDate}` : '';
}
