/** The body part of a series, from what all its objects say: codes, Body Part Examined, words, procedure, equipment. */
import type { BodyPartHarmoniser } from '../body-part.ts';
import type { HarmoniseRule, HarmoniseSource } from '../harmonised-value.ts';
import { type SeriesFacts, termsOf } from './facts.ts';
import type { SeriesValue } from './series-value.ts';

const CONFIDENCE: Readonly<Partial<Record<HarmoniseRule, number>>> = {
  'anatomic-region-code': 0.96,
  exact: 0.93,
  spelling: 0.9,
  keyword: 0.8,
  description: 0.8,
  'implied-by-modality': 0.85,
  'procedure-or-equipment': 0.65,
};
/** Where the words speak of another part than the attribute, one of them is a habit of the console. */
const CONTRADICTED = 0.7;

export function bodyPartOf(facts: SeriesFacts, harmoniser: BodyPartHarmoniser): SeriesValue {
  const parts = facts.texts.get('bodyPart') ?? [];
  const choices = (parts.length > 0 ? parts : [null]).map((bodyPart) => harmoniser.choose(sourceOf(facts, bodyPart)));
  const choice = choices.find(({ concept }) => concept !== undefined) ?? choices[0];
  if (!choice) throw new Error('A series without any choice of its body part.');
  const { original, concept, rule } = choice;
  const words = harmoniser.choose({ ...sourceOf(facts, null), anatomicRegions: [], modality: null }).concept;
  const others = [words, ...choices.map((other) => other.concept)].filter((other) => other !== undefined);
  const contradicted = concept !== undefined && others.some((other) => !harmoniser.agree(concept.code, other.code));
  const confidence = concept === undefined ? 0 : (CONFIDENCE[rule] ?? 0.5) * (contradicted ? CONTRADICTED : 1);
  const rounded = Math.round(confidence * 100) / 100;
  const candidates = new Map(others.map((other) => [other.code, other.label]));
  if (concept) candidates.delete(concept.code);
  return {
    attribute: 'body_part',
    original,
    code: concept?.code ?? null,
    label: concept?.label ?? null,
    rule,
    tableVersion: harmoniser.version,
    confidence: rounded,
    candidates: [
      ...(concept ? [{ code: concept.code, label: concept.label, confidence: rounded }] : []),
      ...[...candidates].map(([code, label]) => ({
        code,
        label,
        confidence: Math.round(30 * (CONFIDENCE.description ?? 0)) / 100,
      })),
    ],
    sentences: concept ? [`The part was found by the rule ${rule}.`] : [],
    asked: concept === undefined && original !== null,
  };
}

function sourceOf(facts: SeriesFacts, bodyPart: string | null): HarmoniseSource {
  const text = (name: string) => facts.texts.get(name)?.join(' ') ?? null;
  return {
    modality: facts.texts.get('modality')?.[0] ?? null,
    bodyPart,
    anatomicRegions: [...termsOf(facts, 'region').some].sort().map((term) => {
      const [scheme = '', code = ''] = term.split(' ');
      return { scheme, code };
    }),
    manufacturer: null,
    sex: null,
    laterality: null,
    seriesDescription: text('description'),
    protocol: text('protocol') ?? text('exam'),
    studyDescription: text('study'),
    furtherTexts: ['procedure', 'coil', 'filter'].flatMap((name) => facts.texts.get(name) ?? []),
  };
}
