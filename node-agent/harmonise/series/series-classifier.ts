/** Classifies a series: a value with its confidence for every attribute that a series of its modality has. */
import { BodyPartHarmoniser } from '../body-part.ts';
import type { HarmonisedAttribute } from '../harmonised-value.ts';
import type { Vocabularies } from '../vocabulary.ts';
import { bodyPartOf } from './body-part-of-series.ts';
import { type SeriesView, viewOf } from './conditions.ts';
import type { EvidenceTable } from './evidence-table.ts';
import { type InstanceFacts, mergeFacts, termsOf } from './facts.ts';
import { originalOf } from './original-text.ts';
import { planeEvidence, planesOf } from './plane.ts';
import type { SeriesValue } from './series-value.ts';
import { TableClassifier } from './table-classifier.ts';

/** Below, no concept is named: nobody could know. */
const LEAST_CONFIDENCE = 0.5;
const MOST_CANDIDATES = 6;
const MOST_RULES = 3;
export class SeriesClassifier {
  /** Of all tables together; another one means that every series is decided again. */
  readonly version: string;
  readonly #tables: readonly TableClassifier[];
  readonly #bodyPart: BodyPartHarmoniser;
  readonly #bodyParts: readonly { readonly code: string; readonly label: string }[];
  readonly #notImages: ReadonlySet<string>;

  constructor(tables: readonly EvidenceTable[], vocabularies: Vocabularies) {
    this.#tables = tables.map((table) => new TableClassifier(table));
    this.#bodyPart = new BodyPartHarmoniser(vocabularies.bodyPart);
    this.#bodyParts = vocabularies.bodyPart.concepts;
    this.#notImages = new Set(vocabularies.modality.notImages);
    this.version = [
      ...tables.map(({ attribute, version }) => `${attribute} ${version}`),
      `body_part ${this.#bodyPart.version}`,
    ].join(', ');
  }

  /**
   * @param sets the different facts of the objects known so far, in any order
   * @returns no value for a series that holds no images
   */
  classify(sets: readonly InstanceFacts[]): SeriesValue[] {
    const facts = mergeFacts(sets);
    const stated = termsOf(facts, 'modality').some;
    if ([...stated].some((modality) => this.#notImages.has(modality))) return [];
    const view = viewOf(facts, planesOf(facts));
    const modalities = stated.size > 0 ? stated : modalitiesOfClasses(view);
    const among = (wanted: readonly string[]) =>
      wanted.includes('*') || wanted.some((modality) => modalities.has(modality));
    const values = this.#tables
      .filter(({ table }) => among(table.modalities))
      .map((classifier) => weighedValue(classifier, view, among(classifier.table.asked)))
      .filter(({ expectedIn, candidates }) => candidates.length > 0 || among(expectedIn));
    return [...values.map(({ expectedIn: _, ...value }) => value), bodyPartOf(facts, this.#bodyPart)];
  }

  /** Every attribute that it can set. */
  get attributes(): string[] {
    return [...this.#tables.map(({ table }) => table.attribute), 'body_part'];
  }

  /** Code and label of everything an attribute can be, for the person who settles it. */
  concepts(attribute: string): { code: string; label: string }[] {
    const table = this.#tables.find((one) => one.table.attribute === attribute)?.table;
    const concepts = attribute === 'body_part' ? this.#bodyParts : (table?.concepts ?? []);
    return concepts.map(({ code, label }) => ({ code, label }));
  }
}

/** Where an object states no modality its class tells it. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.4(\.[134])?$/u, 'MR'],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.2(\.[12])?$/u, 'CT'],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(128(\.1)?|130)$/u, 'PT'],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.20$/u, 'NM'],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(1\.2(\.1)?|13\.1\.[345])$/u, 'MG'],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.1\.1(\.1)?$/u, 'DX'],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.1$/u, 'CR'],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.12\.1(\.1)?$/u, 'XA'],
];

function modalitiesOfClasses({ facts }: SeriesView): Set<string> {
  const classes = [...termsOf(facts, 'sopClass').some];
  return new Set(
    CLASSES.filter(([pattern]) => classes.some((uid) => pattern.test(uid))).map(([, modality]) => modality),
  );
}

function weighedValue(
  classifier: TableClassifier,
  view: SeriesView,
  askedWhereUnknown: boolean,
): SeriesValue & { expectedIn: readonly string[] } {
  const { table } = classifier;
  const { chosen, candidates, spoke, spokeForOthers } = classifier.classify(
    view,
    table.attribute === 'plane' ? planeEvidence(view.facts) : [],
  );
  const named = chosen && chosen.confidence >= LEAST_CONFIDENCE ? chosen : undefined;
  const rules = [...new Set(spoke.map(({ rule }) => rule))].slice(0, MOST_RULES);
  return {
    attribute: table.attribute as HarmonisedAttribute,
    original: originalOf(table.attribute, view.facts),
    code: named?.concept.code ?? null,
    label: named?.concept.label ?? null,
    rule: named ? rules.join(' + ') : 'not-enough-evidence',
    tableVersion: table.version,
    confidence: chosen?.confidence ?? 0,
    candidates: candidates
      .slice(0, MOST_CANDIDATES)
      .map(({ concept, confidence }) => ({ code: concept.code, label: concept.label, confidence })),
    sentences: [
      ...new Set([
        ...spoke.map(({ sentence }) => sentence),
        ...spokeForOthers.map(({ sentence }) => `But: ${sentence}`),
      ]),
    ],
    asked: named === undefined ? askedWhereUnknown : table.asked.length > 0,
    expectedIn: table.expected,
  };
}
