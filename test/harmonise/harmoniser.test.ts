import { describe, expect, it } from 'vitest';
import type { HarmonisedAttribute, HarmoniseSource } from '../../node-agent/harmonise/harmonised-value.ts';
import { Harmoniser } from '../../node-agent/harmonise/harmoniser.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';

const vocabularies = loadVocabularies();
const harmoniser = new Harmoniser(vocabularies);

const NOTHING: HarmoniseSource = {
  modality: null,
  bodyPart: null,
  anatomicRegions: [],
  manufacturer: null,
  sex: null,
  laterality: null,
  seriesDescription: null,
  protocol: null,
  studyDescription: null,
};

function value(attribute: HarmonisedAttribute, source: Partial<HarmoniseSource>) {
  const found = harmoniser.harmonise({ ...NOTHING, ...source }).find((one) => one.attribute === attribute);
  return found && { original: found.original, code: found.code, rule: found.rule };
}

describe('modality', () => {
  it.each([
    ['MR', 'IMG1000022', 'exact'],
    ['CT', 'IMG1000026', 'exact'],
    ['PT', 'IMG1000037', 'exact'],
    ['MG', 'IMG1000030', 'exact'],
    ['US', 'IMG1000040', 'exact'],
    ['SEG', 'IMG1000075', 'exact'],
    ['mri', 'IMG1000022', 'spelling'],
    ['PET', 'IMG1000037', 'spelling'],
    ['SR', null, 'not-an-image'],
    ['RTSTRUCT', null, 'not-an-image'],
    ['ZZ', null, 'unmapped'],
  ])('maps %s to %s by the rule %s', (modality, code, rule) => {
    expect(value('modality', { modality })).toEqual({ original: modality, code, rule });
  });
});

describe('manufacturer', () => {
  it.each([
    ['SIEMENS', 'IMG1000044', 'exact'],
    ['Siemens HealthCare GmbH', 'IMG1000044', 'spelling'],
    ['GE MEDICAL SYSTEMS', 'IMG1000047', 'spelling'],
    ['G.E. Medical Systems', 'IMG1000047', 'spelling'],
    ['GENESIS_SIGNA', 'IMG1000047', 'spelling'],
    ['Philips Medical Systems (Netherlands)', 'IMG1000046', 'spelling'],
    ['TOSHIBA_MEC', 'IMG1000045', 'spelling'],
    ['Canon Medical', 'IMG1000050', 'spelling'],
    ['FUJI PHOTO FILM CO. LTD.', 'IMG1000060', 'spelling'],
    ['FUJIFILM Corporation', 'IMG1000060', 'spelling'],
    ['HOLOGIC, Inc.', 'IMG1000064', 'spelling'],
    ['Lorad, A Hologic Company', 'IMG1000064', 'spelling'],
    ['Agfa-Gevaert AG', 'IMG1000051', 'spelling'],
    ['Nihon Philips', 'IMG1000046', 'keyword'],
    ['GEORGE IMAGING', null, 'unmapped'],
    ['ACUSON', null, 'unmapped'],
  ])('maps %s to %s by the rule %s', (manufacturer, code, rule) => {
    expect(value('manufacturer', { manufacturer })).toEqual({ original: manufacturer, code, rule });
  });
});

describe('sex and laterality', () => {
  it.each([
    ['M', 'COM1001366', 'exact'],
    ['F', 'COM1001370', 'exact'],
    ['O', 'COM1001053', 'exact'],
    ['female', 'COM1001370', 'spelling'],
    ['γυναίκα', 'COM1001370', 'spelling'],
    ['X', null, 'unmapped'],
  ])('maps the sex %s to %s by the rule %s', (sex, code, rule) => {
    expect(value('sex', { sex })).toEqual({ original: sex, code, rule });
  });

  it('maps a side, and says that an unpaired part has none', () => {
    expect(value('laterality', { laterality: 'R' })).toMatchObject({ code: 'IMG1016682', rule: 'exact' });
    expect(value('laterality', { laterality: 'left' })).toMatchObject({ code: 'IMG1016670', rule: 'spelling' });
    expect(value('laterality', { laterality: 'U' })).toMatchObject({ code: null, rule: 'not-applicable' });
  });

  it('says nothing of a side that no object states', () => {
    expect(value('laterality', {})).toBeUndefined();
  });
});

describe('body part', () => {
  it.each([
    ['BREAST', 'BP1000136', 'exact'],
    ['MAMMA', 'BP1000136', 'spelling'],
    ['THORAX', 'BP1000067', 'spelling'],
    ['Cerveau', 'BP1000051', 'spelling'],
    ['Prostata', 'BP1000021', 'spelling'],
    ['πνεύμονας', 'BP1000113', 'spelling'],
    ['Гърда', 'BP1000136', 'spelling'],
    ['WHOLE BODY', 'BP1000145', 'spelling'],
    ['liver', 'BP1000105', 'spelling'],
    ['Kopf/Hals', 'BP1000008', 'spelling'],
    ['L BREAST', 'BP1000136', 'keyword'],
    ['ANNOON', null, 'unmapped'],
  ])('maps %s to %s by the rule %s', (bodyPart, code, rule) => {
    expect(value('body_part', { bodyPart })).toEqual({ original: bodyPart, code, rule });
  });

  it('believes a code of Anatomic Region Sequence before anything else', () => {
    const contradicting = { bodyPart: 'HEAD', seriesDescription: 'Liver', modality: 'MG' };
    expect(value('body_part', { ...contradicting, anatomicRegions: [{ code: '41216001', scheme: 'SCT' }] })).toEqual({
      original: 'SCT 41216001',
      code: 'BP1000021',
      rule: 'anatomic-region-code',
    });
    expect(value('body_part', { ...contradicting, anatomicRegions: [{ code: 'T-04000', scheme: 'SNM3' }] })).toEqual({
      original: 'SNM3 T-04000',
      code: 'BP1000136',
      rule: 'anatomic-region-code',
    });
  });

  it('believes Body Part Examined before the descriptions', () => {
    expect(value('body_part', { bodyPart: 'HEAD', seriesDescription: 'Liver' })).toMatchObject({
      code: 'BP1000120',
      rule: 'exact',
    });
  });

  it.each([
    ['MRT Oberbauch', 'BP1000173'],
    ['CT Upper Abdomen with contrast', 'BP1000173'],
    ['HELICAL CHEST', 'BP1000067'],
    ['abdomen^liver', 'BP1000105'],
    ['RM DE CRANIO', 'BP1000120'],
    ['MRI-Brain head coil', 'BP1000051'],
    ['TC TORACE ADDOME PELVI', 'BP1000154'],
    ['CT Abdomen+Pelvis 5mm', 'BP1000211'],
    ['XR C Spine Comp Min 4 Views', 'BP1000240'],
  ])('reads the part out of the description %s', (studyDescription, code) => {
    expect(value('body_part', { studyDescription })).toEqual({ original: studyDescription, code, rule: 'description' });
  });

  it.each(['PS LONG AXIS', 'SE - TI 2500', 'ARM up', 'DTI'])('reads no part out of the description %s', (text) => {
    expect(value('body_part', { seriesDescription: text })).toMatchObject({ code: null, rule: 'missing' });
  });

  it('reads a part that is stuck to a number', () => {
    expect(value('body_part', { seriesDescription: '1LIVER2 5mm' })).toMatchObject({ code: 'BP1000105' });
    expect(value('body_part', { studyDescription: 'Thorax^1HEAD_NECK_PETCT' })).toMatchObject({ rule: 'ambiguous' });
  });

  it('does not guess between parts that do not fit together', () => {
    expect(value('body_part', { seriesDescription: 'KNEE and PROSTATE' })).toEqual({
      original: 'KNEE and PROSTATE',
      code: null,
      rule: 'ambiguous',
    });
  });

  it('takes mammography to be of the breast when nothing else is said', () => {
    expect(value('body_part', { modality: 'MG' })).toEqual({
      original: null,
      code: 'BP1000136',
      rule: 'implied-by-modality',
    });
  });
});

describe('every harmonised value', () => {
  it('names its entity, its label and the version of its table', () => {
    const values = harmoniser.harmonise({ ...NOTHING, modality: 'CT', sex: 'F' });
    expect(values.find((one) => one.attribute === 'sex')).toEqual({
      entity: 'patient',
      attribute: 'sex',
      original: 'F',
      code: 'COM1001370',
      label: 'Female',
      rule: 'exact',
      tableVersion: vocabularies.sex.version,
    });
    expect(values.find((one) => one.attribute === 'modality')).toMatchObject({
      entity: 'series',
      label: 'Computed tomography',
    });
  });

  it('is flagged where the object says nothing, never silent', () => {
    const values = harmoniser.harmonise(NOTHING);
    expect(values.map(({ attribute, rule }) => [attribute, rule])).toEqual([
      ['sex', 'missing'],
      ['modality', 'missing'],
      ['body_part', 'missing'],
      ['manufacturer', 'missing'],
    ]);
  });
});
