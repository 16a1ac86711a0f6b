import { describe, expect, it } from 'vitest';
import { mayShowFace } from '../../node-agent/deidentify/face/face-risk.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, ENCODING, engine, requireDeidentified, text, writeSource } from './fixtures.ts';

const GREY = text('PhotometricInterpretation', 'CS', 'MONOCHROME2');
const LATIN = text('SpecificCharacterSet', 'CS', 'ISO_IR 100');
const slice = (...elements: readonly DataElement[]) => {
  const own = [GREY, LATIN].filter(({ tag }) => !elements.some((element) => element.tag === tag));
  return makeDataSet(ENCODING, ctElements(...own, ...elements));
};
const bodyPart = (value: string): DataElement => text('BodyPartExamined', 'CS', value);
const described = (words: string): DataElement => text('SeriesDescription', 'LO', words, 'ISO_IR 100');

describe('a slice', () => {
  it.each(['HEAD', 'BRAIN', 'NECK', 'HEADNECK', 'SKULL', 'WHOLEBODY'])('of the region %s may show a face', (region) => {
    expect(mayShowFace(slice(bodyPart(region)))).toBe(true);
  });

  it.each(['CHEST', 'ABDOMEN', 'PELVIS', 'BREAST', 'KNEE', 'PROSTATE'])('of the region %s does not', (region) => {
    expect(mayShowFace(slice(bodyPart(region)))).toBe(false);
  });

  it.each([
    'T1 Schädel nativ',
    'crâne sans injection',
    'NECK CHEST ABDOMEN',
    'Cabeza y cuello',
    'CCT Kopf',
    'HN RT planning',
  ])('may show one when its description says so, whatever region is stated: %s', (words) => {
    expect(mayShowFace(slice(bodyPart('CHEST'), described(words)))).toBe(true);
  });

  it('may show one when a code says so', () => {
    const region = makeDataSet(ENCODING, [
      text('CodeValue', 'SH', '69536005'),
      text('CodingSchemeDesignator', 'SH', 'SCT'),
      text('CodeMeaning', 'LO', 'Kopf'),
    ]);
    expect(mayShowFace(slice(bodyPart('CHEST'), sequenceElement(tagOf('AnatomicRegionSequence'), [region])))).toBe(
      true,
    );
  });

  it('may show one when nothing says what it shows', () => {
    expect(mayShowFace(slice(bodyPart(''), described('AX 2 mm')))).toBe(true);
    expect(mayShowFace(slice(bodyPart(''), described('Thorax 2 mm')))).toBe(false);
  });

  it('shows none when it is a localizer, a projection or a picture in colours', () => {
    expect(mayShowFace(slice(bodyPart('HEAD'), text('ImageType', 'CS', 'ORIGINAL\\PRIMARY\\LOCALIZER')))).toBe(false);
    expect(mayShowFace(slice(bodyPart('HEAD'), text('Modality', 'CS', 'CR')))).toBe(false);
    expect(mayShowFace(slice(bodyPart('HEAD'), text('PhotometricInterpretation', 'CS', 'RGB')))).toBe(false);
  });

  it('is cleaned and flagged; neither Clean Pixel Data nor Clean Recognizable Visual Features is claimed', async () => {
    const { source, target } = await writeSource(temporaryFolder(), ctElements(GREY, bodyPart('HEAD')));
    const outcome = requireDeidentified(await engine().deidentifyAndVerify(source, target));
    expect(outcome.mayShowFace).toBe(true);
    const { dataSet, close } = await readPart10(target);
    await close();
    const claimed = dataSet
      .items(tagOf('DeidentificationMethodCodeSequence'))
      .map((item) => item.string(tagOf('CodeValue')));
    expect(claimed).toContain('113100');
    expect(claimed).not.toContain('113101');
    expect(claimed).not.toContain('113102');
  });
});
