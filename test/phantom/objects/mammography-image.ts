/** Digital Mammography X-Ray Image Storage, For Presentation (PS3.3 A.27): two views of each breast. */
import { code, element, type PhantomElement, remove, retain } from '../elements.ts';
import { MAMMOGRAM_COLUMNS, MAMMOGRAM_ROWS, mammogram } from '../images/mammogram.ts';
import { acquisitionDates, imagePixel, windowElements } from '../modules/image.ts';
import { commonElements } from '../modules/patient-study-series.ts';
import type { PhantomObject, SeriesBuilder } from './types.ts';

const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.1.2';
const PIXEL_SPACING = 0.9;
const VIEWS = [
  { laterality: 'R', view: 'CC' },
  { laterality: 'L', view: 'CC' },
  { laterality: 'R', view: 'MLO' },
  { laterality: 'L', view: 'MLO' },
] as const;

export const mammographySeries: SeriesBuilder = ({ series, random, grain }) => {
  const sick = random.chance(0.5) ? 'R' : 'L';
  return VIEWS.slice(0, series.protocol.slices).map((view, index): PhantomObject => {
    const canvas = mammogram(random, { ...view, withMass: view.laterality === sick }, grain);
    const instance = { sopClassUid: SOP_CLASS, sopInstanceUid: random.uid(), number: index + 1 };
    const elements = [
      ...commonElements(series, instance).filter((entry) => entry.tag !== BODY_PART),
      ...acquisitionDates(series),
      ...imagePixel({ rows: MAMMOGRAM_ROWS, columns: MAMMOGRAM_COLUMNS, bitsAllocated: 16, bitsStored: 12 }),
      ...windowElements(2048, 4096),
      ...dxModules(view),
      ...mammographyModule(view.view),
      element('IrradiationEventUID', random.uid(), remove('uid')),
    ];
    const pixels = {
      bytes: canvas.words(0, 4095),
      columns: MAMMOGRAM_COLUMNS,
      bitsAllocated: 16,
      samplesPerPixel: 1,
      frames: 1,
    } as const;
    return { instance, elements, pixels, burnedIn: [] };
  });
};

const BODY_PART = element('BodyPartExamined', 'BREAST').tag;

/** DX Series, Anatomy Imaged, Image and Detector (PS3.3 C.8.11). */
function dxModules({ laterality, view }: { laterality: string; view: string }): PhantomElement[] {
  const sideways = laterality === 'R' ? 'P' : 'A';
  return [
    element('ImageType', ['ORIGINAL', 'PRIMARY', ''], retain()),
    element('BodyPartExamined', 'BREAST', retain()),
    element('PresentationIntentType', 'FOR PRESENTATION', retain()),
    element('ImageLaterality', laterality, retain()),
    element('AnatomicRegionSequence', [code('76752008', 'SCT', 'Breast')]),
    element('PatientOrientation', [sideways, view === 'CC' ? laterality : 'F']),
    element('PixelIntensityRelationship', 'LOG', retain()),
    element('PixelIntensityRelationshipSign', [1]),
    element('RescaleIntercept', 0, retain()),
    element('RescaleSlope', 1, retain()),
    element('RescaleType', 'US', retain()),
    element('PresentationLUTShape', 'IDENTITY', retain()),
    element('LossyImageCompression', '00', retain()),
    element('BurnedInAnnotation', 'NO', retain()),
    element('DetectorType', 'DIRECT', retain()),
    element('ImagerPixelSpacing', [PIXEL_SPACING, PIXEL_SPACING], retain()),
    element('KVP', 28, retain()),
    element('BodyPartThickness', 52, retain()),
    element('AcquisitionContextSequence', []),
  ];
}

function mammographyModule(view: string): PhantomElement[] {
  const coded =
    view === 'CC' ? code('399162004', 'SCT', 'cranio-caudal') : code('399368009', 'SCT', 'medio-lateral oblique');
  return [
    element('PositionerType', 'MAMMOGRAPHIC', retain()),
    element('OrganExposed', 'BREAST', retain()),
    element('ViewPosition', view, retain()),
    element('ViewCodeSequence', [[...coded, element('ViewModifierCodeSequence', [])]]),
  ];
}
