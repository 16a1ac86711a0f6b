/** CT Image Storage (PS3.3 A.3): 12 bits stored, Hounsfield units by intercept -1024. */
import { element, remove, retain } from '../elements.ts';
import { render } from '../images/render.ts';
import { acquisitionDates, imagePixel, imagePlane, windowElements } from '../modules/image.ts';
import { commonElements } from '../modules/patient-study-series.ts';
import type { PhantomObject, SeriesBuilder } from './types.ts';

const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.2';
const SIZE = 128;
const INTERCEPT = -1024;

export const ctSeries: SeriesBuilder = ({ series, random, anatomy, grain }) => {
  const contrast = series.protocol.contrast === 'CTA' ? 'CTA' : 'CT';
  const irradiationEvent = random.uid();
  const acquisition = random.uid();
  const lung = series.protocol.words.includes('LUNG');
  return Array.from({ length: series.protocol.slices }, (_, index): PhantomObject => {
    const height = heightOf(index, series.protocol.slices);
    const slice = anatomy(height);
    const canvas = render(slice, contrast, SIZE, grain, series.ordinal * 7 + index);
    canvas.shift(-INTERCEPT);
    const geometry = { size: SIZE, fieldOfView: 400, thickness: 5, position: Math.round(height * 100) };
    const instance = { sopClassUid: SOP_CLASS, sopInstanceUid: random.uid(), number: index + 1 };
    const elements = [
      ...commonElements(series, instance),
      ...acquisitionDates(series),
      ...imagePlane(series, geometry),
      ...imagePixel({ rows: SIZE, columns: SIZE, bitsAllocated: 16, bitsStored: 12 }),
      ...(lung ? windowElements(-600, 1500) : windowElements(contrast === 'CTA' ? 60 : 40, 400)),
      element('ImageType', ['ORIGINAL', 'PRIMARY', 'AXIAL'], retain()),
      element('RescaleIntercept', INTERCEPT, retain()),
      element('RescaleSlope', 1, retain()),
      element('RescaleType', 'HU', retain()),
      element('KVP', 120, retain()),
      element('XRayTubeCurrent', 180 + (index % 3) * 10, retain()),
      element('ExposureTime', 500, retain()),
      element('ConvolutionKernel', lung ? 'B70f' : 'B31f', retain()),
      element('AcquisitionNumber', series.number, retain()),
      element('IrradiationEventUID', irradiationEvent, remove('uid')),
      element('AcquisitionUID', acquisition, remove('uid')),
    ];
    if (contrast === 'CTA') elements.push(element('ContrastBolusAgent', 'IOHEXOL'));
    const pixels = {
      bytes: canvas.words(0, 4095),
      columns: SIZE,
      bitsAllocated: 16,
      samplesPerPixel: 1,
      frames: 1,
    } as const;
    return { instance, elements, pixels, burnedIn: [], cut: { geometry, lesion: slice.lesion } };
  });
};

/** Slices spread over the middle of the body part, from feet to head. */
export function heightOf(index: number, slices: number): number {
  return slices === 1 ? 0 : -0.5 + index / (slices - 1);
}
