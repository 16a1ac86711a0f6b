/** What the index keeps of one object for the classification and the geometry of its series. */
import { createHash } from 'node:crypto';
import type { DataSet } from '../../dicom/data-set.ts';
import { factsText } from './facts.ts';
import { type FactsOfOriginal, readFacts } from './read-facts.ts';
import { type InstanceGeometry, readGeometry } from './read-geometry.ts';

export interface SeriesEvidence {
  /** See `factsText`. */
  readonly facts: string;
  /** Tells sets of facts apart: SHA-256 of the text, its first 128 bits in hexadecimal. */
  readonly factsHash: string;
  readonly geometry: InstanceGeometry;
}

/** @param original what only the original says */
export function seriesEvidence(dataSet: DataSet, original?: FactsOfOriginal): SeriesEvidence {
  const facts = factsText(readFacts(dataSet, original));
  const factsHash = createHash('sha256').update(facts).digest('hex').slice(0, 32);
  return { facts, factsHash, geometry: readGeometry(dataSet, original?.bValues) };
}
