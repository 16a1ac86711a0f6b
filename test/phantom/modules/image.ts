/** Modules of images: General Image, Image Plane, Image Pixel, Frame of Reference (PS3.3 C.7.4, C.7.6). */
import { element, type PhantomElement, remove, retain } from '../elements.ts';
import type { Series } from '../protocol.ts';

export interface PlaneGeometry {
  readonly size: number;
  /** Width of the picture in millimetres. */
  readonly fieldOfView: number;
  readonly thickness: number;
  /** Height of the slice in millimetres. */
  readonly position: number;
}

/** Position of the first pixel in the patient, in millimetres. */
export function imagePosition(geometry: PlaneGeometry): number[] {
  const spacing = geometry.fieldOfView / geometry.size;
  const corner = -geometry.fieldOfView / 2 + spacing / 2;
  return [corner, corner, geometry.position];
}

/** An axial slice of a patient who lies on the back, head first. */
export function imagePlane(series: Series, geometry: PlaneGeometry): PhantomElement[] {
  const spacing = geometry.fieldOfView / geometry.size;
  return [
    element('FrameOfReferenceUID', series.frameOfReferenceUid, remove('uid')),
    element('PositionReferenceIndicator', ''),
    element('PixelSpacing', [spacing, spacing], retain()),
    element('ImageOrientationPatient', [1, 0, 0, 0, 1, 0], retain()),
    element('ImagePositionPatient', imagePosition(geometry), retain()),
    element('SliceThickness', geometry.thickness, retain()),
    element('SliceLocation', geometry.position, retain()),
    element('PatientPosition', 'HFS', retain()),
  ];
}

export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed?: boolean;
  readonly samplesPerPixel?: number;
  readonly photometricInterpretation?: string;
}

export function imagePixel(format: PixelFormat): PhantomElement[] {
  const samples = format.samplesPerPixel ?? 1;
  const elements = [
    element('SamplesPerPixel', samples),
    element('PhotometricInterpretation', format.photometricInterpretation ?? 'MONOCHROME2', retain()),
    element('Rows', format.rows),
    element('Columns', format.columns),
    element('BitsAllocated', format.bitsAllocated),
    element('BitsStored', format.bitsStored),
    element('HighBit', format.bitsStored - 1),
    element('PixelRepresentation', format.signed === true ? 1 : 0),
  ];
  if (samples > 1) elements.push(element('PlanarConfiguration', 0));
  return elements;
}

export function windowElements(center: number, width: number): PhantomElement[] {
  return [element('WindowCenter', center, retain()), element('WindowWidth', width, retain())];
}

/** Dates and times of the acquisition; shared by CT, MR, MG and US. */
export function acquisitionDates(series: Series): PhantomElement[] {
  return [element('AcquisitionDate', series.study.date, remove('date')), element('AcquisitionTime', series.study.time)];
}
