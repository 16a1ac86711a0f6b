/** What the studies of the invented archive are of; texts in the languages of the sites. */
export interface StudyKind {
  readonly modality: string;
  readonly sopClassUid: string;
  readonly bodyParts: readonly string[];
  readonly scanners: readonly (readonly [manufacturer: string, model: string])[];
  readonly studies: readonly string[];
  readonly series: readonly string[];
  /** Whether the object states a side. */
  readonly sided: boolean;
  readonly head: boolean;
}

const CT_SCANNERS = [
  ['SIEMENS', 'SOMATOM Definition Flash'],
  ['SIEMENS', 'SOMATOM Force'],
  ['GE MEDICAL SYSTEMS', 'Revolution CT'],
  ['Philips', 'Ingenuity CT'],
  ['TOSHIBA', 'Aquilion ONE'],
] as const;
const MR_SCANNERS = [
  ['SIEMENS', 'Skyra'],
  ['SIEMENS', 'Avanto_fit'],
  ['Philips Medical Systems', 'Ingenia'],
  ['GE MEDICAL SYSTEMS', 'SIGNA Architect'],
] as const;
const CT = { modality: 'CT', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', scanners: CT_SCANNERS, sided: false } as const;
const MR = { modality: 'MR', sopClassUid: '1.2.840.10008.5.1.4.1.1.4', scanners: MR_SCANNERS, sided: false } as const;

export const KINDS: readonly StudyKind[] = [
  {
    ...CT,
    bodyParts: ['CHEST', 'THORAX', 'LUNG'],
    head: false,
    studies: [
      'CT Thorax nativ',
      'TC tórax con contraste',
      'TDM thoracique',
      'TC torace senza mdc',
      'КТ грудного кошика',
    ],
    series: [
      'Lunge 1.0 Bl57 ax',
      'Mediastino ax +C',
      'Parenchyme 1mm',
      'MPR cor',
      'MPR sag',
      'Topogramm',
      'Dose Report',
    ],
  },
  {
    ...CT,
    bodyParts: ['ABDOMEN', 'LIVER', 'PELVIS'],
    head: false,
    studies: ['CT Abdomen KM portalvenös', 'TC abdomen y pelvis', 'Αξονική κοιλίας', 'TK jamy brzusznej', 'CT břicha'],
    series: ['Abdomen 3.0 ax KM', 'Fase arterial ax +C', 'Fase portal ax +C', 'Spätphase ax KM', 'MPR cor', 'Scout'],
  },
  {
    ...CT,
    bodyParts: ['HEAD', 'NECK'],
    head: true,
    studies: ['CT Schädel nativ', 'TC cráneo', 'Scanner cérébral', 'CT hoved'],
    series: ['Schädel 1.0 Hr40 ax', 'Hueso ax', 'Os ax 0.6', 'MPR sag', 'Topogramm'],
  },
  {
    ...MR,
    bodyParts: ['BREAST'],
    head: false,
    studies: ['MRT Mamma beidseits', 'RM mama bilateral', 'IRM mammaire', 'RM mammella'],
    series: ['t1 fl3d tra dyn Gd', 't2 tse tra', 'dwi ep2d tra', 'sub_1 tra', 't1 sag Gd', 'ADC tra', 'localizer'],
  },
  {
    ...MR,
    bodyParts: ['PROSTATE', 'PELVIS'],
    head: false,
    studies: ['MRT Prostata multiparametrisch', 'RM próstata', 'IRM prostate', 'Prostata-MR'],
    series: ['t2 tse tra', 't2 tse sag', 't2 tse cor', 'dwi b1400 tra', 'ADC tra', 'dyn t1 vibe tra Gd', 'localizer'],
  },
  {
    ...MR,
    bodyParts: ['BRAIN', 'HEAD'],
    head: true,
    studies: ['MRT Schädel', 'RM cerebral', 'IRM encéphale', 'MR mózgu'],
    series: ['t1 mprage sag Gd', 'flair tra', 't2 tse tra', 'dwi tra', 'swi tra', 'localizer'],
  },
  {
    modality: 'MG',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.1.2',
    bodyParts: ['BREAST'],
    scanners: [
      ['HOLOGIC, Inc.', 'Selenia Dimensions'],
      ['GE MEDICAL SYSTEMS', 'Senographe Pristina'],
    ],
    studies: ['Mammographie beidseits', 'Mamografía bilateral', 'Mammografia', 'Mammografi'],
    series: ['L CC', 'R CC', 'L MLO', 'R MLO', 'L ML', 'R ML Tomo'],
    sided: true,
    head: false,
  },
  {
    modality: 'PT',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.128',
    bodyParts: ['WHOLEBODY', 'SKULL TO THIGH'],
    scanners: [
      ['SIEMENS', 'Biograph64_mCT'],
      ['GE MEDICAL SYSTEMS', 'Discovery MI'],
    ],
    studies: ['PET/CT Ganzkörper FDG', 'PET-TC cuerpo entero', 'TEP corps entier'],
    series: ['PET WB ax', 'PET WB uncorrected', 'PET WB MIP cor'],
    sided: false,
    head: true,
  },
];
