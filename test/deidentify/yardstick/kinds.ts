/** What is particular to a kind of object: pixels, functional groups, content trees, structures, waveforms. */
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { describe } from './modules.ts';
import { personName } from './people.ts';

const SIZE = 16;

export type KindBuilder = (draft: Draft, context: Context) => void;

export const KINDS: Readonly<Record<string, KindBuilder>> = {
  image,
  enhanced,
  multiframe: (draft, context) => {
    image(draft, context);
    draft.retained('NumberOfFrames', '2');
  },
  hidden: (draft, context) => {
    image(draft, context);
    draft.put('BurnedInAnnotation', 'YES');
    draft.record.answer('pixels_hidden', 'pixels with text', draft.path('PixelData'), '');
  },
  report,
  segmentation,
  structures,
  plan,
  dose,
  presentation,
  waveform,
};

function pixels(draft: Draft, { random, kind }: Context, bits = 16): void {
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

function image(draft: Draft, context: Context): void {
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
    draft.retained(
      'ConvolutionKernel',
      random.pick(['B31f', 'Br40d', 'STANDARD', 'FC08', 'I70f\\3'.split('\\')[0] ?? '']),
      'kernel',
    );
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

function enhanced(draft: Draft, context: Context): void {
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

/** A content tree three levels deep. */
function report(draft: Draft, context: Context): void {
  const { patient, studyDate, relatives, uids } = context;
  const concept = (item: Draft, value: string, scheme: string, meaning: string): void =>
    item.code('ConceptNameCodeSequence', value, scheme, meaning);
  draft.put('ValueType', 'CONTAINER');
  draft.put('ContinuityOfContent', 'SEPARATE');
  if (context.modality === 'SR') {
    draft.retained('CompletionFlag', 'COMPLETE');
    draft.retained('VerificationFlag', 'VERIFIED');
  }
  draft.code('ConceptNameCodeSequence', '18782-3', 'LN', 'Radiology Study observation (findings)');
  draft.sequence('VerifyingObserverSequence', (item) => {
    item.removed('VerifyingObserverName', personName(patient.physician), 'physician');
    item.removed('VerifyingOrganization', patient.institution, 'institution');
    item.date('VerificationDateTime', `${studyDate}140000`);
  });
  const text = (value: string, meaning: string) => (item: Draft) => {
    item.put('RelationshipType', 'CONTAINS');
    item.put('ValueType', 'TEXT');
    concept(item, value, 'DCM', meaning);
    describe(item, context, 'TextValue', 900);
  };
  draft.sequence(
    'ContentSequence',
    (item) => {
      item.put('RelationshipType', 'HAS OBS CONTEXT');
      item.put('ValueType', 'PNAME');
      concept(item, '121008', 'DCM', 'Person Observer Name');
      item.removed('PersonName', personName(patient.physician), 'physician');
    },
    (item) => {
      item.put('RelationshipType', 'CONTAINS');
      item.put('ValueType', 'CONTAINER');
      item.put('ContinuityOfContent', 'SEPARATE');
      concept(item, '121070', 'DCM', 'Findings');
      item.sequence('ContentSequence', text('121071', 'Finding'), (inner) => {
        inner.put('RelationshipType', 'CONTAINS');
        inner.put('ValueType', 'NUM');
        concept(inner, '121206', 'DCM', 'Distance');
        inner.sequence('MeasuredValueSequence', (measured) => {
          measured.retained('NumericValue', '12.5', 'measurement');
          measured.code('MeasurementUnitsCodeSequence', 'mm', 'UCUM', 'millimeter');
        });
        inner.sequence('ContentSequence', text('121106', 'Comment'));
      });
    },
    (item) => {
      item.put('RelationshipType', 'CONTAINS');
      item.put('ValueType', 'DATETIME');
      concept(item, '121135', 'DCM', 'Observation DateTime');
      item.date('DateTime', `${studyDate}101700`);
    },
    (item) => {
      item.put('RelationshipType', 'CONTAINS');
      item.put('ValueType', 'UIDREF');
      concept(item, '112040', 'DCM', 'Tracking Unique Identifier');
      item.uid('UID', context.random.uid(), false);
    },
  );
  draft.sequence('CurrentRequestedProcedureEvidenceSequence', (study) => {
    study.uid('StudyInstanceUID', uids.study);
    study.sequence('ReferencedSeriesSequence', (series) => {
      series.uid('SeriesInstanceUID', uids.series);
      series.sequence('ReferencedSOPSequence', (item) => {
        item.put('ReferencedSOPClassUID', relatives[0]?.sopClassUid ?? '');
        item.uid('ReferencedSOPInstanceUID', relatives[0]?.sopInstanceUid ?? '');
      });
    });
  });
}

function segmentation(draft: Draft, context: Context): void {
  const { patient, uids } = context;
  pixels(draft, context, 8);
  draft.uid('FrameOfReferenceUID', uids.frame);
  draft.retained('ImageType', ['DERIVED', 'PRIMARY']);
  draft.retained('SegmentationType', 'FRACTIONAL');
  draft.retained('NumberOfFrames', '2');
  draft.retained('ContentLabel', 'LESION', 'label');
  draft.removed('ContentCreatorName', personName(patient.physician), 'physician');
  draft.sequence('SegmentSequence', (item) => {
    item.retained('SegmentNumber', [1]);
    item.retained('SegmentLabel', 'Liver lesion', 'label');
    describe(item, context, 'SegmentDescription', 400);
    item.retained('SegmentAlgorithmType', 'MANUAL');
    item.code('SegmentedPropertyTypeCodeSequence', '52988006', 'SCT', 'Lesion');
  });
}

function structures(draft: Draft, context: Context): void {
  const { patient, studyDate, relatives, uids } = context;
  draft.retained('StructureSetLabel', 'RTSTRUCT', 'label');
  draft.date('StructureSetDate', studyDate);
  draft.sequence('ReferencedFrameOfReferenceSequence', (item) => item.uid('FrameOfReferenceUID', uids.frame));
  const roi = (number: string, name: string) => (item: Draft) => {
    item.retained('ROINumber', number);
    item.uid('ReferencedFrameOfReferenceUID', uids.frame);
    item.retained('ROIName', name, 'label');
  };
  draft.sequence('StructureSetROISequence', roi('1', 'GTV'), roi('2', 'Lung_L'), roi('3', 'SpinalCord'), (item) => {
    item.retained('ROINumber', '4');
    item.uid('ReferencedFrameOfReferenceUID', uids.frame);
    item.removed('ROIName', `${patient.family} ${patient.given}`, 'name');
    item.notNull('ROIName');
  });
  draft.sequence('ROIContourSequence', (item) => {
    item.retained('ReferencedROINumber', '1');
    item.sequence('ContourSequence', (contour) => {
      contour.retained('ContourGeometricType', 'CLOSED_PLANAR');
      contour.retained('ContourData', ['1.5', '2.5', '-30', '4.5', '5', '-30']);
      contour.sequence('ContourImageSequence', (reference) => {
        reference.put('ReferencedSOPClassUID', relatives[0]?.sopClassUid ?? '');
        reference.uid('ReferencedSOPInstanceUID', relatives[0]?.sopInstanceUid ?? '');
      });
    });
  });
  draft.sequence('RTROIObservationsSequence', (item) => {
    item.retained('ReferencedROINumber', '1');
    item.retained('RTROIInterpretedType', 'GTV', 'label');
    item.removed('ROIInterpreter', personName(patient.physician), 'physician');
  });
}

function plan(draft: Draft, context: Context): void {
  const { patient, studyDate } = context;
  draft.retained('RTPlanLabel', 'Boost', 'label');
  draft.date('RTPlanDate', studyDate);
  draft.retained('RTPlanGeometry', 'PATIENT');
  describe(draft, context, 'RTPlanDescription', 400);
  draft.sequence('FractionGroupSequence', (item) => item.retained('NumberOfFractionsPlanned', '25'));
  draft.sequence('BeamSequence', (item) => {
    item.retained('BeamNumber', '1');
    item.removed('TreatmentMachineName', patient.station, 'station');
    item.removed('InstitutionName', patient.institution, 'institution');
    item.retained('RadiationType', 'PHOTON');
    item.removed('DeviceSerialNumber', patient.serial, 'device serial');
  });
  draft.removed('ReviewerName', personName(patient.physician), 'physician');
}

function dose(draft: Draft, context: Context): void {
  pixels(draft, context);
  draft.uid('FrameOfReferenceUID', context.uids.frame);
  draft.retained('DoseUnits', 'GY');
  draft.retained('DoseType', 'PHYSICAL');
  draft.retained('DoseSummationType', 'PLAN');
  draft.retained('DoseGridScaling', '0.0001');
  describe(draft, context, 'DoseComment', 64);
}

function presentation(draft: Draft, context: Context): void {
  const { patient, studyDate, relatives, uids } = context;
  draft.retained('ContentLabel', 'KEY_IMAGES', 'label');
  draft.date('PresentationCreationDate', studyDate);
  draft.removed('ContentCreatorName', personName(patient.operator), 'physician');
  draft.sequence('ReferencedSeriesSequence', (series) => {
    series.uid('SeriesInstanceUID', uids.series);
    series.sequence('ReferencedImageSequence', (item) => {
      item.put('ReferencedSOPClassUID', relatives[0]?.sopClassUid ?? '');
      item.uid('ReferencedSOPInstanceUID', relatives[0]?.sopInstanceUid ?? '');
    });
  });
  draft.sequence('GraphicAnnotationSequence', (item) => {
    item.put('GraphicLayer', 'LAYER1');
    item.sequence('TextObjectSequence', (inner) => describe(inner, context, 'UnformattedTextValue', 300));
  });
  draft.sequence('GraphicLayerSequence', (item) => {
    item.put('GraphicLayer', 'LAYER1');
    item.put('GraphicLayerOrder', '1');
  });
}

function waveform(draft: Draft, context: Context): void {
  const { studyDate, random } = context;
  draft.date('AcquisitionDateTime', `${studyDate}101500`);
  draft.sequence('WaveformSequence', (item) => {
    item.retained('NumberOfWaveformSamples', [64]);
    item.retained('SamplingFrequency', '500');
    item.sequence('ChannelDefinitionSequence', (channel) => {
      channel.retained('ChannelLabel', 'Lead II', 'label');
      channel.code('ChannelSourceSequence', '2:2', 'MDC', 'Lead II');
    });
    item.put('WaveformData', Buffer.from(Array.from({ length: 128 }, () => random.integer(150, 250))), 'OW');
  });
  draft.sequence('WaveformAnnotationSequence', (item) => {
    describe(item, context, 'UnformattedTextValue', 300);
  });
}
