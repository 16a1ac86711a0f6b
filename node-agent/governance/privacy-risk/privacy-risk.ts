/**
 * The privacy risk of a dataset: k-anonymity per patient over what would be visible, the attributes that make patients
 * unique, and what coarser choices would gain. EUCAIM's examples are k = 3 for use and k = 10 for safety (eucaim.md §5).
 */
import type { ClinicalColumns } from '../../catalogue/generalisation/clinical-columns.ts';
import {
  type Generalisation,
  type GeneralisedAttribute,
  LEVELS,
} from '../../catalogue/generalisation/generalisation.ts';
import type { SqliteDatabase } from '../../store/database.ts';
import { figuresOf, type KFigures, type KLimits } from './k-figures.ts';
import { RecordSets } from './record-sets.ts';
import { type Suggestion, suggestChoices } from './suggestion.ts';

/** One choice for one attribute with the others as they are. */
export interface LevelFigures extends KFigures {
  readonly level: string;
}

export interface AttributeRisk {
  /** An attribute of the images, or a column of the clinical tables. */
  readonly id: string;
  readonly title: string;
  readonly clinical: boolean;
  readonly level: string;
  readonly levels: readonly LevelFigures[];
}

export interface PrivacyRisk extends KFigures {
  readonly limits: KLimits;
  readonly choices: Generalisation;
  /** The attribute whose leaving out helps most first. */
  readonly attributes: readonly AttributeRisk[];
  /** Smallest sets of attributes without which nobody is below the limit that blocks; empty where none is, or too many would have to go. */
  readonly causes: readonly (readonly string[])[];
  /** Coarser choices that reach the limit that warns, else the one that blocks; null where nothing has to change or nothing helps. */
  readonly suggestion: Suggestion | null;
}

const TITLES: Readonly<Record<GeneralisedAttribute, string>> = {
  age: 'Age',
  date: 'Dates',
  device: 'Device',
  sex: 'Sex',
  bodyPart: 'Body part',
  modality: 'Modality',
};
const ATTRIBUTES = Object.keys(LEVELS) as GeneralisedAttribute[];
/** Looks at all rows that an analysis may cost: more would hold up the node. */
const MOST_ROWS_LOOKED_AT = 4_000_000;
const MOST_CAUSES = 3;

/** k with what causes it and what would help, of the series in `scope`. */
export function privacyRisk(
  database: SqliteDatabase,
  columns: ClinicalColumns,
  choices: Generalisation,
  limits: KLimits,
): PrivacyRisk {
  const sets = new RecordSets(database, columns);
  const figures = figuresOf(sets, choices, limits);
  const attributes = [
    ...ATTRIBUTES.map((id) => imageAttribute(sets, id, choices, limits)),
    ...sets.clinicalColumns.map((column) => clinicalColumn(sets, column, choices, limits)),
  ];
  const looks = Math.max(50, Math.floor(MOST_ROWS_LOOKED_AT / Math.max(1, sets.rows)));
  return {
    ...figures,
    limits,
    choices,
    attributes: attributes.toSorted((one, other) => lastBelow(one) - lastBelow(other)),
    causes: figures.belowBlock === 0 ? [] : causesOf(sets, choices, limits, looks),
    suggestion: figures.k >= limits.warn ? null : suggestChoices(sets, choices, limits),
  };
}

/** The choices without an attribute or clinical column. */
function without(choices: Generalisation, id: string): Generalisation {
  if (id in LEVELS) return { ...choices, [id]: 'dropped' };
  return { ...choices, clinicalColumns: [...new Set([...choices.clinicalColumns, id])].sort() };
}

function imageAttribute(
  sets: RecordSets,
  id: GeneralisedAttribute,
  choices: Generalisation,
  limits: KLimits,
): AttributeRisk {
  const levels = LEVELS[id].map((level) => ({ level, ...figuresOf(sets, { ...choices, [id]: level }, limits) }));
  return { id, title: TITLES[id], clinical: false, level: choices[id], levels };
}

function clinicalColumn(sets: RecordSets, id: string, choices: Generalisation, limits: KLimits): AttributeRisk {
  const others = choices.clinicalColumns.filter((column) => column !== id);
  const levels = [
    { level: 'kept', ...figuresOf(sets, { ...choices, clinicalColumns: others }, limits) },
    { level: 'dropped', ...figuresOf(sets, without(choices, id), limits) },
  ];
  const title = `${id.charAt(0).toUpperCase()}${id.slice(1).replaceAll('_', ' ')}`;
  return { id, title, clinical: true, level: choices.clinicalColumns.includes(id) ? 'dropped' : 'kept', levels };
}

function lastBelow({ levels }: AttributeRisk): number {
  return levels.at(-1)?.belowWarn ?? 0;
}

/** Sets of one attribute, then of two and of three: the first size that works. */
function causesOf(sets: RecordSets, choices: Generalisation, limits: KLimits, looks: number): string[][] {
  const shown = [...ATTRIBUTES, ...sets.clinicalColumns].filter(
    (id) =>
      (id in LEVELS ? choices[id as GeneralisedAttribute] : undefined) !== 'dropped' &&
      !choices.clinicalColumns.includes(id),
  );
  let left = looks;
  for (const size of [1, 2, 3]) {
    const found: string[][] = [];
    for (const some of subsets(shown, size)) {
      if (left === 0) return found;
      left -= 1;
      const coarser = some.reduce(without, choices);
      if (figuresOf(sets, coarser, limits).belowBlock === 0) found.push(some);
      if (found.length === MOST_CAUSES) return found;
    }
    if (found.length > 0) return found;
  }
  return [];
}

function* subsets(ids: readonly string[], size: number): Generator<string[]> {
  if (size === 0) yield [];
  else
    for (const [at, id] of ids.entries()) for (const rest of subsets(ids.slice(at + 1), size - 1)) yield [id, ...rest];
}
