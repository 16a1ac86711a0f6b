/** Looking things up in the vocabularies: labels for people, codes for the hub's questions. */
import type { Concept, Vocabularies, VocabularyName } from './vocabulary.ts';

export interface CodedLabel {
  readonly code: string;
  readonly label: string;
}

export class VocabularyLookup {
  #vocabularies: Vocabularies;
  #byCode: ReadonlyMap<VocabularyName, ReadonlyMap<string, Concept>>;
  #byHubCode: ReadonlyMap<VocabularyName, ReadonlyMap<string, Concept>>;

  constructor(vocabularies: Vocabularies) {
    this.#vocabularies = vocabularies;
    this.#byCode = byCode(vocabularies);
    this.#byHubCode = byHubCode(vocabularies);
  }

  /** Looks in these from now on: tables were imported or restored. */
  replace(vocabularies: Vocabularies): void {
    this.#vocabularies = vocabularies;
    this.#byCode = byCode(vocabularies);
    this.#byHubCode = byHubCode(vocabularies);
  }

  /** Code and label as stored, for a code of either ontology generation. */
  concept(vocabulary: VocabularyName, code: string): CodedLabel | undefined {
    return codedLabel(this.#byCode.get(vocabulary)?.get(code));
  }

  /**
   * The concept a value of a hub condition asks for, e.g. `RID10312` or `SNOMEDCT41216001`
   * (EUCAIM explorer). EUCAIM codes are understood as well.
   */
  hubConcept(vocabulary: VocabularyName, value: string): CodedLabel | undefined {
    return codedLabel(this.#byHubCode.get(vocabulary)?.get(value)) ?? this.concept(vocabulary, value);
  }

  /** The cancer conditions a dataset may declare (eucaim:hasCondition). */
  conditions(): CodedLabel[] {
    return this.#vocabularies.condition.concepts.map(({ code, label }) => ({ code, label }));
  }

  /** Name, edition and source of every table, for the system page and the audit log. */
  tables(): { name: VocabularyName; version: string; edition: string; source: string }[] {
    return names(this.#vocabularies).map((name) => {
      const { version, edition, source } = this.#vocabularies[name];
      return { name, version, edition, source };
    });
  }
}

function codedLabel(concept: Concept | undefined): CodedLabel | undefined {
  return concept && { code: concept.code, label: concept.label };
}

function names(vocabularies: Vocabularies): VocabularyName[] {
  return Object.keys(vocabularies) as VocabularyName[];
}

function byCode(vocabularies: Vocabularies) {
  return indexBy(vocabularies, (concept) => [concept.code, ...concept.alternatives]);
}

function byHubCode(vocabularies: Vocabularies) {
  return indexBy(vocabularies, (concept) => concept.hub);
}

function indexBy(vocabularies: Vocabularies, keysOf: (concept: Concept) => readonly string[]) {
  return new Map(
    names(vocabularies).map((name) => {
      const concepts = vocabularies[name].concepts;
      return [name, new Map(concepts.flatMap((concept) => keysOf(concept).map((key) => [key, concept] as const)))];
    }),
  );
}
