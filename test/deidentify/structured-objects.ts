/** A structured report, a presentation state and an electrocardiogram of the invented patient, with identifiers everywhere. */
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet, numberElement, sequenceElement } from '../../node-agent/dicom/element.ts';
import { ENCODING, text, UIDS } from './fixtures.ts';

export const COMPREHENSIVE_SR = '1.2.840.10008.5.1.4.1.1.88.33';
export const KEY_OBJECTS = '1.2.840.10008.5.1.4.1.1.88.59';
export const GREYSCALE_STATE = '1.2.840.10008.5.1.4.1.1.11.1';
export const ECG = '1.2.840.10008.5.1.4.1.1.9.1.2';
const CT = '1.2.840.10008.5.1.4.1.1.2';
export const IMAGE = '1.2.276.0.7230010.3.1.4.1000.77';

/** Words that may not be found anywhere in the output. */
export const PLANTED = [
  'Brandstetter',
  'Ottilie',
  'Papadopoulos',
  'MRN-4711-0815',
  'Quantrill',
  'Oberhausen',
  'Vandermeer',
  'Szczepanski',
  '19580312',
  '778899',
  'WARD-77',
];

/** An item with its elements in the order of their tags. */
export const item = (...elements: readonly DataElement[]): DataSet =>
  makeDataSet(
    ENCODING,
    elements.toSorted((left, right) => left.tag - right.tag),
  );
export const sequence = (keyword: string, ...items: readonly DataSet[]): DataElement =>
  sequenceElement(tagOf(keyword), items);

export function code(value: string, scheme: string, meaning: string): DataSet {
  return item(
    text('CodeValue', 'SH', value),
    text('CodingSchemeDesignator', 'SH', scheme),
    text('CodeMeaning', 'LO', meaning),
  );
}

const reference = (sopClass: string, instance: string): DataSet =>
  item(text('ReferencedSOPClassUID', 'UI', sopClass), text('ReferencedSOPInstanceUID', 'UI', instance));

/** A content item. */
export function content(
  relationship: string,
  valueType: string,
  concept: DataSet,
  ...values: readonly DataElement[]
): DataSet {
  return item(
    text('RelationshipType', 'CS', relationship),
    text('ValueType', 'CS', valueType),
    sequence('ConceptNameCodeSequence', concept),
    ...values,
  );
}

const number = (value: string, unit: DataSet): DataElement =>
  sequence(
    'MeasuredValueSequence',
    item(sequence('MeasurementUnitsCodeSequence', unit), text('NumericValue', 'DS', value)),
  );
const observer = (concept: DataSet, type: string, value: DataElement): DataSet =>
  content('HAS OBS CONTEXT', type, concept, value);

/** What every object of the patient has at its top. */
function patientElements(sopClass: string, modality: string): DataElement[] {
  return [
    text('SOPClassUID', 'UI', sopClass),
    text('SOPInstanceUID', 'UI', UIDS.instance),
    text('StudyDate', 'DA', '20200315'),
    text('ContentDate', 'DA', '20200316'),
    text('StudyTime', 'TM', '101500'),
    text('ContentTime', 'TM', '101501'),
    text('AccessionNumber', 'SH', 'ACC-778899'),
    text('Modality', 'CS', modality),
    text('Manufacturer', 'LO', 'SIEMENS'),
    text('ReferringPhysicianName', 'PN', 'Papadopoulos^Eleni'),
    text('PatientName', 'PN', 'Brandstetter^Ottilie'),
    text('PatientID', 'LO', 'MRN-4711-0815'),
    text('PatientBirthDate', 'DA', '19580312'),
    text('PatientSex', 'CS', 'F'),
    text('StudyInstanceUID', 'UI', UIDS.study),
    text('SeriesInstanceUID', 'UI', UIDS.series),
    text('StudyID', 'SH', ''),
    text('SeriesNumber', 'IS', '7'),
    text('InstanceNumber', 'IS', '1'),
  ];
}

const evidence = (): DataElement =>
  sequence(
    'CurrentRequestedProcedureEvidenceSequence',
    item(
      sequence(
        'ReferencedSeriesSequence',
        item(sequence('ReferencedSOPSequence', reference(CT, IMAGE)), text('SeriesInstanceUID', 'UI', UIDS.series)),
      ),
      text('StudyInstanceUID', 'UI', UIDS.study),
    ),
  );

export const FINDING = code('121071', 'DCM', 'Finding');
export const CONTENT_OF_REPORT: readonly DataSet[] = [
  observer(
    code('121005', 'DCM', 'Observer Type'),
    'CODE',
    sequence('ConceptCodeSequence', code('121006', 'DCM', 'Person')),
  ),
  observer(code('121008', 'DCM', 'Person Observer Name'), 'PNAME', text('PersonName', 'PN', 'Quantrill^Ida')),
  observer(
    code('121009', 'DCM', "Person Observer's Organization Name"),
    'TEXT',
    text('TextValue', 'UT', 'Radiology Oberhausen'),
  ),
  observer(code('121012', 'DCM', 'Device Observer UID'), 'UIDREF', text('UID', 'UI', '1.2.276.0.99.5')),
  observer(code('121015', 'DCM', 'Device Observer Model Name'), 'TEXT', text('TextValue', 'UT', 'Sensation 64')),
  observer(code('121029', 'DCM', 'Subject Name'), 'PNAME', text('PersonName', 'PN', 'Brandstetter^Ottilie')),
  observer(code('121030', 'DCM', 'Subject ID'), 'TEXT', text('TextValue', 'UT', 'MRN-4711-0815')),
  observer(code('121031', 'DCM', 'Subject Birth Date'), 'DATE', text('Date', 'DA', '19580312')),
  observer(code('121033', 'DCM', 'Subject Age'), 'NUM', number('97', code('a', 'UCUM', 'year'))),
  observer(code('121022', 'DCM', 'Accession Number'), 'TEXT', text('TextValue', 'UT', 'ACC-778899')),
  observer(code('4711', '99ACME', 'Ward name'), 'TEXT', text('TextValue', 'UT', 'head')),
  content('CONTAINS', 'DATETIME', code('111526', 'DCM', 'DateTime Started'), text('DateTime', 'DT', '20200315101500')),
  content(
    'CONTAINS',
    'CONTAINER',
    code('121070', 'DCM', 'Findings'),
    text('ContinuityOfContent', 'CS', 'SEPARATE'),
    sequence(
      'ContentSequence',
      content(
        'CONTAINS',
        'TEXT',
        FINDING,
        text('TextValue', 'UT', 'Lung nodule 12 mm in the left lobe, seen by Dr. Vandermeer with Mrs Brandstetter'),
        sequence(
          'ContentSequence',
          content(
            'INFERRED FROM',
            'IMAGE',
            code('121112', 'DCM', 'Source of Measurement'),
            sequence('ReferencedSOPSequence', reference(CT, IMAGE)),
          ),
        ),
      ),
      content(
        'CONTAINS',
        'CODE',
        code('363698007', 'SCT', 'Finding Site'),
        sequence('ConceptCodeSequence', code('39607008', 'SCT', 'Lung')),
      ),
      content('CONTAINS', 'NUM', code('410668003', 'SCT', 'Length'), number('12.5', code('mm', 'UCUM', 'millimeter'))),
    ),
  ),
];

/** A Comprehensive SR with an observer, a subject, a finding, an image and its evidence. */
export function reportElements(items: readonly DataSet[] = CONTENT_OF_REPORT): DataElement[] {
  return [
    ...patientElements(COMPREHENSIVE_SR, 'SR'),
    sequence('ReferencedPerformedProcedureStepSequence'),
    text('ValueType', 'CS', 'CONTAINER'),
    sequence('ConceptNameCodeSequence', code('126000', 'DCM', 'Imaging Measurement Report')),
    text('ContinuityOfContent', 'CS', 'SEPARATE'),
    sequence(
      'VerifyingObserverSequence',
      item(
        text('VerifyingOrganization', 'LO', 'Klinikum Oberhausen'),
        text('VerificationDateTime', 'DT', '20200316120000'),
        text('VerifyingObserverName', 'PN', 'Szczepanski^Jan'),
        sequence('VerifyingObserverIdentificationCodeSequence'),
      ),
    ),
    sequence('PerformedProcedureCodeSequence'),
    evidence(),
    text('CompletionFlag', 'CS', 'COMPLETE'),
    text('VerificationFlag', 'CS', 'VERIFIED'),
    sequence(
      'ContentTemplateSequence',
      item(text('MappingResource', 'CS', 'DCMR'), text('TemplateIdentifier', 'CS', '1500')),
    ),
    sequence('ContentSequence', ...items),
  ].toSorted((left, right) => left.tag - right.tag);
}

/** A Key Object Selection that names one image. */
export function keyObjectElements(): DataElement[] {
  return [
    ...patientElements(KEY_OBJECTS, 'KO'),
    sequence('ReferencedPerformedProcedureStepSequence'),
    text('ValueType', 'CS', 'CONTAINER'),
    sequence('ConceptNameCodeSequence', code('113000', 'DCM', 'Of Interest')),
    text('ContinuityOfContent', 'CS', 'SEPARATE'),
    evidence(),
    sequence(
      'ContentTemplateSequence',
      item(text('MappingResource', 'CS', 'DCMR'), text('TemplateIdentifier', 'CS', '2010')),
    ),
    sequence(
      'ContentSequence',
      content(
        'CONTAINS',
        'TEXT',
        code('113012', 'DCM', 'Key Object Description'),
        text('TextValue', 'UT', 'For Dr. Vandermeer: liver lesion'),
      ),
      item(
        text('RelationshipType', 'CS', 'CONTAINS'),
        text('ValueType', 'CS', 'IMAGE'),
        sequence('ReferencedSOPSequence', reference(CT, IMAGE)),
      ),
    ),
  ].toSorted((left, right) => left.tag - right.tag);
}

const layer = (name: string, order: string): DataSet =>
  item(text('GraphicLayer', 'CS', name), text('GraphicLayerOrder', 'IS', order));
const annotation = (name: string, written: string): DataSet =>
  item(
    text('GraphicLayer', 'CS', name),
    sequence(
      'TextObjectSequence',
      item(
        text('AnchorPointAnnotationUnits', 'CS', 'PIXEL'),
        text('UnformattedTextValue', 'ST', written),
        numberElement(ENCODING, tagOf('AnchorPoint'), 'FL', [10, 10]),
        text('AnchorPointVisibility', 'CS', 'N'),
      ),
    ),
  );

/** A greyscale presentation state with two layers and writing on both. */
export function presentationElements(): DataElement[] {
  return [
    ...patientElements(GREYSCALE_STATE, 'PR'),
    sequence(
      'ReferencedSeriesSequence',
      item(sequence('ReferencedImageSequence', reference(CT, IMAGE)), text('SeriesInstanceUID', 'UI', UIDS.series)),
    ),
    text('PresentationLUTShape', 'CS', 'IDENTITY'),
    sequence(
      'GraphicAnnotationSequence',
      annotation('VANDERMEER', 'Brandstetter, Ottilie 12.03.1958'),
      annotation('LIVER', 'Liver lesion 12 mm'),
    ),
    sequence(
      'DisplayedAreaSelectionSequence',
      item(
        numberElement(ENCODING, tagOf('DisplayedAreaTopLeftHandCorner'), 'SL', [1, 1]),
        numberElement(ENCODING, tagOf('DisplayedAreaBottomRightHandCorner'), 'SL', [512, 512]),
        text('PresentationSizeMode', 'CS', 'SCALE TO FIT'),
        text('PresentationPixelAspectRatio', 'IS', '1\\1'),
      ),
    ),
    sequence('GraphicLayerSequence', layer('VANDERMEER', '1'), layer('LIVER', '2')),
    text('ContentLabel', 'CS', 'SZCZEPANSKI'),
    text('ContentDescription', 'LO', 'Liver for Dr. Vandermeer'),
    text('PresentationCreationDate', 'DA', '20200316'),
    text('PresentationCreationTime', 'TM', '120000'),
    text('ContentCreatorName', 'PN', 'Szczepanski^Jan'),
  ].toSorted((left, right) => left.tag - right.tag);
}

export const ECG_SAMPLES = Uint8Array.from({ length: 64 }, (_, index) => index * 3);

/** A one-channel electrocardiogram, annotated. */
export function ecgElements(): DataElement[] {
  return [
    ...patientElements(ECG, 'ECG'),
    text('AcquisitionDateTime', 'DT', '20200315101500'),
    sequence('AcquisitionContextSequence'),
    sequence(
      'WaveformAnnotationSequence',
      item(
        text('UnformattedTextValue', 'ST', 'Sinus rhythm, ordered by Dr. Vandermeer for Ottilie Brandstetter'),
        numberElement(ENCODING, tagOf('AnnotationGroupNumber'), 'US', [1]),
        numberElement(ENCODING, tagOf('ReferencedWaveformChannels'), 'US', [1, 1]),
      ),
    ),
    sequence(
      'WaveformSequence',
      item(
        text('WaveformOriginality', 'CS', 'ORIGINAL'),
        numberElement(ENCODING, tagOf('NumberOfWaveformChannels'), 'US', [1]),
        numberElement(ENCODING, tagOf('NumberOfWaveformSamples'), 'UL', [32]),
        text('SamplingFrequency', 'DS', '500'),
        sequence(
          'ChannelDefinitionSequence',
          item(
            text('ChannelLabel', 'SH', 'WARD-77'),
            sequence('ChannelSourceSequence', code('2:1', 'MDC', 'Lead I')),
            numberElement(ENCODING, tagOf('WaveformBitsStored'), 'US', [16]),
          ),
        ),
        numberElement(ENCODING, tagOf('WaveformBitsAllocated'), 'US', [16]),
        text('WaveformSampleInterpretation', 'CS', 'SS'),
        bytesElement(tagOf('WaveformData'), 'OW', ECG_SAMPLES),
      ),
    ),
  ].toSorted((left, right) => left.tag - right.tag);
}
