/** Puts one language over what the scanners of many hospitals write, and keeps what they wrote. */
import { BodyPartHarmoniser } from './body-part.ts';
import { ConceptIndex } from './concept-index.ts';
import type {
  Choice,
  HarmonisedAttribute,
  HarmonisedEntity,
  HarmonisedValue,
  HarmoniseSource,
} from './harmonised-value.ts';
import { ManufacturerHarmoniser } from './manufacturer.ts';
import { keyOf } from './text-key.ts';
import type { Vocabularies } from './vocabulary.ts';

export class Harmoniser {
  readonly #modality: ConceptIndex;
  readonly #notImages: ReadonlySet<string>;
  readonly #bodyPart: BodyPartHarmoniser;
  readonly #manufacturer: ManufacturerHarmoniser;
  readonly #sex: ConceptIndex;
  readonly #laterality: ConceptIndex;
  readonly #noSide: ReadonlySet<string>;

  constructor(vocabularies: Vocabularies) {
    this.#modality = new ConceptIndex(vocabularies.modality);
    this.#notImages = new Set(vocabularies.modality.notImages.map(keyOf));
    this.#bodyPart = new BodyPartHarmoniser(vocabularies.bodyPart);
    this.#manufacturer = new ManufacturerHarmoniser(vocabularies.manufacturer);
    this.#sex = new ConceptIndex(vocabularies.sex);
    this.#laterality = new ConceptIndex(vocabularies.laterality);
    this.#noSide = new Set(vocabularies.laterality.notApplicable.map(keyOf));
  }

  /**
   * One value per attribute: sex (patient), modality, body part, manufacturer (series), and
   * laterality where the object states one. What does not map keeps its original with code null.
   */
  harmonise(source: HarmoniseSource): HarmonisedValue[] {
    const values = [
      value('patient', 'sex', choose(this.#sex, source.sex), this.#sex.version),
      value('series', 'modality', this.#chooseModality(source.modality), this.#modality.version),
      value('series', 'body_part', this.#bodyPart.choose(source), this.#bodyPart.version),
      value('series', 'manufacturer', this.#manufacturer.choose(source.manufacturer), this.#manufacturer.version),
    ];
    if (source.laterality !== null) {
      const choice = this.#chooseLaterality(source.laterality);
      values.push(value('series', 'laterality', choice, this.#laterality.version));
    }
    return values;
  }

  #chooseModality(modality: string | null): Choice {
    if (modality !== null && this.#notImages.has(keyOf(modality))) {
      return { original: modality, concept: undefined, rule: 'not-an-image' };
    }
    return choose(this.#modality, modality);
  }

  #chooseLaterality(laterality: string): Choice {
    return this.#noSide.has(keyOf(laterality))
      ? { original: laterality, concept: undefined, rule: 'not-applicable' }
      : choose(this.#laterality, laterality);
  }
}

function choose(index: ConceptIndex, original: string | null): Choice {
  if (original === null) return { original, concept: undefined, rule: 'missing' };
  const match = index.find(original);
  return { original, concept: match?.concept, rule: match?.rule ?? 'unmapped' };
}

function value(
  entity: HarmonisedEntity,
  attribute: HarmonisedAttribute,
  { original, concept, rule }: Choice,
  tableVersion: string,
): HarmonisedValue {
  return {
    entity,
    attribute,
    original,
    code: concept?.code ?? null,
    label: concept?.label ?? null,
    rule,
    tableVersion,
  };
}
