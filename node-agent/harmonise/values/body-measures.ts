/** Patient's Size (0010,1020) in metres and Patient's Weight (0010,1030) in kilograms, whatever they were written in. */
import type { ValueAttribute, ValueSource } from './normalised-value.ts';
import type { Reading } from './reading.ts';
import { rounded, type Units } from './units.ts';
import { type Bounds, isWithin, type ValueRules } from './value-rules.ts';

interface Measure {
  readonly attribute: Extract<ValueAttribute, 'size' | 'weight'>;
  /** UCUM; the unit of DICOM, and the one that is kept. */
  readonly unit: string;
  readonly dimension: string;
  readonly word: string;
  /** Units that a number without one is read in when it makes no sense in the one of DICOM, likeliest first. */
  readonly otherwise: readonly string[];
}

const SIZE: Measure = { attribute: 'size', unit: 'm', dimension: 'length', word: 'size', otherwise: ['cm', 'mm'] };
const WEIGHT: Measure = { attribute: 'weight', unit: 'kg', dimension: 'mass', word: 'weight', otherwise: ['g'] };
/** A number that another unit would turn into a small child is no proof of that unit. */
const LEAST_AFTER_CHANGE: Readonly<Record<string, number>> = { cm: 0.3, mm: 0.3, g: 1 };
const SMALLEST_ADULT_METRES = 1.2;

export function readBodyMeasures(source: ValueSource, units: Units, rules: ValueRules, reading: Reading): void {
  read(source.size, SIZE, rules.bounds.size, units, reading);
  read(source.weight, WEIGHT, rules.bounds.weight, units, reading);
  const [size, weight] = [reading.of('size'), reading.of('weight')];
  if (size === undefined || weight === undefined || size < SMALLEST_ADULT_METRES) return;
  if (!isWithin(weight / (size * size), rules.bounds.bodyMassIndex)) {
    reading.finding(
      'weight',
      'does-not-fit-size',
      `${rounded(weight)} kg at ${rounded(size)} m is no human body. One of the two is wrong or in another unit.`,
    );
  }
}

function read(text: string | null, measure: Measure, bounds: Bounds, units: Units, reading: Reading): void {
  if (text === null) return;
  const { attribute, unit, dimension, word, otherwise } = measure;
  const quantity = units.quantity(text, unit);
  if (quantity?.unit.dimension !== dimension) {
    reading.finding(attribute, 'unreadable', `The ${word} is not a number with a unit of ${dimension}.`);
    return;
  }
  const { value, unit: stated } = quantity;
  const add = (code: string, rule: string) =>
    reading.value(attribute, {
      original: text,
      originalUnit: code,
      value: units.convert(value, code, unit),
      unit,
      rule,
    });
  if (value === 0) {
    reading.finding(attribute, 'zero', `The ${word} is 0, which scanners write when nobody entered one.`);
  } else if (isWithin(units.convert(value, stated.code, unit), bounds)) {
    add(stated.code, quantity.stated ? 'with-unit' : 'as-dicom');
  } else {
    const other = quantity.stated
      ? undefined
      : otherwise.find((code) => {
          const converted = units.convert(value, code, unit);
          return isWithin(converted, bounds) && converted >= (LEAST_AFTER_CHANGE[code] ?? 0);
        });
    if (other !== undefined) add(other, `read-as-${other}`);
    else {
      reading.finding(
        attribute,
        'impossible',
        `The ${word} is ${rounded(value)} ${stated.code}; no patient is below ${bounds.least} or above ${bounds.most} ${unit}. Correct it at the source.`,
      );
    }
  }
}
