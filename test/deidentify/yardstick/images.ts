/** The images of the yardstick: pixels, and what a modality says about how they were made. */
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { describe } from './modules.ts';

const SIZE = 16;

export function pixels(draft: Draft, { random, kind }: Context, bits = 16): void {
  const frames = kind === 'enhanced' || kind === 'multiframe' || kind === 'segmentation' ? 2 : 1;
  draft.put('SamplesPerPixel', [1]);
  draft.retained('PhotometricInterpretation', 'MONOCHROME2');
  draft.retained('Rows', [SIZE]);
  draft.retained('Columns', [SIZE]);
  draft.put('BitsAllocated', [bits]);
  draft.put('BitsStored', [bits === 16 ? 12 : bits]);
  draft.put('HighBit', [bits === 16 ? 11 : bits - 1]);
  draft.put('PixelRepresentation', [0]);
  // High bytes only, so that no sample looks like a letter.
  const length = (SIZE * SIZE * frames * bits) / 8;
  const bytes = Buffer.from(
    Array.from({ length }, (_, at) => (bits === 16 && at % 2 === 1 ? 0x0a : random.integer(150, 250))),
  );
  draft.put('PixelData', bytes, bits === 16 ? 'OW' : 'OB');
  if (kind !== 'hidden')
    draft.record.answer('pixels_retained', 'pixels', draft.path('PixelData'), bytes.toString('latin1'));
}

export function image(draft: Draft, context: Context): void {
  const { modality, uids, random } = context;
  pixels(draft, context);
  draft.uid('FrameOfReferenceUID', uids.frame);
  draft.retained('ImageType', ['ORIGINAL', 'PRIMARY', 'AXIAL']);
  draft.retained('PixelSpacing', ['0.75', '0.75']);
  draft.retained('ImageOrientationPatient', ['1', '0', '0', '0', '1', '0']);
  draft.retained('ImagePositionPatient', ['-120.5', '-118.25', '42']);
  draft.retained('SliceThickness', '1.5');
  draft.retained('PatientPosition', 'HFS');
  draft.retained('WindowCenter', '40');
  draft.retained('WindowWidth', '400');
  draft.retained(
    'BodyPartExamined',
    random.pick(['CHEST', 'ABDOMEN', 'BRAIN', 'LSPINE', 'BREAST', 'PROSTATE', 'WHOLEBODY']),
    'anatomy',
  );
  if (modality === 'CT' || modality === 'PT') {
    draft.retained('KVP', '120');
    draft.retained('ConvolutionKernel', random.pick(['B31f', 'Br40d', 'STANDARD', 'FC08', 'I70f']), 'kernel');
    draft.retained('RescaleIntercept', '-1024');
    draft.retained('RescaleSlope', '1');
    draft.retained('RescaleType', 'HU');
    draft.uid('IrradiationEventUID', random.uid(), false);
  }
  if (modality === 'PT') radiopharmaceutical(draft);
  if (modality === 'MR')
    magneticResonance(draft, random.pick(['*tse2d1_15', 'ep_b1000', '*fl3d1_ns', 'SE', 'T2W_TSE']));
  if (['CR', 'DX', 'MG'].includes(modality)) {
    draft.retained('ViewPosition', modality === 'MG' ? 'MLO' : 'PA', 'orientation');
    draft.retained('ImageLaterality', 'L', 'orientation');
    if (modality !== 'CR') draft.retained('PresentationIntentType', 'FOR PRESENTATION');
    draft.retained('ExposureTime', '25');
  }
  draft.code('AnatomicRegionSequence', '39607008', 'SCT', 'Lung');
  if (random.chance(0.5))
    draft.retained(
      'ContrastBolusAgent',
      random.pick(['IOHEXOL', 'Omnipaque 350', 'GADOVIST', 'Ultravist 300', 'Dotarem']),
      'contrast',
    );
}

function magneticResonance(draft: Draft, sequenceName: string): void {
  draft.retained('ScanningSequence', ['SE', 'IR'], 'sequence');
  draft.retained('SequenceVariant', ['SK', 'SP'], 'sequence');
  draft.retained('MRAcquisitionType', '2D', 'sequence');
  draft.retained('SequenceName', sequenceName, 'sequence');
  draft.retained('RepetitionTime', '4200', 'sequence');
  draft.retained('EchoTime', '102', 'sequence');
  draft.retained('DiffusionBValue', [1000], 'b-value');
  draft.retained('MagneticFieldStrength', '3');
}

function radiopharmaceutical(draft: Draft): void {
  draft.retained('Units', 'BQML');
  draft.sequence('RadiopharmaceuticalInformationSequence', (item) => {
    item.retained('Radiopharmaceutical', 'FDG', 'contrast');
    item.retained('RadionuclideTotalDose', '350000000');
    item.retained('RadiopharmaceuticalStartTime', '091500', 'time of day');
  });
}

export function enhanced(draft: Draft, context: Context): void {
  const { uids, studyDate, random, modality } = context;
  pixels(draft, context);
  draft.uid('FrameOfReferenceUID', uids.frame);
  draft.retained('NumberOfFrames', '2');
  draft.retained('ImageType', ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE']);
  const dimension = random.uid();
  draft.sequence('DimensionOrganizationSequence', (item) => item.uid('DimensionOrganizationUID', dimension, false));
  draft.sequence('SharedFunctionalGroupsSequence', (item) => {
    item.sequence('PixelMeasuresSequence', (inner) => {
      inner.retained('PixelSpacing', ['0.75', '0.75']);
      inner.retained('SliceThickness', '3');
    });
    item.sequence('FrameAnatomySequence', (inner) => {
      inner.retained('FrameLaterality', 'U', 'orientation');
      inner.code('AnatomicRegionSequence', '12738006', 'SCT', 'Brain');
    });
  });
  const frame = (number: number) => (item: Draft) => {
    item.sequence('FrameContentSequence', (inner) => {
      inner.date('FrameAcquisitionDateTime', `${studyDate}1015${String(number).padStart(2, '0')}`);
      inner.date('FrameReferenceDateTime', `${studyDate}1015${String(number).padStart(2, '0')}`);
      describe(inner, context, 'FrameComments', 300);
    });
    if (modality === 'MR')
      item.sequence('MRDiffusionSequence', (inner) => inner.retained('DiffusionBValue', [50 * number], 'b-value'));
    item.sequence('PlanePositionSequence', (inner) =>
      inner.retained('ImagePositionPatient', ['-1.5', '2', String(number)]),
    );
  };
  draft.sequence('PerFrameFunctionalGroupsSequence', frame(1), frame(2));
}
