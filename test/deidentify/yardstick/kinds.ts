/** What is particular to a kind of object: content trees, segments, structures, plans, annotations, waveforms. */
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { enhanced, image, pixels } from './images.ts';
import { describe } from './modules.ts';
import { personName } from './people.ts';

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
