/** Segmentation Storage (PS3.3 A.51): the lesion of a series as one binary segment, frame by frame. */
import { code, element, type Item, type PhantomElement, remove, retain } from '../elements.ts';
import { maskOf } from '../images/render.ts';
import { imagePixel, imagePosition } from '../modules/image.ts';
import { commonElements } from '../modules/patient-study-series.ts';
import { type Series, siteCode } from '../protocol.ts';
import type { RandomSource } from '../random.ts';
import type { PhantomObject } from './types.ts';

const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.66.4';

/** The source slices that show the lesion, with the geometry they share. */
type Cut = PhantomObject & { readonly cut: NonNullable<PhantomObject['cut']> };

/** Segments the lesion of `sources`; undefined when no slice shows it. */
export function segmentation(
  series: Series,
  sourceSeriesUid: string,
  sources: readonly PhantomObject[],
  random: RandomSource,
): PhantomObject | undefined {
  const cuts = sources.filter((source): source is Cut => source.cut?.lesion !== undefined);
  const [first] = cuts;
  if (first === undefined) return undefined;
  const { size } = first.cut.geometry;
  const bits = Buffer.concat(
    cuts.map(({ cut }) => packBits(cut.lesion === undefined ? new Uint8Array() : maskOf(cut.lesion, size))),
  );
  const instance = { sopClassUid: SOP_CLASS, sopInstanceUid: random.uid(), number: 1 };
  const dimension = random.uid();
  const elements = [
    ...commonElements(series, instance),
    ...imagePixel({ rows: size, columns: size, bitsAllocated: 1, bitsStored: 1 }),
    ...segmentationModule(series),
    element('FrameOfReferenceUID', series.frameOfReferenceUid, remove('uid')),
    element('PositionReferenceIndicator', ''),
    element('NumberOfFrames', cuts.length, retain()),
    ...dimensionModule(dimension),
    element('SharedFunctionalGroupsSequence', [sharedGroups(first)]),
    element(
      'PerFrameFunctionalGroupsSequence',
      cuts.map((cut, index) => frameGroups(cut, index)),
    ),
    element('ReferencedSeriesSequence', [referencedSeries(sourceSeriesUid, cuts)]),
  ];
  const pixels = { bytes: bits, columns: size, bitsAllocated: 1, samplesPerPixel: 1, frames: cuts.length } as const;
  return { instance, elements, pixels, burnedIn: [] };
}

function segmentationModule(series: Series): PhantomElement[] {
  const site = siteCode(series.cancer.site);
  return [
    element('ImageType', ['DERIVED', 'PRIMARY'], retain()),
    element('ContentLabel', 'LESION', retain()),
    element('ContentDescription', 'Lesion'),
    element('ContentCreatorName', series.patient.performingPhysician, remove('physician')),
    element('LossyImageCompression', '00', retain()),
    element('SegmentationType', 'BINARY', retain()),
    element('SegmentSequence', [
      [
        element('SegmentNumber', 1),
        element('SegmentLabel', 'Lesion'),
        element('SegmentAlgorithmType', 'MANUAL', retain()),
        element('SegmentedPropertyCategoryCodeSequence', [
          code('49755003', 'SCT', 'Morphologically Abnormal Structure'),
        ]),
        element('SegmentedPropertyTypeCodeSequence', [code('108369006', 'SCT', 'Neoplasm')]),
        element('AnatomicRegionSequence', [code(site.value, 'SCT', site.meaning)]),
      ],
    ]),
  ];
}

function dimensionModule(dimensionUid: string): PhantomElement[] {
  const index = (pointer: number, group: number): Item => [
    element('DimensionOrganizationUID', dimensionUid, remove('uid')),
    element('DimensionIndexPointer', [pointer]),
    element('FunctionalGroupPointer', [group]),
  ];
  return [
    element('DimensionOrganizationSequence', [[element('DimensionOrganizationUID', dimensionUid, remove('uid'))]]),
    element('DimensionIndexSequence', [index(0x0062000b, 0x0062000a), index(0x00200032, 0x00209113)]),
  ];
}

function sharedGroups({ cut: { geometry } }: Cut): Item {
  const spacing = geometry.fieldOfView / geometry.size;
  return [
    element('PlaneOrientationSequence', [[element('ImageOrientationPatient', [1, 0, 0, 0, 1, 0])]]),
    element('PixelMeasuresSequence', [
      [
        element('SliceThickness', geometry.thickness),
        element('SpacingBetweenSlices', geometry.thickness),
        element('PixelSpacing', [spacing, spacing]),
      ],
    ]),
  ];
}

function frameGroups({ cut, instance }: Cut, index: number): Item {
  return [
    element('FrameContentSequence', [[element('DimensionIndexValues', [1, index + 1])]]),
    element('PlanePositionSequence', [[element('ImagePositionPatient', imagePosition(cut.geometry))]]),
    element('SegmentIdentificationSequence', [[element('ReferencedSegmentNumber', [1])]]),
    element('DerivationImageSequence', [
      [
        element('DerivationCodeSequence', [code('113076', 'DCM', 'Segmentation')]),
        element('SourceImageSequence', [
          [
            ...reference(instance.sopClassUid, instance.sopInstanceUid),
            element('PurposeOfReferenceCodeSequence', [
              code('121322', 'DCM', 'Source image for image processing operation'),
            ]),
          ],
        ]),
      ],
    ]),
  ];
}

function referencedSeries(seriesUid: string, cuts: readonly Cut[]): Item {
  return [
    element('SeriesInstanceUID', seriesUid, remove('uid')),
    element(
      'ReferencedInstanceSequence',
      cuts.map(({ instance }) => reference(instance.sopClassUid, instance.sopInstanceUid)),
    ),
  ];
}

/** A reference to an instance (PS3.3 §10.8). */
export function reference(sopClassUid: string, sopInstanceUid: string): Item {
  return [
    element('ReferencedSOPClassUID', sopClassUid),
    element('ReferencedSOPInstanceUID', sopInstanceUid, remove('uid')),
  ];
}

/** Eight pixels in a byte, the first in the lowest bit (PS3.5 §8.1.1). */
function packBits(mask: Uint8Array): Buffer {
  const packed = Buffer.alloc(Math.ceil(mask.length / 8));
  for (const [index, value] of mask.entries()) {
    if (value === 1) packed[index >> 3] = (packed[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return packed;
}
