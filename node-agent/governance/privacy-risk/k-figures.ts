/** How many patients look alike. */
import type { ClinicalColumns } from '../../catalogue/generalisation/clinical-columns.ts';
import type { Generalisation } from '../../catalogue/generalisation/generalisation.ts';
import type { SqliteDatabase } from '../../store/database.ts';
import { RecordSets } from './record-sets.ts';

/** Fewest patients that look alike: below `block` nothing is released, below `warn` only with a reason. */
export interface KLimits {
  readonly block: number;
  readonly warn: number;
}

export interface KFigures {
  readonly patients: number;
  /** Patients of the smallest group that looks alike; 0 where there is no patient. */
  readonly k: number;
  /** Patients who look like nobody else. */
  readonly uniques: number;
  readonly belowBlock: number;
  readonly belowWarn: number;
}

/** k alone, of the series in `scope`. */
export function kFigures(
  database: SqliteDatabase,
  columns: ClinicalColumns,
  choices: Generalisation,
  limits: KLimits,
): KFigures {
  return figuresOf(new RecordSets(database, columns), choices, limits);
}

export function figuresOf(sets: RecordSets, choices: Generalisation, { block, warn }: KLimits): KFigures {
  const sizes = sets.classSizes(choices);
  const below = (limit: number) => sizes.reduce((sum, size) => sum + (size < limit ? size : 0), 0);
  return {
    patients: sets.patients,
    k: sizes.reduce((least, size) => Math.min(least, size), sets.patients),
    uniques: below(2),
    belowBlock: below(block),
    belowWarn: below(warn),
  };
}
