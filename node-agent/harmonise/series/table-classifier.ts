/** Classifies a series for one attribute: the evidence that its table finds, weighed. */
import { holds, type SeriesView } from './conditions.ts';
import type { EvidenceConcept, EvidenceTable } from './evidence-table.ts';
import { type Evidence, type Weighing, weigh } from './weigh.ts';
import { standsIn, type WordPattern, wordPattern } from './words.ts';

interface WordRule {
  readonly patterns: readonly WordPattern[];
  readonly unless: readonly WordPattern[];
  readonly for: string;
  readonly weight: number;
  readonly denies: Readonly<Record<string, number>>;
}

const NAMES_OF_TEXTS: Readonly<Record<string, string>> = {
  description: 'Series Description',
  seriesCode: 'Series Description Code',
  protocol: 'Protocol Name',
  exam: 'Protocol Name (of the examination)',
  sequence: 'Sequence Name',
  study: 'Study Description',
  procedure: 'procedure',
  tracer: 'Radiopharmaceutical',
  agent: 'Contrast/Bolus Agent',
  attenuation: 'Attenuation Correction Method',
  filter: 'Filter Type',
  coil: 'Receive Coil Name',
};

export class TableClassifier {
  readonly table: EvidenceTable;
  readonly #lists: ReadonlyMap<string, readonly WordPattern[]>;
  readonly #words: readonly WordRule[];

  constructor(table: EvidenceTable) {
    this.table = table;
    this.#lists = new Map(Object.entries(table.lists).map(([name, words]) => [name, words.map(wordPattern)]));
    this.#words = table.words.map((rule) => ({
      ...rule,
      patterns: rule.words.map(wordPattern),
      unless: rule.unless.map(wordPattern),
    }));
  }

  /** Weighs twice where rules build on what the others came to, such as enhancement on a T1 weighting. */
  classify(view: SeriesView, more: readonly Evidence[] = []): Weighing {
    const { concepts } = this.table;
    const evidence = [...more, ...this.#inWords(view), ...this.#inRules(view, undefined)];
    const first = weigh(concepts, evidence);
    const line = first.chosen ? lineOf(concepts, first.chosen.concept) : [];
    const second = this.#inRules(view, line);
    return second.length === 0 ? first : weigh(concepts, [...evidence, ...second]);
  }

  #inRules(view: SeriesView, first: readonly string[] | undefined): Evidence[] {
    return this.table.rules
      .filter(({ when }) => (when.first === undefined) === (first === undefined))
      .filter(({ when }) => holds(when, view, this.#lists, first))
      .map(({ id, group, says, denies, sentence }) => ({ rule: id, group, says, denies, sentence }));
  }

  #inWords(view: SeriesView): Evidence[] {
    return Object.entries(this.table.texts).flatMap(([name, share]) =>
      (view.words.get(name) ?? []).flatMap((words) =>
        this.#words.flatMap((rule) => {
          const pattern = rule.patterns.find((candidate) => standsIn(candidate, words));
          if (pattern === undefined || rule.unless.some((unless) => standsIn(unless, words))) return [];
          return [
            {
              rule: `${name}-words`,
              group: 'text',
              says: { [rule.for]: rule.weight * share },
              denies: rule.denies,
              sentence: `${NAMES_OF_TEXTS[name] ?? name} has “${pattern.text.replaceAll('~', '…')}”.`,
            },
          ];
        }),
      ),
    );
  }
}

function lineOf(concepts: readonly EvidenceConcept[], concept: EvidenceConcept): string[] {
  const broader = concepts.find(({ key }) => key === concept.within);
  return [concept.key, ...(broader ? lineOf(concepts, broader) : [])];
}
