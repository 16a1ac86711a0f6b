/**
 * Disclosure control for everything that is counted and leaves the node: small counts are
 * suppressed, the rest is rounded, and only categories with enough patients are named. The same
 * data give the same answer every time, so repeating a question teaches nothing. This is disclosure
 * control, not a guarantee of differential privacy.
 */

/** No setting can lower the threshold below this. */
const LOWEST_THRESHOLD = 5;

/** Widths of age bands in years, finest first; a wider one is used where no finer band has enough patients. */
const AGE_BANDS = [10, 20, 40, 120] as const;
const OLDEST = 119;

export interface DisclosureRules {
  /** Counts below this leave as 0. */
  readonly threshold: number;
  /** Counts leave as a multiple of this. */
  readonly rounding: number;
}

/** A category, or an age, of one patient; the same patient may have several. */
export interface PatientFact<Value> {
  readonly patientId: string;
  readonly value: Value;
}

export class DisclosurePolicy {
  readonly threshold: number;
  readonly rounding: number;

  /** @throws RangeError when the threshold is below 5 or the rounding is no whole number from 1 */
  constructor({ threshold, rounding }: DisclosureRules = { threshold: 10, rounding: 10 }) {
    if (!Number.isInteger(threshold) || threshold < LOWEST_THRESHOLD) {
      throw new RangeError(
        `The disclosure threshold must be a whole number of at least ${LOWEST_THRESHOLD}; it is ${threshold}. Correct the setting disclosure.threshold.`,
      );
    }
    if (!Number.isInteger(rounding) || rounding < 1) {
      throw new RangeError(
        `The disclosure rounding must be a whole number of at least 1; it is ${rounding}. Correct the setting disclosure.rounding.`,
      );
    }
    this.threshold = threshold;
    this.rounding = rounding;
  }

  /**
   * A count as it may leave: 0 for everything below the threshold, zero included, so that none and
   * few look the same; else the nearest multiple of the rounding, or 0 where that falls below the threshold.
   */
  disclose(count: number): number {
    if (count < this.threshold) return 0;
    const rounded = Math.round(count / this.rounding) * this.rounding;
    return rounded < this.threshold ? 0 : rounded;
  }

  /** True for a number that `disclose` can have made. */
  mayLeave(count: number): boolean {
    return count === 0 || (count >= this.threshold && count % this.rounding === 0);
  }

  /** The categories that enough different patients share, sorted. */
  categories(facts: Iterable<PatientFact<string>>): string[] {
    return sharedByEnough(facts, this.threshold).sort((a, b) => a.localeCompare(b, 'en'));
  }

  /**
   * The range of ages in years, given by bands that enough different patients share: no end tells
   * the age of the youngest or the oldest. `{min: 0, max: 0}` where no band has enough.
   */
  ageRange(ages: readonly PatientFact<number>[]): { min: number; max: number } {
    for (const width of AGE_BANDS) {
      const inBands = ages.map(({ patientId, value }) => ({ patientId, value: bandStart(value, width) }));
      const starts = sharedByEnough(inBands, this.threshold);
      if (starts.length > 0) return { min: Math.min(...starts), max: Math.max(...starts) + width };
    }
    return { min: 0, max: 0 };
  }
}

function bandStart(years: number, width: number): number {
  return Math.floor(Math.min(Math.max(years, 0), OLDEST) / width) * width;
}

function sharedByEnough<Value>(facts: Iterable<PatientFact<Value>>, threshold: number): Value[] {
  const patients = new Map<Value, Set<string>>();
  for (const { patientId, value } of facts) {
    const known = patients.get(value);
    if (known) known.add(patientId);
    else patients.set(value, new Set([patientId]));
  }
  return [...patients].filter(([, ids]) => ids.size >= threshold).map(([value]) => value);
}
