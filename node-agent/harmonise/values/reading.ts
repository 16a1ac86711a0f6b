/** Collects what is read of one object. */
import type { NormalisedValue, ValueAttribute, ValueEntity, ValueFinding, ValueReading } from './normalised-value.ts';
import { rounded } from './units.ts';

const OF_STUDY: ReadonlySet<ValueAttribute> = new Set(['age', 'size', 'weight']);

export class Reading implements ValueReading {
  readonly values: NormalisedValue[] = [];
  readonly findings: ValueFinding[] = [];
  readonly #version: string;

  /** @param version of the tables */
  constructor(version: string) {
    this.#version = version;
  }

  value(
    attribute: ValueAttribute,
    read: Pick<NormalisedValue, 'original' | 'originalUnit' | 'value' | 'unit' | 'rule'>,
  ) {
    const value = rounded(read.value);
    this.values.push({ ...read, value, entity: entityOf(attribute), attribute, tableVersion: this.#version });
  }

  /** One of a kind for an attribute: the first says it. */
  finding(attribute: ValueAttribute, rule: string, sentence: string): void {
    if (this.findings.some((finding) => finding.attribute === attribute && finding.rule === rule)) return;
    this.findings.push({ entity: entityOf(attribute), attribute, rule, sentence });
  }

  /** The value of an attribute that has one. */
  of(attribute: ValueAttribute): number | undefined {
    return this.values.find((value) => value.attribute === attribute)?.value;
  }
}

function entityOf(attribute: ValueAttribute): ValueEntity {
  return OF_STUDY.has(attribute) ? 'study' : 'series';
}
