/** Adds up treatments: what was done to how many objects. */
import type { Treatment } from './treatment.ts';

export interface CountedAction {
  /** Tags from the outside in, [*] for items. */
  readonly attribute: string;
  readonly action: string;
  readonly rule: string;
  readonly objects: number;
  readonly elements: number;
}

export interface CountedCode {
  readonly code: string;
  readonly meaning: string;
  readonly objects: number;
}

export interface CountedRemark {
  readonly sentence: string;
  readonly objects: number;
}

export interface CountedProfile {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
  /** Of PS3.15 Table E.1-1. */
  readonly edition: string;
  readonly objects: number;
}

export interface TreatmentFigures {
  readonly profiles: readonly CountedProfile[];
  /** Codes of CID 7050 in De-identification Method Code Sequence (0012,0064). */
  readonly claimedCodes: readonly CountedCode[];
  /** Where options of the profile disagreed; the stricter won. */
  readonly disagreements: readonly CountedRemark[];
  /** Rules of the profile that let through more than the basic profile does, with their reason. */
  readonly overrides: readonly CountedRemark[];
  readonly actions: readonly CountedAction[];
}

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };

export class TreatmentTally {
  readonly #profiles = new Map<string, Changeable<CountedProfile>>();
  readonly #codes = new Map<string, Changeable<CountedCode>>();
  readonly #disagreements = new Map<string, Changeable<CountedRemark>>();
  readonly #overrides = new Map<string, Changeable<CountedRemark>>();
  readonly #actions = new Map<string, Changeable<CountedAction>>();

  /** @param objects how many objects were treated so */
  add(treatment: Treatment, objects = 1): void {
    const { profile: id, profileVersion: version, profileHash: hash, edition } = treatment;
    count(this.#profiles, hash, { id, version, hash, edition }, objects);
    for (const { code, meaning } of treatment.claimedCodes) count(this.#codes, code, { code, meaning }, objects);
    for (const { sentence } of treatment.disagreements) count(this.#disagreements, sentence, { sentence }, objects);
    for (const { sentence } of treatment.overrides) count(this.#overrides, sentence, { sentence }, objects);
    for (const { path: attribute, action, rule, count: elements } of treatment.actions) {
      const counted = count(
        this.#actions,
        `${attribute} ${action} ${rule}`,
        { attribute, action, rule, elements: 0 },
        objects,
      );
      counted.elements += elements * objects;
    }
  }

  figures(): TreatmentFigures {
    return {
      profiles: [...this.#profiles.values()],
      claimedCodes: [...this.#codes.values()],
      disagreements: [...this.#disagreements.values()],
      overrides: [...this.#overrides.values()],
      actions: [...this.#actions.values()].sort((one, other) => (one.attribute < other.attribute ? -1 : 1)),
    };
  }
}

function count<Entry extends { objects: number }>(
  entries: Map<string, Entry>,
  key: string,
  first: Omit<Entry, 'objects'>,
  objects: number,
): Entry {
  const known = entries.get(key) ?? ({ ...first, objects: 0 } as Entry);
  known.objects += objects;
  entries.set(key, known);
  return known;
}
