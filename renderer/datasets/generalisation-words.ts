import type { Answer } from '../client/call.ts';

type Choices = Answer<'getPrivacyRisk'>['choices'];

/** The levels of all attributes in plain words. */
export const LEVEL_WORDS: Readonly<Record<string, string>> = {
  exact: 'as indexed',
  years: 'completed years',
  'bands-5': 'bands of 5 years',
  'bands-10': 'bands of 10 years',
  'bands-20': 'bands of 20 years',
  day: 'day',
  month: 'month',
  year: 'year',
  model: 'manufacturer and model',
  manufacturer: 'manufacturer alone',
  kept: 'shown',
  dropped: 'left out',
};

const NAMES = {
  age: 'age',
  date: 'dates',
  device: 'device',
  sex: 'sex',
  bodyPart: 'body part',
  modality: 'modality',
} as const;
const AS_INDEXED: ReadonlySet<string> = new Set(['exact', 'day', 'model', 'kept']);

/** What of the choices is coarser than the index: `Age in bands of 10 years; dates left out.` */
export function choicesInWords(choices: Choices): string {
  const coarser = (Object.keys(NAMES) as (keyof typeof NAMES)[])
    .filter((attribute) => !AS_INDEXED.has(choices[attribute]))
    .map((attribute) => `${NAMES[attribute]}: ${LEVEL_WORDS[choices[attribute]]}`);
  const columns = choices.clinicalColumns.map((column) => `${column.replaceAll('_', ' ')}: left out`);
  const all = [...coarser, ...columns].join('; ');
  return all === '' ? 'Everything as indexed.' : `${all.charAt(0).toUpperCase()}${all.slice(1)}.`;
}

/** The choices with another level for one attribute, or for a column of the clinical tables. */
export function withLevel(choices: Choices, id: string, clinical: boolean, level: string): Choices {
  if (!clinical) return { ...choices, [id]: level };
  const others = choices.clinicalColumns.filter((column) => column !== id);
  return { ...choices, clinicalColumns: level === 'dropped' ? [...others, id].sort() : others };
}
