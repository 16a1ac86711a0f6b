/** What normalising makes of the quantities of an object: values in one unit, and what cannot be true. */

export type ValueEntity = 'study' | 'series';

export type ValueAttribute =
  | 'age'
  | 'size'
  | 'weight'
  | 'field_strength'
  | 'pixel_spacing_row'
  | 'pixel_spacing_column'
  | 'slice_thickness'
  | 'slice_spacing'
  | 'b_value'
  | 'injected_dose'
  | 'half_life'
  | 'uptake_interval'
  | 'laterality';

export interface NormalisedValue {
  readonly entity: ValueEntity;
  readonly attribute: ValueAttribute;
  readonly original: string;
  /** UCUM; null where the original is no quantity, as a date is. */
  readonly originalUnit: string | null;
  readonly value: number;
  /** UCUM. */
  readonly unit: string;
  /** How it was read. */
  readonly rule: string;
  readonly tableVersion: string;
}

export interface ValueFinding {
  readonly entity: ValueEntity;
  readonly attribute: ValueAttribute;
  /** What is wrong, as a name that stays. */
  readonly rule: string;
  /** What is wrong and what to do, for people. */
  readonly sentence: string;
}

/** All of one object. */
export interface ValueReading {
  readonly values: readonly NormalisedValue[];
  readonly findings: readonly ValueFinding[];
}

/** What the de-identified object says; null where it says nothing. */
export interface ValueSource {
  readonly modality: string | null;
  readonly age: string | null;
  readonly birthDate: string | null;
  readonly studyDate: string | null;
  readonly size: string | null;
  readonly weight: string | null;
  readonly fieldStrength: string | null;
  /** MHz. */
  readonly imagingFrequency: string | null;
  readonly imagedNucleus: string | null;
  /** Rows, columns. */
  readonly pixelSpacing: readonly string[];
  readonly sliceThickness: string | null;
  readonly sliceSpacing: string | null;
  readonly bValues: readonly string[];
  readonly laterality: string | null;
  readonly imageLaterality: string | null;
  readonly seriesDescription: string | null;
  readonly protocol: string | null;
  readonly studyDescription: string | null;
  /** Null where no radiopharmaceutical is stated. */
  readonly uptake: UptakeSource | null;
}

/** What SUV is computed from (PS3.3 C.8.9.1, C.8.9.2). */
export interface UptakeSource {
  readonly units: string | null;
  readonly decayCorrection: string | null;
  readonly totalDose: string | null;
  readonly halfLife: string | null;
  readonly radionuclide: string | null;
  /** TM. */
  readonly startTime: string | null;
  /** DT. */
  readonly startDateTime: string | null;
  readonly seriesDate: string | null;
  readonly seriesTime: string | null;
  readonly acquisitionDate: string | null;
  readonly acquisitionTime: string | null;
}
