/** Choices with little loss that make every patient look like enough others. */
import {
  type Generalisation,
  type GeneralisedAttribute,
  LEVELS,
} from '../../catalogue/generalisation/generalisation.ts';
import { figuresOf, type KFigures, type KLimits } from './k-figures.ts';
import type { RecordSets } from './record-sets.ts';

const ATTRIBUTES = Object.keys(LEVELS) as GeneralisedAttribute[];

/**
 * What it costs to leave an attribute out altogether; a coarser level costs its share. Dates are shifted and a device is
 * seldom asked for, while a study without sex or modality is of little use: so in this order.
 */
const LOSS: Readonly<Record<GeneralisedAttribute, number>> = {
  device: 1,
  date: 1.5,
  age: 3,
  bodyPart: 4,
  sex: 5,
  modality: 6,
};
const LOSS_OF_A_CLINICAL_COLUMN = 1.2;

export interface Suggestion extends KFigures {
  readonly choices: Generalisation;
}

interface Step {
  readonly choices: Generalisation;
  readonly loss: number;
}

/**
 * Takes, step by step, the coarser level that helps most patients for its loss, until k reaches the limit that warns; then
 * takes back every step that turns out not to be needed, the dearest first. Where even the coarsest choices do not reach
 * that limit, the same for the one that blocks.
 * @returns null where no choices reach either
 */
export function suggestChoices(sets: RecordSets, chosen: Generalisation, limits: KLimits): Suggestion | null {
  for (const target of [limits.warn, limits.block]) {
    const reached = coarsen(sets, chosen, { ...limits, warn: target });
    if (reached) return { choices: reached, ...figuresOf(sets, reached, limits) };
  }
  return null;
}

function coarsen(sets: RecordSets, chosen: Generalisation, limits: KLimits): Generalisation | undefined {
  let choices = chosen;
  let figures = figuresOf(sets, choices, limits);
  while (figures.k < limits.warn) {
    const below = figures.belowWarn;
    const best = coarserSteps(sets, choices)
      .map((step) => ({ ...step, figures: figuresOf(sets, step.choices, limits) }))
      .map((step) => ({ ...step, gain: (below - step.figures.belowWarn) / step.loss }))
      // of steps that gain nothing the cheapest: another may gain after it
      .sort((one, other) => other.gain - one.gain || one.loss - other.loss)[0];
    if (!best) return undefined;
    choices = best.choices;
    figures = best.figures;
  }
  return relax(sets, chosen, choices, limits);
}

/** Goes back towards what was chosen wherever k still holds, the dearest attribute first. */
function relax(sets: RecordSets, chosen: Generalisation, reached: Generalisation, limits: KLimits): Generalisation {
  let choices = reached;
  const holds = (next: Generalisation) => figuresOf(sets, next, limits).k >= limits.warn;
  for (const attribute of ATTRIBUTES.toSorted((one, other) => LOSS[other] - LOSS[one])) {
    const levels = LEVELS[attribute] as readonly string[];
    while (choices[attribute] !== chosen[attribute]) {
      const finer = { ...choices, [attribute]: levels[levels.indexOf(choices[attribute]) - 1] };
      if (!holds(finer)) break;
      choices = finer;
    }
  }
  for (const column of reached.clinicalColumns.filter((name) => !chosen.clinicalColumns.includes(name))) {
    const finer = { ...choices, clinicalColumns: choices.clinicalColumns.filter((name) => name !== column) };
    if (holds(finer)) choices = finer;
  }
  return choices;
}

function coarserSteps(sets: RecordSets, choices: Generalisation): Step[] {
  const ofImages = ATTRIBUTES.flatMap((attribute) => {
    const levels = LEVELS[attribute] as readonly string[];
    const level = levels[levels.indexOf(choices[attribute]) + 1];
    const loss = LOSS[attribute] / (levels.length - 1);
    return level === undefined ? [] : [{ choices: { ...choices, [attribute]: level }, loss }];
  });
  const clinical = sets.clinicalColumns
    .filter((column) => !choices.clinicalColumns.includes(column))
    .map((column) => ({
      choices: { ...choices, clinicalColumns: [...choices.clinicalColumns, column].sort() },
      loss: LOSS_OF_A_CLINICAL_COLUMN,
    }));
  return [...ofImages, ...clinical];
}
