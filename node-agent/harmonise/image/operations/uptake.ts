/**
 * Standardised uptake values (g/ml) from PET in activity concentration (PS3.3 C.8.9.1, C.8.9.2). After the dates of a
 * study are shifted all by one offset, as de-identification does, the differences between its times are what they were.
 */
import type { DataSet } from '../../../dicom/data-set.ts';
import { tagOf } from '../../../dicom/dictionary.ts';
import { ImageRefusal } from '../image-refusal.ts';

export interface Uptake {
  /** SUV = value × factor. */
  readonly factor: number;
  readonly found: Readonly<Record<string, unknown>>;
}

const SECONDS_OF_DAY = 86_400;
/** Longest time from injection to scan that is believed: longer ones come from wrong dates. In half-lives. */
const MOST_HALF_LIVES = 10;

/** @throws ImageRefusal that names the attribute which is missing or does not fit */
export function uptakeFactor(dataSet: DataSet, by: 'body-weight' | 'lean-body-mass'): Uptake {
  const text = (keyword: string): string | undefined => dataSet.string(tagOf(keyword));
  if (text('Modality') !== 'PT') {
    throw new ImageRefusal('not-applicable', 'Uptake values exist for PET only. Leave this step out for this series.');
  }
  const units = text('Units');
  if (units === 'GML') return alreadyUptake(text('SUVType') ?? 'BW', by);
  if (units !== 'BQML') throw unitsRefusal(units);
  const corrections = dataSet.strings(tagOf('CorrectedImage'));
  for (const correction of ['ATTN', 'DECY']) {
    if (!corrections.includes(correction)) {
      throw missing(
        `CorrectedImage does not list ${correction}`,
        'uptake needs images corrected for attenuation and decay',
      );
    }
  }
  const mass = by === 'body-weight' ? bodyWeight(dataSet) : leanBodyMass(dataSet);
  const { dose, found } = doseAtReference(dataSet);
  return { factor: (mass * 1000) / dose, found: { ...found, units, massKilograms: mass, doseBecquerels: dose } };
}

function alreadyUptake(type: string, by: 'body-weight' | 'lean-body-mass'): Uptake {
  if (type === (by === 'body-weight' ? 'BW' : 'LBM')) return { factor: 1, found: { units: 'GML', suvType: type } };
  throw new ImageRefusal(
    'not-applicable',
    'The values are uptake values of another kind already (SUVType), and the activity they were made from is not in the images. ' +
      'Ask for the kind that the scanner wrote.',
  );
}

function unitsRefusal(units: string | undefined): ImageRefusal {
  if (units === 'CNTS') {
    return missing(
      'the values are counts (Units CNTS)',
      'their factor to activity stands in private attributes of the manufacturer, which de-identification removes; have them exported in BQML',
    );
  }
  return missing('Units is neither BQML nor GML', 'have the images exported in Bq/ml');
}

/** The injected dose in Bq as it was left at the time that the images are decay corrected to. */
function doseAtReference(dataSet: DataSet): { readonly dose: number; readonly found: Record<string, unknown> } {
  const tracer = dataSet.items(tagOf('RadiopharmaceuticalInformationSequence'))[0];
  const injected = tracer?.number(tagOf('RadionuclideTotalDose'));
  if (!(injected !== undefined && injected > 0))
    throw missing('RadionuclideTotalDose is missing', 'complete it at the scanner or archive');
  const decayCorrection = dataSet.string(tagOf('DecayCorrection'));
  if (decayCorrection === 'ADMIN') return { dose: injected, found: { decayCorrection } };
  if (decayCorrection !== 'START')
    throw missing('DecayCorrection is neither START nor ADMIN', 'the time of the correction is unknown');
  const halfLife = tracer?.number(tagOf('RadionuclideHalfLife'));
  if (!(halfLife !== undefined && halfLife > 0))
    throw missing('RadionuclideHalfLife is missing', 'complete it at the scanner or archive');
  const seconds = secondsFromInjection(dataSet, tracer as DataSet);
  if (seconds < 0 || seconds > MOST_HALF_LIVES * halfLife) {
    throw missing(
      'the time from injection to scan is negative or longer than ten half-lives',
      'a date or time is wrong',
    );
  }
  const found = { decayCorrection, secondsFromInjection: seconds, halfLifeSeconds: halfLife };
  return { dose: injected * 2 ** (-seconds / halfLife), found };
}

/** From the injection to the start of the scan, which START refers to (PS3.3 C.8.9.1.1.3, Decay Correction). */
function secondsFromInjection(dataSet: DataSet, tracer: DataSet): number {
  const scan = scanStart(dataSet);
  const dateTime = tracer.string(tagOf('RadiopharmaceuticalStartDateTime'));
  if (dateTime !== undefined && dateTime.length >= 12) {
    const injection = secondsOf(dateTime.slice(0, 8), dateTime.slice(8).replace(/[+-].*$/, ''));
    if (injection !== undefined) return scan - injection;
  }
  const time = tracer.string(tagOf('RadiopharmaceuticalStartTime'));
  const ofDay = time === undefined ? undefined : secondsOf('19700101', time);
  if (ofDay === undefined)
    throw missing(
      'the time of the injection is missing (RadiopharmaceuticalStartTime)',
      'complete it at the scanner or archive',
    );
  // Without a date it is the last such time before the scan: the night may lie between.
  return (((scan - ofDay) % SECONDS_OF_DAY) + SECONDS_OF_DAY) % SECONDS_OF_DAY;
}

/**
 * The start of the series, unless it was stamped after the first acquisition, as series that were made anew are; then the
 * earliest acquisition, less the time from the start of the scan to the frame where that is known.
 */
function scanStart(dataSet: DataSet): number {
  const at = (date: string, time: string): number | undefined =>
    secondsOf(dataSet.string(tagOf(date)), dataSet.string(tagOf(time)));
  const series = at('SeriesDate', 'SeriesTime');
  const acquisition = at('AcquisitionDate', 'AcquisitionTime');
  if (series !== undefined && (acquisition === undefined || series <= acquisition)) return series;
  if (acquisition !== undefined) return acquisition;
  throw missing(
    'the time of the scan is missing (SeriesTime, AcquisitionTime)',
    'keep times when the images are de-identified',
  );
}

/** Seconds since 1970 of a date (YYYYMMDD) and a time (HHMMSS.FFFFFF, PS3.5 Table 6.2-1). */
function secondsOf(date: string | undefined, time: string | undefined): number | undefined {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(date ?? '');
  const clock = /^(\d{2})(\d{2})(?:(\d{2})(\.\d{1,6})?)?$/.exec(time ?? '');
  if (!day || !clock) return undefined;
  const [, hours, minutes, seconds = '0', fraction = '0'] = clock;
  const midnight = Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3])) / 1000;
  return midnight + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(fraction);
}

/** Kilograms. */
function bodyWeight(dataSet: DataSet): number {
  const weight = dataSet.number(tagOf('PatientWeight'));
  if (weight !== undefined && weight > 0) return weight;
  throw missing(
    'PatientWeight is missing',
    'let the de-identification profile keep patient characteristics, or complete it',
  );
}

/** Kilograms, by sex, weight and height (Janmahasatian and others 2005). */
function leanBodyMass(dataSet: DataSet): number {
  const weight = bodyWeight(dataSet);
  const height = dataSet.number(tagOf('PatientSize'));
  const sex = dataSet.string(tagOf('PatientSex'));
  if (!(height !== undefined && height > 0.3 && height < 2.6))
    throw missing('PatientSize is missing or not in metres', 'lean body mass needs it');
  if (sex !== 'M' && sex !== 'F')
    throw missing('PatientSex is neither M nor F', 'lean body mass needs it; ask for body weight instead');
  const index = weight / (height * height);
  return sex === 'M' ? (9270 * weight) / (6680 + 216 * index) : (9270 * weight) / (8780 + 244 * index);
}

function missing(what: string, why: string): ImageRefusal {
  return new ImageRefusal('missing-input', `Uptake values cannot be computed: ${what}; ${why}.`);
}
