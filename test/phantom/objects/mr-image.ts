/** MR Image Storage (PS3.3 A.4) with the parameters that tell the contrasts apart. */
import contrasts from '../data/mr-contrasts.json' with { type: 'json' };
import { element, type PhantomElement, retain } from '../elements.ts';
import { type Contrast, render } from '../images/render.ts';
import { acquisitionDates, imagePixel, imagePlane, windowElements } from '../modules/image.ts';
import { commonElements } from '../modules/patient-study-series.ts';
import { heightOf } from './ct-image.ts';
import type { PhantomObject, SeriesBuilder } from './types.ts';

const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.4';
const SIZE = 128;

interface MrParameters {
  readonly tr: number;
  readonly te: number;
  readonly ti?: number;
  readonly b?: number;
  readonly sequence: readonly string[];
  readonly variant: readonly string[];
  readonly etl: number;
  readonly flip: number;
  readonly center: number;
  readonly width: number;
}

export const mrSeries: SeriesBuilder = ({ series, random, anatomy, grain }) => {
  const contrast = series.protocol.contrast as keyof typeof contrasts.contrasts;
  const parameters: MrParameters = contrasts.contrasts[contrast];
  const head = series.cancer.site === 'brain';
  return Array.from({ length: series.protocol.slices }, (_, index): PhantomObject => {
    const height = heightOf(index, series.protocol.slices);
    const slice = anatomy(height);
    const canvas = render(slice, contrast as Contrast, SIZE, grain, series.ordinal * 7 + index);
    const geometry = { size: SIZE, fieldOfView: head ? 230 : 320, thickness: 4, position: Math.round(height * 80) };
    const instance = { sopClassUid: SOP_CLASS, sopInstanceUid: random.uid(), number: index + 1 };
    const elements = [
      ...commonElements(series, instance),
      ...acquisitionDates(series),
      ...imagePlane(series, geometry),
      ...imagePixel({ rows: SIZE, columns: SIZE, bitsAllocated: 16, bitsStored: 12 }),
      ...windowElements(parameters.center, parameters.width),
      ...mrModule(parameters, contrast === 'ADC'),
      element('AcquisitionNumber', series.number, retain()),
    ];
    if (contrast === 'T1C') elements.push(element('ContrastBolusAgent', 'GADOBUTROL'));
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

/** Times in milliseconds, b-value in s/mm². */
function mrModule(parameters: MrParameters, derived: boolean): PhantomElement[] {
  const elements = [
    element('ImageType', derived ? ['DERIVED', 'PRIMARY', 'ADC'] : ['ORIGINAL', 'PRIMARY', 'M'], retain()),
    element('ScanningSequence', [...parameters.sequence], retain()),
    element('SequenceVariant', [...parameters.variant], retain()),
    element('ScanOptions', ''),
    element('MRAcquisitionType', '2D', retain()),
    element('RepetitionTime', parameters.tr, retain()),
    element('EchoTime', parameters.te, retain()),
    element('EchoTrainLength', parameters.etl, retain()),
    element('FlipAngle', parameters.flip, retain()),
    element('MagneticFieldStrength', 1.5, retain()),
  ];
  if (parameters.ti !== undefined) elements.push(element('InversionTime', parameters.ti, retain()));
  if (parameters.b !== undefined) elements.push(element('DiffusionBValue', [parameters.b], retain()));
  return elements;
}
