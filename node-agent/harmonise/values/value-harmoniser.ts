/** Puts the quantities of an object into one unit each, and says what cannot be true of them. */
import { ConceptIndex } from '../concept-index.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { readAge } from './age.ts';
import { readBodyMeasures } from './body-measures.ts';
import type { ValueReading, ValueSource } from './normalised-value.ts';
import { Reading } from './reading.ts';
import { readScannerValues } from './scanner-values.ts';
import { readSide } from './side.ts';
import { Units } from './units.ts';
import { readUptake } from './uptake.ts';
import { loadValueRules, type ValueRules } from './value-rules.ts';

export class ValueHarmoniser {
  readonly units: Units;
  readonly #rules: ValueRules;
  readonly #sides: ConceptIndex;

  constructor(laterality: Vocabulary, units: Units = new Units(), rules: ValueRules = loadValueRules()) {
    this.units = units;
    this.#rules = rules;
    this.#sides = new ConceptIndex(laterality);
  }

  /** @param bodyPart code of the harmonised body part; null where there is none */
  read(source: ValueSource, bodyPart: string | null): ValueReading {
    const reading = new Reading(this.#rules.version);
    readAge(source, this.units, this.#rules, reading);
    readBodyMeasures(source, this.units, this.#rules, reading);
    readScannerValues(source, this.units, this.#rules, reading);
    readUptake(source, this.units, this.#rules, reading);
    readSide(source, bodyPart, this.#sides, this.#rules, reading);
    const { values, findings } = reading;
    return { values, findings };
  }
}
