/** Secondary Capture Image Storage (PS3.3 A.8): a screen with the patient's data and a copy of a slice. */
import { element, retain } from '../elements.ts';
import { drawText, LINE_HEIGHT, type TextBox } from '../images/bitmap-font.ts';
import { Canvas } from '../images/canvas.ts';
import { render } from '../images/render.ts';
import { imagePixel } from '../modules/image.ts';
import { commonElements } from '../modules/patient-study-series.ts';
import type { PhantomObject, SeriesBuilder } from './types.ts';

const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.7';
const COLUMNS = 256;
const ROWS = 192;
const SLICE = 128;

export const secondaryCaptureSeries: SeriesBuilder = ({ series, random, anatomy, grain }) =>
  Array.from({ length: series.protocol.slices }, (_, index): PhantomObject => {
    const { patient, study, protocol } = series;
    const brain = series.cancer.site === 'brain';
    const slice = render(anatomy(0.1), brain ? 'FLAIR' : 'CT', SLICE, grain, series.ordinal);
    const canvas = new Canvas(COLUMNS, ROWS, 16);
    for (let row = 0; row < SLICE; row += 1) {
      for (let column = 0; column < SLICE; column += 1) {
        const value = slice.values[row * SLICE + column] ?? 0;
        const grey = brain ? value / 4 : ((value + 160) / 400) * 255;
        canvas.values[(row + 58) * COLUMNS + column + 120] = Math.min(255, Math.max(0, grey));
      }
    }
    const lines = [patient.hospital.name, patient.latinName, `ID ${patient.patientId}`, study.date, protocol.words];
    const boxes = lines.map(
      (line, at): TextBox => drawText(canvas, line, 6, 6 + at * LINE_HEIGHT, at === lines.length - 1 ? 140 : 240),
    );
    const instance = { sopClassUid: SOP_CLASS, sopInstanceUid: random.uid(), number: index + 1 };
    const elements = [
      ...commonElements(series, instance),
      ...imagePixel({ rows: ROWS, columns: COLUMNS, bitsAllocated: 8, bitsStored: 8 }),
      element('ImageType', ['DERIVED', 'SECONDARY'], retain()),
      element('ConversionType', 'WSD', retain()),
      element('PatientOrientation', ''),
    ];
    if (series.ordinal % 2 === 0) elements.push(element('BurnedInAnnotation', 'YES', retain()));
    const pixels = {
      bytes: canvas.bytes(),
      columns: COLUMNS,
      bitsAllocated: 8,
      samplesPerPixel: 1,
      frames: 1,
    } as const;
    return { instance, elements, pixels, burnedIn: boxes };
  });
