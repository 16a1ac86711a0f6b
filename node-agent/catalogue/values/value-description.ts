/** What one de-identified object says of quantities; the harmonise room puts it into units. */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

/** Different b-values of one object that are looked at. */
const MOST_B_VALUES = 64;

/** Describes a data set. Null where it says nothing. */
export function describeValues(dataSet: DataSet) {
  const text = (keyword: string, from: DataSet | undefined = dataSet) => textsOf(from, keyword)[0] ?? null;
  const measures = pixelMeasures(dataSet);
  return {
    modality: text('Modality'),
    age: text('PatientAge'),
    birthDate: text('PatientBirthDate'),
    studyDate: text('StudyDate'),
    size: text('PatientSize'),
    weight: text('PatientWeight'),
    fieldStrength: text('MagneticFieldStrength'),
    imagingFrequency: text('ImagingFrequency') ?? text('TransmitterFrequency'),
    imagedNucleus: text('ImagedNucleus') ?? text('ResonantNucleus'),
    pixelSpacing: firstOf(textsOf(dataSet, 'PixelSpacing'), textsOf(measures, 'PixelSpacing')),
    sliceThickness: text('SliceThickness') ?? text('SliceThickness', measures),
    sliceSpacing: text('SpacingBetweenSlices') ?? text('SpacingBetweenSlices', measures),
    bValues: bValuesOf(dataSet),
    laterality: text('Laterality'),
    imageLaterality: text('ImageLaterality'),
    seriesDescription: text('SeriesDescription'),
    protocol: text('ProtocolName'),
    studyDescription: text('StudyDescription'),
    uptake: uptakeOf(dataSet),
  };
}

function uptakeOf(dataSet: DataSet) {
  const drug = dataSet.items(tagOf('RadiopharmaceuticalInformationSequence'))[0];
  if (!drug) return null;
  const text = (keyword: string, from: DataSet = dataSet) => textsOf(from, keyword)[0] ?? null;
  const nuclide = drug.items(tagOf('RadionuclideCodeSequence'))[0];
  return {
    units: text('Units'),
    decayCorrection: text('DecayCorrection'),
    totalDose: text('RadionuclideTotalDose', drug),
    halfLife: text('RadionuclideHalfLife', drug),
    radionuclide: nuclide ? text('CodeMeaning', nuclide) : null,
    startTime: text('RadiopharmaceuticalStartTime', drug),
    startDateTime: text('RadiopharmaceuticalStartDateTime', drug),
    seriesDate: text('SeriesDate'),
    seriesTime: text('SeriesTime'),
    acquisitionDate: text('AcquisitionDate'),
    acquisitionTime: text('AcquisitionTime'),
  };
}

/** Pixel Measures (PS3.3 C.7.6.16.2.1) of all frames, else of the first. */
function pixelMeasures(dataSet: DataSet): DataSet | undefined {
  const groups = [
    ...dataSet.items(tagOf('SharedFunctionalGroupsSequence')),
    ...dataSet.items(tagOf('PerFrameFunctionalGroupsSequence')).slice(0, 1),
  ];
  return groups.flatMap((group) => group.items(tagOf('PixelMeasuresSequence')))[0];
}

/** Of the object, or of its frames (MR Diffusion, PS3.3 C.8.13.5.9), each once and in order. */
function bValuesOf(dataSet: DataSet): string[] {
  const frames = [
    ...dataSet.items(tagOf('SharedFunctionalGroupsSequence')),
    ...dataSet.items(tagOf('PerFrameFunctionalGroupsSequence')),
  ].flatMap((group) => group.items(tagOf('MRDiffusionSequence')));
  const found = [dataSet, ...frames].flatMap((one) => textsOf(one, 'DiffusionBValue').slice(0, 1));
  return [...new Set(found)].sort((a, b) => Number(a) - Number(b)).slice(0, MOST_B_VALUES);
}

/** Values as text, also of elements that are binary numbers. */
function textsOf(dataSet: DataSet | undefined, keyword: string): string[] {
  if (!dataSet) return [];
  const tag = tagOf(keyword);
  const texts = dataSet.strings(tag);
  return (texts.length > 0 ? texts : dataSet.numbers(tag).map(String))
    .map((text) => text.trim())
    .filter((text) => text);
}

function firstOf(...lists: readonly string[][]): string[] {
  return lists.find((list) => list.length > 0) ?? [];
}
