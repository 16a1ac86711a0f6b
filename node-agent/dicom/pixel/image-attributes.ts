/** The attributes that say how stored pixels become a picture (PS3.3 C.7.6.3, C.11.1, C.11.2). */
import type { DataSet } from '../data-set.ts';
import { tagOf } from '../dictionary.ts';

export interface ImageAttributes {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  /** Colour-by-pixel (0) or colour-by-plane (1). */
  readonly planarConfiguration: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly padding: number | undefined;
  readonly slope: number;
  readonly intercept: number;
  readonly window: { readonly centre: number; readonly width: number } | undefined;
}

/** @returns undefined when the object has no image or the attributes contradict each other */
export function imageAttributes(dataSet: DataSet, frame: number): ImageAttributes | undefined {
  const number = (keyword: string) => dataSet.number(tagOf(keyword));
  const rows = number('Rows');
  const columns = number('Columns');
  const bitsAllocated = number('BitsAllocated');
  if (!rows || !columns || !bitsAllocated) return undefined;
  const bitsStored = number('BitsStored') ?? bitsAllocated;
  const highBit = number('HighBit') ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit + 1 < bitsStored) {
    return undefined;
  }
  return {
    rows,
    columns,
    frames: Math.max(1, number('NumberOfFrames') ?? 1),
    samplesPerPixel: number('SamplesPerPixel') ?? 1,
    photometricInterpretation: dataSet.string(tagOf('PhotometricInterpretation'))?.trim() ?? 'MONOCHROME2',
    planarConfiguration: number('PlanarConfiguration') ?? 0,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: number('PixelRepresentation') === 1,
    padding: number('PixelPaddingValue'),
    ...rescaleAndWindow(dataSet, frame),
  };
}

function rescaleAndWindow(dataSet: DataSet, frame: number): Pick<ImageAttributes, 'slope' | 'intercept' | 'window'> {
  const rescale = macroOf(dataSet, frame, 'PixelValueTransformationSequence');
  const voi = macroOf(dataSet, frame, 'FrameVOILUTSequence');
  const slope = rescale.number(tagOf('RescaleSlope')) ?? 1;
  const centre = voi.number(tagOf('WindowCenter'));
  const width = voi.number(tagOf('WindowWidth'));
  return {
    slope: slope === 0 ? 1 : slope,
    intercept: rescale.number(tagOf('RescaleIntercept')) ?? 0,
    window: centre !== undefined && width !== undefined && width >= 1 ? { centre, width } : undefined,
  };
}

/** The item of a functional group macro for a frame, else the data set itself (PS3.3 C.7.6.16). */
function macroOf(dataSet: DataSet, frame: number, macro: string): DataSet {
  const perFrame = dataSet.items(tagOf('PerFrameFunctionalGroupsSequence'))[frame];
  const shared = dataSet.items(tagOf('SharedFunctionalGroupsSequence'))[0];
  return perFrame?.items(tagOf(macro))[0] ?? shared?.items(tagOf(macro))[0] ?? dataSet;
}
