/** What the scanner was set to: field strength (T), spacing and thickness (mm), b-values (s/mm2). */
import type { ValueAttribute, ValueSource } from './normalised-value.ts';
import type { Reading } from './reading.ts';
import { rounded, type Units } from './units.ts';
import { type Bounds, isWithin, type ValueRules } from './value-rules.ts';

/** Of hydrogen, MHz per tesla; what images of patients are made with. */
const MEGAHERTZ_PER_TESLA = 42.577;
const HYDROGEN: ReadonlySet<string> = new Set(['1H', 'H1', 'H']);
/** Scanners are called 3 T and work at 2.89. */
const TOLERATED_FIELD = 0.12;
/** GE Medical Systems writes some b-values with this added. */
const GE_OFFSET = 1_000_000_000;

export function readScannerValues(source: ValueSource, units: Units, rules: ValueRules, reading: Reading): void {
  readFieldStrength(source, units, rules, reading);
  readGeometry(source, units, rules, reading);
  for (const text of source.bValues) readBValue(text, units, rules, reading);
}

/** Magnetic Field Strength (0018,0087) is tesla; some write gauss or millitesla. The imaging frequency tells them apart. */
function readFieldStrength(source: ValueSource, units: Units, rules: ValueRules, reading: Reading): void {
  const expected = fieldOfFrequency(source);
  const bounds = rules.bounds.fieldStrength;
  const text = source.fieldStrength;
  if (text === null) {
    if (expected !== undefined && isWithin(expected, bounds)) {
      const original = source.imagingFrequency ?? '';
      reading.value('field_strength', {
        original,
        originalUnit: null,
        value: expected,
        unit: 'T',
        rule: 'from-frequency',
      });
    }
    return;
  }
  const quantity = units.quantity(text, 'T');
  if (quantity?.unit.dimension !== 'magnetic flux density') {
    reading.finding(
      'field_strength',
      'unreadable',
      'The field strength is not a number with a unit of field strength.',
    );
    return;
  }
  const { value, stated } = quantity;
  const add = (unit: string, rule: string) => {
    const tesla = units.convert(value, unit, 'T');
    reading.value('field_strength', { original: text, originalUnit: unit, value: tesla, unit: 'T', rule });
    if (expected !== undefined && !fits(tesla, expected)) {
      reading.finding(
        'field_strength',
        'contradicts-frequency',
        `The field strength is ${tesla} T, but the imaging frequency is that of ${rounded(Math.round(expected * 100) / 100)} T.`,
      );
    }
  };
  if (isWithin(units.convert(value, quantity.unit.code, 'T'), bounds)) {
    add(quantity.unit.code, stated ? 'with-unit' : 'as-dicom');
    return;
  }
  const other = stated ? undefined : otherFieldUnit(value, expected, units, rules);
  if (other !== undefined) add(other, `read-as-${other}`);
  else if (!stated && value >= units.convert(bounds.least, 'T', 'mT') && value < rules.gaussFrom && value >= 100) {
    reading.finding(
      'field_strength',
      'ambiguous-unit',
      `A field strength of ${rounded(value)} T does not exist; in gauss and in millitesla it would be different scanners. Nothing tells which.`,
    );
  } else {
    reading.finding(
      'field_strength',
      'impossible',
      `The field strength is ${rounded(value)} ${quantity.unit.code}; scanners have ${bounds.least} to ${bounds.most} T.`,
    );
  }
}

function otherFieldUnit(value: number, expected: number | undefined, units: Units, rules: ValueRules) {
  const candidates = ['G', 'mT'].filter((unit) =>
    isWithin(units.convert(value, unit, 'T'), rules.bounds.fieldStrength),
  );
  const fitting = candidates.find((unit) => expected !== undefined && fits(units.convert(value, unit, 'T'), expected));
  if (fitting !== undefined) return fitting;
  return value >= rules.gaussFrom && candidates.includes('G') ? 'G' : undefined;
}

function fieldOfFrequency({ imagingFrequency, imagedNucleus }: ValueSource): number | undefined {
  const megahertz = Number(imagingFrequency ?? Number.NaN);
  if (!(megahertz > 0) || (imagedNucleus !== null && !HYDROGEN.has(imagedNucleus.toUpperCase()))) return undefined;
  return Math.round((megahertz / MEGAHERTZ_PER_TESLA) * 1000) / 1000;
}

function fits(tesla: number, expected: number): boolean {
  return Math.abs(tesla - expected) <= expected * TOLERATED_FIELD;
}

function readGeometry(source: ValueSource, units: Units, rules: ValueRules, reading: Reading): void {
  const { bounds } = rules;
  const isVolume = source.modality !== null && rules.volumeModalities.includes(source.modality);
  const least = isVolume ? rules.smallestSpacingOfVolumes : 0;
  const length = (attribute: ValueAttribute, word: string, text: string | null | undefined, limits: Bounds) => {
    if (text === null || text === undefined) return;
    const quantity = units.quantity(text, 'mm');
    if (quantity?.unit.dimension !== 'length') {
      reading.finding(attribute, 'unreadable', `The ${word} is not a number with a unit of length.`);
      return;
    }
    const millimetres = units.convert(quantity.value, quantity.unit.code, 'mm');
    // In nuclear medicine the sign says in which direction the slices go (PS3.3 C.8.4.15).
    const signed = attribute === 'slice_spacing' && source.modality === 'NM' && millimetres < 0;
    const size = signed ? -millimetres : millimetres;
    if (size === 0) reading.finding(attribute, 'zero', `The ${word} is 0. A measurement in such an image would be 0.`);
    else if (size < 0) reading.finding(attribute, 'negative', `The ${word} is negative, which no distance is.`);
    else if (!isWithin(size, { ...limits, least: Math.max(limits.least, least) })) {
      reading.finding(
        attribute,
        'impossible',
        `The ${word} is ${rounded(millimetres)} mm. It may be in another unit; measurements in this image cannot be trusted.`,
      );
    } else {
      const rule = signed ? 'without-sign' : quantity.stated ? 'with-unit' : 'as-dicom';
      reading.value(attribute, { original: text, originalUnit: quantity.unit.code, value: size, unit: 'mm', rule });
    }
  };
  length('pixel_spacing_row', 'spacing between rows', source.pixelSpacing[0], bounds.pixelSpacing);
  length('pixel_spacing_column', 'spacing between columns', source.pixelSpacing[1], bounds.pixelSpacing);
  length('slice_thickness', 'slice thickness', source.sliceThickness, bounds.sliceThickness);
  length('slice_spacing', 'spacing between slices', source.sliceSpacing, bounds.sliceSpacing);
}

/** Diffusion b-value (0018,9087); a series has several. */
function readBValue(text: string, units: Units, rules: ValueRules, reading: Reading): void {
  const quantity = units.quantity(text, 's/mm2');
  if (quantity?.unit.dimension !== 'diffusion weighting') {
    reading.finding('b_value', 'unreadable', 'A b-value is not a number.');
    return;
  }
  const { value, unit } = quantity;
  const offset = value >= GE_OFFSET;
  const bare = units.convert(offset ? value - GE_OFFSET : value, unit.code, 's/mm2');
  if (!isWithin(bare, rules.bounds.bValue)) {
    const what = bare < 0 ? 'negative' : 'impossible';
    reading.finding('b_value', what, `A b-value is ${rounded(bare)} s/mm2; they are 0 to ${rules.bounds.bValue.most}.`);
    return;
  }
  const rule = offset ? 'without-offset' : quantity.stated ? 'with-unit' : 'as-dicom';
  reading.value('b_value', { original: text, originalUnit: unit.code, value: bare, unit: 's/mm2', rule });
}
