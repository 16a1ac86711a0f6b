/** What the objects of a series said themselves about an attribute, as one short text. */
import { numbersOf, type SeriesFacts, termsOf } from './facts.ts';

const LONGEST = 240;

/** @returns null where they said nothing */
export function originalOf(attribute: string, facts: SeriesFacts): string | null {
  const parts = (PARTS[attribute] ?? (() => []))(facts).filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join('; ').slice(0, LONGEST);
}

const texts = (facts: SeriesFacts, name: string) => (facts.texts.get(name) ?? []).join(', ');
const terms = (facts: SeriesFacts, name: string) => [...termsOf(facts, name).some].sort().join('\\');
const numbers = (facts: SeriesFacts, name: string) => numbersOf(facts, name).join(', ');
const labelled = (label: string, text: string) => (text === '' ? '' : `${label} ${text}`);

const PARTS: Readonly<Record<string, (facts: SeriesFacts) => string[]>> = {
  modality: (facts) => [terms(facts, 'modality')],
  contrast: (facts) => [
    // A b-value of 0 stands in images that have nothing to do with diffusion.
    numbersOf(facts, 'bValue').some((b) => b > 0) ? labelled('b', numbers(facts, 'bValue')) : '',
    texts(facts, 'description') || texts(facts, 'protocol'),
    terms(facts, 'scanning'),
    labelled('TR', numbers(facts, 'repetition')),
    labelled('TE', numbers(facts, 'echo')),
    labelled('TI', numbers(facts, 'inversion')),
    labelled('flip', numbers(facts, 'flip')),
    labelled('agent', texts(facts, 'agent')),
    texts(facts, 'imageType'),
  ],
  plane: (facts) => [terms(facts, 'orientation')],
  phase: (facts) => [texts(facts, 'description') || texts(facts, 'protocol')],
  kernel: (facts) => [texts(facts, 'kernel')],
  thickness: (facts) => [labelled('', numbers(facts, 'thickness')).trim()],
  view: (facts) => [texts(facts, 'view') || texts(facts, 'description')],
  tracer: (facts) => [texts(facts, 'tracer') || terms(facts, 'radionuclide')],
  attenuation: (facts) => [terms(facts, 'corrected'), texts(facts, 'attenuation')],
  derivation: (facts) => [texts(facts, 'imageType')],
  laterality: (facts) => [texts(facts, 'laterality') || texts(facts, 'description')],
};
