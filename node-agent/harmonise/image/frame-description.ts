/** What a frame says about itself: where it lies, what it shows, and what its values mean (PS3.3 C.7.6.2, C.7.6.16, C.8). */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import type { ImageAttributes } from '../../dicom/pixel/image-attributes.ts';
import { FrameAttributes } from './frame-attributes.ts';
import type { Vector } from './geometry.ts';

export interface FrameDescription {
  /** Which of the files, and which frame in it, both from 0. */
  readonly file: number;
  readonly frame: number;
  readonly image: ImageAttributes;
  /** (0008,0060); empty when absent. */
  readonly modality: string;
  readonly geometry: FrameGeometry | undefined;
  /** Frames that differ in one of these are never in one volume. */
  readonly kind: string;
  readonly acquisitionNumber: number | undefined;
  readonly instanceNumber: number;
  readonly moment: FrameMoment;
}

/** Directions and position in LPS millimetres (PS3.3 C.7.6.2.1.1). */
export interface FrameGeometry {
  /** Direction in which the column index grows. */
  readonly row: Vector;
  /** Direction in which the row index grows. */
  readonly column: Vector;
  readonly position: Vector;
  /** Millimetres between the centres of neighbouring columns, and of neighbouring rows. */
  readonly columnSpacing: number;
  readonly rowSpacing: number;
  /** Thickness, or distance to the next slice where stated; what a single slice is given as its depth. */
  readonly depth: number | undefined;
}

/** What tells the volumes of a series apart that lie at one place. */
export interface FrameMoment {
  readonly temporalPosition: number | undefined;
  /** Milliseconds (0018,1060). */
  readonly triggerTime: number | undefined;
  /** s/mm². */
  readonly bValue: number | undefined;
  /** Direction in LPS. */
  readonly gradient: Vector | undefined;
}

/** @param image the attributes of this frame */
export function describeFrame(dataSet: DataSet, image: ImageAttributes, file: number, frame: number): FrameDescription {
  const attributes = new FrameAttributes(dataSet, frame);
  return {
    file,
    frame,
    image,
    modality: dataSet.string(tagOf('Modality')) ?? '',
    geometry: geometryOf(attributes),
    kind: kindOf(attributes, image),
    acquisitionNumber: dataSet.number(tagOf('AcquisitionNumber')),
    instanceNumber: dataSet.number(tagOf('InstanceNumber')) ?? 0,
    moment: momentOf(attributes),
  };
}

function geometryOf(attributes: FrameAttributes): FrameGeometry | undefined {
  const orientation = attributes.numbers('PlaneOrientationSequence', 'ImageOrientationPatient');
  const position = attributes.numbers('PlanePositionSequence', 'ImagePositionPatient');
  const [rowSpacing = 0, columnSpacing = 0] = attributes.numbers('PixelMeasuresSequence', 'PixelSpacing');
  if (orientation.length !== 6 || position.length !== 3 || rowSpacing <= 0 || columnSpacing <= 0) return undefined;
  const between = attributes.number('PixelMeasuresSequence', 'SpacingBetweenSlices');
  const thickness = attributes.number('PixelMeasuresSequence', 'SliceThickness');
  const depth = [between, thickness].find((value) => value !== undefined && value > 0);
  return {
    row: orientation.slice(0, 3) as unknown as Vector,
    column: orientation.slice(3) as unknown as Vector,
    position: position as unknown as Vector,
    columnSpacing,
    rowSpacing,
    depth,
  };
}

function kindOf(attributes: FrameAttributes, image: ImageAttributes): string {
  const { rows, columns, signed, bitsAllocated, photometricInterpretation } = image;
  // Values 1 and 2 say how an image came about, the others what it shows (PS3.3 C.7.6.1.1.2).
  const shows = attributes.texts('MRImageFrameTypeSequence', 'FrameType', 'ImageType').slice(2);
  return JSON.stringify([
    ...[rows, columns, signed, bitsAllocated, photometricInterpretation, ...shows],
    attributes.text('MRImageFrameTypeSequence', 'ComplexImageComponent'),
    attributes.number('MREchoSequence', 'EffectiveEchoTime') ?? attributes.number('MREchoSequence', 'EchoTime'),
    attributes.number('MREchoSequence', 'EchoNumbers'),
    attributes.number('MRModifierSequence', 'InversionTime'),
    attributes.text('FrameContentSequence', 'StackID'),
    attributes.text('CTReconstructionSequence', 'ConvolutionKernel'),
    attributes.text('', 'FrameOfReferenceUID'),
  ]);
}

function momentOf(attributes: FrameAttributes): FrameMoment {
  const gradient = attributes.numbers(
    'MRDiffusionSequence/DiffusionGradientDirectionSequence',
    'DiffusionGradientOrientation',
  );
  return {
    temporalPosition:
      attributes.number('FrameContentSequence', 'TemporalPositionIndex') ??
      attributes.number('', 'TemporalPositionIdentifier'),
    triggerTime: attributes.number('', 'TriggerTime'),
    bValue: attributes.number('MRDiffusionSequence', 'DiffusionBValue'),
    gradient: gradient.length === 3 ? (gradient as unknown as Vector) : undefined,
  };
}
