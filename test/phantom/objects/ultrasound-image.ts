/** Ultrasound Image Storage (PS3.3 A.6) with the patient's name, ID and birth date in the pixels. */
import { element, retain } from '../elements.ts';
import { ULTRASOUND_COLUMNS, ULTRASOUND_ROWS, ultrasound } from '../images/ultrasound.ts';
import { acquisitionDates, imagePixel } from '../modules/image.ts';
import { commonElements } from '../modules/patient-study-series.ts';
import type { PhantomObject, SeriesBuilder } from './types.ts';

const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.6.1';

export const ultrasoundSeries: SeriesBuilder = ({ series, random, grain }) =>
  Array.from({ length: series.protocol.slices }, (_, index): PhantomObject => {
    const { patient, study } = series;
    const lines = [patient.latinName, `ID ${patient.patientId}  ${study.date}`];
    const { canvas, boxes } = ultrasound(random, lines, grain);
    const colour = series.ordinal % 2 === 1;
    const instance = { sopClassUid: SOP_CLASS, sopInstanceUid: random.uid(), number: index + 1 };
    const elements = [
      ...commonElements(series, instance),
      ...acquisitionDates(series),
      ...imagePixel({
        rows: ULTRASOUND_ROWS,
        columns: ULTRASOUND_COLUMNS,
        bitsAllocated: 8,
        bitsStored: 8,
        samplesPerPixel: colour ? 3 : 1,
        photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
      }),
      element('ImageType', ['ORIGINAL', 'PRIMARY', 'ABDOMINAL', '0001'], retain()),
      element('PatientOrientation', ''),
      element('UltrasoundColorDataPresent', 0),
    ];
    // Half of the machines say that there is text in the picture, the other half keep silent.
    if (index % 2 === 0) elements.push(element('BurnedInAnnotation', 'YES', retain()));
    const grey = canvas.bytes();
    const bytes = colour
      ? Uint8Array.from({ length: grey.length * 3 }, (_, at) => grey[Math.floor(at / 3)] ?? 0)
      : grey;
    const pixels = {
      bytes,
      columns: ULTRASOUND_COLUMNS,
      bitsAllocated: 8,
      samplesPerPixel: colour ? 3 : 1,
      frames: 1,
    } as const;
    return { instance, elements, pixels, burnedIn: boxes };
  });
