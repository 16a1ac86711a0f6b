/** What series of the usual protocols of every modality are taken for, by header and words as scanners write them. */
import { describe, expect, it } from 'vitest';
import { loadEvidenceTables } from '../../../node-agent/harmonise/series/evidence-table.ts';
import { readFacts } from '../../../node-agent/harmonise/series/read-facts.ts';
import { SeriesClassifier } from '../../../node-agent/harmonise/series/series-classifier.ts';
import { loadVocabularies } from '../../../node-agent/harmonise/vocabulary.ts';
import { type Attributes, dataSetOf } from '../../catalogue/fixtures.ts';

const classifier = new SeriesClassifier(loadEvidenceTables(), loadVocabularies());
const MR = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', Modality: 'MR', ImageType: 'ORIGINAL\\PRIMARY\\OTHER' };
const CT = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', Modality: 'CT', ImageType: 'ORIGINAL\\PRIMARY\\AXIAL' };
const AXIAL = { ImageOrientationPatient: [1, 0, 0, 0, 1, 0] };

type Stated = Attributes;
const of = (attribute: string, ...objects: Stated[]) =>
  classifier
    .classify(objects.map((object) => readFacts(dataSetOf(object))))
    .find((value) => value.attribute === attribute);
const label = (attribute: string, ...objects: Stated[]) => of(attribute, ...objects)?.label;

/** Scanning Sequence, TR, TE, TI and flip angle. */
const spin = (tr: number, te: number, more: Stated = {}): Stated => ({
  ...MR,
  ScanningSequence: 'SE',
  SequenceVariant: 'SK',
  MRAcquisitionType: '2D',
  RepetitionTime: tr,
  EchoTime: te,
  FlipAngle: 90,
  ...more,
});
const gradient = (tr: number, te: number, flip: number, more: Stated = {}): Stated => ({
  ...MR,
  ScanningSequence: 'GR',
  SequenceVariant: 'SP',
  MRAcquisitionType: '3D',
  RepetitionTime: tr,
  EchoTime: te,
  FlipAngle: flip,
  ...more,
});
const inversion = (tr: number, te: number, ti: number, more: Stated = {}): Stated =>
  spin(tr, te, { ScanningSequence: 'SE\\IR', InversionTime: ti, ...more });
const echoPlanar = (tr: number, te: number, more: Stated = {}): Stated =>
  spin(tr, te, { ScanningSequence: 'EP\\SE', ...more });
const AGENT = { ContrastBolusAgent: 'GADOVIST' };
const said = (SeriesDescription: string): Stated => ({ SeriesDescription });

describe('the contrast of an MR series', () => {
  it.each<[string, string, Stated]>([
    ['T1 weighted', 'a spin echo with short times', spin(550, 12)],
    ['T1 weighted', 't1_tse_tra', spin(700, 11, said('t1_tse_tra'))],
    [
      'T1 weighted',
      'an MPRAGE',
      gradient(2300, 2.98, 9, { ScanningSequence: 'GR\\IR', InversionTime: 900, SequenceVariant: 'SK\\SP\\MP' }),
    ],
    ['T1 weighted', 'a VIBE', gradient(4.1, 1.9, 10, said('t1_vibe_fs_tra'))],
    ['T1 weighted', 'LAVA', gradient(4, 1.9, 12, { ...said('Ax LAVA'), Manufacturer: 'GE MEDICAL SYSTEMS' })],
    ['T1 weighted', 'a 2D FLASH in and opposed phase', gradient(150, 2.4, 70, { MRAcquisitionType: '2D' })],
    ['T1 weighted', 'T1 FLAIR', inversion(2200, 20, 860, said('Ax T1 FLAIR'))],
    ['T1W-CE', 'a spin echo after an agent', spin(550, 12, AGENT)],
    [
      'T1W-CE',
      'MPRAGE with words only',
      gradient(2000, 3, 9, { ScanningSequence: 'GR\\IR', InversionTime: 900, ...said('t1_mprage_sag_KM') }),
    ],
    ['T1W-CE', '+C', spin(600, 10, said('AX T1 +C'))],
    ['T1 weighted', 'a T1 before the agent', spin(600, 10, said('AX T1 PRE'))],
    ['T2 weighted', 'a turbo spin echo', spin(4500, 101, said('t2_tse_tra'))],
    ['T2 weighted', 'PROPELLER', spin(5200, 95, said('AX T2 PROPELLER'))],
    ['T2 weighted', 'T2 pondéré (written without accents)', spin(4000, 90, said('T2 pondere sagittal'))],
    ['T2 weighted', 'HASTE', spin(1200, 92, said('t2_haste_cor'))],
    ['T2 weighted', 'words alone', { ...MR, ...said('T2W TSE ax') }],
    ['T2 weighted', 'SPACE', spin(2000, 200, { MRAcquisitionType: '3D', FlipAngle: 130, ...said('t2_spc_tra_iso') })],
    ['T2 weighted', 'MRCP', spin(2500, 700, { MRAcquisitionType: '3D', ...said('MRCP 3D') })],
    ['FLAIR', 'a fluid attenuated inversion recovery', inversion(9000, 117, 2500)],
    ['FLAIR', 'FLAIR by name', inversion(8000, 120, 2200, said('AX T2 FLAIR'))],
    ['FLAIR', 'dark fluid', inversion(9000, 90, 2500, said('t2_tirm_tra_dark-fluid'))],
    ['STIR (fat suppressed by inversion recovery)', 'a short inversion time', inversion(4500, 40, 160)],
    ['STIR (fat suppressed by inversion recovery)', 'TIRM', inversion(4500, 60, 220, said('t2_tirm_cor'))],
    ['Proton-density', 'a spin echo of long repetition and short echo', spin(3000, 18)],
    ['Proton-density', 'pd_tse_fs', spin(2800, 33, said('pd_tse_fs_sag'))],
    ['T2* weighted', 'a gradient echo of long echo', gradient(650, 20, 20, { MRAcquisitionType: '2D' })],
    ['T2* weighted', 'T2* FLASH', gradient(700, 20, 20, said('AX T2* FLASH'))],
    ['T2* weighted', 'BOLD', { ...echoPlanar(2000, 30), ScanningSequence: 'EP\\GR', FlipAngle: 77 }],
    ['T2/T1 weighted', 'TrueFISP', gradient(4, 1.8, 60, { SequenceVariant: 'SS', MRAcquisitionType: '2D' })],
    ['Susceptibility weighted (SWI)', 'SWI', gradient(27, 20, 15, said('SWI_Images'))],
    ['Susceptibility weighted (SWI)', 'SWAN', gradient(40, 24, 15, said('Ax SWAN'))],
    ['Diffusion weighted', 'a b-value', echoPlanar(6000, 80, { DiffusionBValue: 1000 })],
    [
      'Diffusion weighted',
      'trace images',
      echoPlanar(6000, 80, { ImageType: 'DERIVED\\PRIMARY\\DIFFUSION\\TRACEW\\ND' }),
    ],
    ['Diffusion weighted', 'ep2d_diff by name', echoPlanar(6000, 80, said('ep2d_diff_b50_400_800'))],
    ['Diffusion weighted', 'diffusione', echoPlanar(6000, 80, said('diffusione assiale'))],
    ['ADC map', 'an ADC by Image Type', echoPlanar(6000, 80, { ImageType: 'DERIVED\\PRIMARY\\DIFFUSION\\ADC\\ND' })],
    [
      'ADC map',
      'an ADC by Image Type that states its b-value',
      echoPlanar(6000, 80, { ImageType: 'DERIVED\\PRIMARY\\ADC\\NONE', DiffusionBValue: 800 }),
    ],
    ['ADC map', 'an ADC by name', echoPlanar(6000, 80, { ImageType: 'DERIVED\\PRIMARY', ...said('dADC') })],
    [
      'Exponential ADC map',
      'eADC',
      echoPlanar(6000, 80, { ImageType: 'DERIVED\\PRIMARY', ...said('eADC (10^-6 mm2/s)') }),
    ],
    [
      'Dynamic contrast-enhanced magnetic resonance imaging',
      'TWIST',
      gradient(3.3, 1.2, 12, { ...AGENT, ...said('t1_twist_tra_dyn') }),
    ],
    [
      'Dynamic contrast-enhanced magnetic resonance imaging',
      'DISCO',
      gradient(3.9, 1.7, 12, { ...AGENT, ...said('Ax DISCO') }),
    ],
    [
      'Dynamic contrast-enhanced magnetic resonance imaging',
      'many times after an agent',
      gradient(4, 1.6, 10, { ...AGENT, NumberOfTemporalPositions: 30 }),
    ],
    [
      'PW',
      'a bolus in echo planar images',
      { ...echoPlanar(1500, 30), ScanningSequence: 'EP\\GR', ...AGENT, ...said('ep2d_perf') },
    ],
    ['Perfusion map', 'CBV', { ...MR, ImageType: 'DERIVED\\PRIMARY\\PERFUSION\\RELCBV', ...said('relCBV') }],
    ['Perfusion map', 'TTP by name', { ...MR, ImageType: 'DERIVED\\PRIMARY', ...said('TTP') }],
    ['Arterial Spin Labeling (ASL)', 'ASL', { ...MR, ...said('3D ASL (non-contrast)') }],
    ['Magnetic resonance angiography', 'time of flight', gradient(22, 3.6, 18, said('TOF_3D_multi-slab'))],
    ['Localizer', 'a localiser by Image Type', gradient(8, 4, 20, { ImageType: 'ORIGINAL\\PRIMARY\\LOCALIZER' })],
    ['Localizer', 'a survey', gradient(8, 4, 20, said('Survey_SHC'))],
    ['Localizer', 'a localiser by name', gradient(8, 4, 20, said('localizer_tra'))],
    ['T1 map', 'a map', { ...MR, ImageType: 'DERIVED\\PRIMARY\\T1_MAP\\ND', ...said('MOLLI T1 MAP') }],
  ])('is %s for %s', (expected, _, object) => {
    const value = of('contrast', { ...AXIAL, ...object });
    expect([value?.label, value?.sentences.length !== 0]).toEqual([expected, true]);
    expect(value?.confidence).toBeGreaterThanOrEqual(0.6);
  });

  it('keeps b-values with what it was decided from', () => {
    const objects = [0, 400, 800].map((b) => echoPlanar(6000, 80, { DiffusionBValue: b }));
    expect(of('contrast', ...objects)).toMatchObject({
      label: 'Diffusion weighted',
      original: expect.stringMatching(/^b 0, 400, 800;/u),
    });
  });

  it('takes no b-value of 0 for diffusion, which some scanners state everywhere', () => {
    expect(label('contrast', spin(4500, 101, { DiffusionBValue: 0 }))).toBe('T2 weighted');
  });

  it('reads the words of GE protocols with care: they name the whole examination', () => {
    const object = spin(4500, 101, { Manufacturer: 'GE MEDICAL SYSTEMS', ProtocolName: 'Prostate T1 DWI ADC' });
    expect(label('contrast', object)).toBe('T2 weighted');
  });

  it('is unsure where words and physics contradict', () => {
    const value = of('contrast', spin(4500, 101, said('t1_tse_tra')));
    expect(value?.confidence).toBeLessThan(0.6);
    expect(value?.candidates.map((candidate) => candidate.label)).toEqual(
      expect.arrayContaining(['T1 weighted', 'T2 weighted']),
    );
  });

  it('is unknown where nothing tells it', () => {
    expect(of('contrast', MR)).toMatchObject({ code: null, label: null, confidence: 0, rule: 'not-enough-evidence' });
  });

  it('of an enhanced image is read from its functional groups', () => {
    const enhanced = {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
      Modality: 'MR',
      ImageType: 'ORIGINAL\\PRIMARY\\DIFFUSION\\NONE',
      EchoPulseSequence: 'SPIN',
      EchoPlanarPulseSequence: 'YES',
      PerFrameFunctionalGroupsSequence: [0, 1000].map((b) =>
        dataSetOf({
          MRDiffusionSequence: [dataSetOf({ DiffusionBValue: b })],
          PlaneOrientationSequence: [dataSetOf({ ImageOrientationPatient: [1, 0, 0, 0, 0, -1] })],
        }),
      ),
    };
    expect(of('contrast', enhanced)).toMatchObject({
      label: 'Diffusion weighted',
      original: expect.stringMatching(/^b 0, 1000/u),
    });
    expect(label('plane', enhanced)).toBe('Coronal');
  });
});

describe('the plane of a series', () => {
  it.each<[string, string, number[]]>([
    ['Axial', 'along the axes', [1, 0, 0, 0, 1, 0]],
    ['Axial', 'tilted by 20 degrees', [1, 0, 0, 0, 0.94, -0.342]],
    ['Sagittal', 'along the axes', [0, 1, 0, 0, 0, -1]],
    ['Coronal', 'along the axes', [1, 0, 0, 0, 0, -1]],
    ['Oblique', 'between two planes', [Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0, -1]],
  ])('is %s for slices %s', (expected, _, ImageOrientationPatient) => {
    expect(label('plane', { ...MR, ImageOrientationPatient })).toBe(expected);
  });

  it('comes from words where no orientation is stated', () => {
    expect(label('plane', { ...MR, SeriesDescription: 't2_tse_sag' })).toBe('Sagittal');
    expect(label('plane', { ...MR, SeriesDescription: 'T2 axiale' })).toBe('Axial');
  });

  it('is several, and the series a localiser, where slices lie in three planes', () => {
    const planes = [
      [1, 0, 0, 0, 1, 0],
      [0, 1, 0, 0, 0, -1],
      [1, 0, 0, 0, 0, -1],
    ].map((ImageOrientationPatient) => gradient(8, 4, 20, { ImageOrientationPatient }));
    expect(label('plane', ...planes)).toBe('Several planes');
    expect(label('contrast', ...planes)).toBe('Localizer');
  });
});

describe('a CT series', () => {
  it.each<[string, string, string, Stated]>([
    ['contrast', 'Contrast agent', 'an agent', { ContrastBolusAgent: 'Ultravist 370' }],
    ['contrast', 'Imaging without IV contrast', 'words', { SeriesDescription: 'Thorax nativ 5.0' }],
    [
      'contrast',
      'Localizer',
      'a topogram',
      { ImageType: 'ORIGINAL\\PRIMARY\\LOCALIZER\\CT_SOM5 TOP', SeriesDescription: 'Topogramm 0.6' },
    ],
    ['phase', 'Portal venous phase', 'words', { SeriesDescription: 'Abdomen portalvenoes 3.0' }],
    ['phase', 'Arterial phase', 'words', { SeriesDescription: 'ABD ART 1.0' }],
    ['phase', 'Delayed phase', 'words', { SeriesDescription: 'Phase tardive' }],
    ['kernel', 'Soft tissue kernel', 'a Siemens kernel', { Manufacturer: 'SIEMENS', ConvolutionKernel: 'B30f' }],
    ['kernel', 'Lung kernel', 'a Siemens kernel', { Manufacturer: 'SIEMENS', ConvolutionKernel: 'Bl57d\\3' }],
    ['kernel', 'Bone kernel', 'a GE kernel', { Manufacturer: 'GE MEDICAL SYSTEMS', ConvolutionKernel: 'BONEPLUS' }],
    ['kernel', 'Lung kernel', 'a Canon kernel', { Manufacturer: 'Canon Medical', ConvolutionKernel: 'FC52' }],
    ['thickness', 'Thin slices (up to 1.5 mm)', '1 mm', { SliceThickness: 1 }],
    ['thickness', 'Thick slices (above 3 mm)', '5 mm', { SliceThickness: 5 }],
    ['derivation', 'Derived (reformatted)', 'a reformat', { ImageType: 'DERIVED\\SECONDARY\\MPR' }],
    [
      'derivation',
      'Derived (maximum or minimum intensity projection)',
      'a MIP',
      { ImageType: 'DERIVED\\SECONDARY\\AXIAL\\MIP' },
    ],
    [
      'body_part',
      'Liver',
      'a region code',
      { AnatomicRegionSequence: [dataSetOf({ CodeValue: '10200004', CodingSchemeDesignator: 'SCT' })] },
    ],
  ])('has the %s %s by %s', (attribute, expected, _, object) => {
    expect(label(attribute, { ...CT, ...AXIAL, ...object })).toBe(expected);
  });
});

describe('a mammogram', () => {
  const MG = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2', Modality: 'MG', ImageType: 'ORIGINAL\\PRIMARY' };

  it('has view and side, both sides where its images are of both', () => {
    const right = { ...MG, ViewPosition: 'MLO', ImageLaterality: 'R' };
    expect([label('view', right), label('laterality', right)]).toEqual(['Medio-lateral oblique view (MLO)', 'Right']);
    expect(label('laterality', right, { ...right, ImageLaterality: 'L' })).toBe('Bilateral');
    const coded = { ...MG, ViewCodeSequence: [dataSetOf({ CodeValue: 'R-10242', CodingSchemeDesignator: 'SRT' })] };
    expect(label('view', coded)).toBe('Cranio-caudal view (CC)');
  });

  it('is a tomosynthesis by its class, and synthesised by its Image Type', () => {
    const tomosynthesis = {
      ...MG,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.13.1.3',
      ImageType: 'DERIVED\\PRIMARY\\TOMOSYNTHESIS\\NONE',
    };
    expect(label('derivation', tomosynthesis)).toBe('Derived (tomosynthesis slices)');
    expect(label('derivation', { ...MG, ImageType: 'DERIVED\\PRIMARY\\TOMOSYNTHESIS\\GENERATED_2D' })).toBe(
      'Derived (mammogram synthesised from tomosynthesis)',
    );
  });

  it('is one whatever the plate reader calls itself', () => {
    expect(label('modality', { Modality: 'CR', ViewPosition: 'MLO', BodyPartExamined: 'BREAST' })).toBe('Mammography');
  });
});

describe('a PET series', () => {
  const PT = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.128', Modality: 'PT', ImageType: 'ORIGINAL\\PRIMARY' };
  const tracer = (text: string) => ({
    ...PT,
    RadiopharmaceuticalInformationSequence: [dataSetOf({ Radiopharmaceutical: text })],
  });

  it.each([
    ['Fluorodeoxyglucose F-18 (FDG)', 'FDG -- fluorodeoxyglucose'],
    ['PSMA ligand', '68Ga-PSMA-11'],
    ['Somatostatin receptor ligand (DOTATATE, DOTATOC, DOTANOC)', 'Ga-68 DOTATATE'],
  ])('has the tracer %s by %s', (expected, text) => {
    expect(label('tracer', tracer(text))).toBe(expected);
  });

  it('is corrected for attenuation where Corrected Image says so, and says by what', () => {
    const corrected = { ...PT, CorrectedImage: 'DECY\\ATTN\\SCAT', AttenuationCorrectionMethod: 'measured,AC_CT' };
    expect(label('attenuation', corrected)).toBe('CT attenuation correction');
    expect(label('attenuation', { ...PT, CorrectedImage: 'DECY\\SCAT', SeriesDescription: 'WB NAC' })).toBe(
      'No Attenuation Correction',
    );
  });
});

describe('what is no image', () => {
  it('is not classified', () => {
    expect(classifier.classify([readFacts(dataSetOf({ Modality: 'SR' }))])).toEqual([]);
  });
});

describe('the order of the objects', () => {
  it('does not matter', () => {
    const objects = [
      echoPlanar(6000, 80, { DiffusionBValue: 0 }),
      echoPlanar(6000, 80, { DiffusionBValue: 800 }),
      echoPlanar(6000, 80, { ImageType: 'DERIVED\\PRIMARY\\DIFFUSION\\ADC\\ND' }),
      gradient(8, 4, 20, { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] }),
    ].map((object) => readFacts(dataSetOf(object)));
    const forwards = classifier.classify(objects);
    expect(classifier.classify([...objects].reverse())).toEqual(forwards);
    expect(classifier.classify([...objects, ...objects])).toEqual(forwards);
  });
});
