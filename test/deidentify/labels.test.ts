import { describe, expect, it } from 'vitest';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, numberElement, sequenceElement } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ctElements, ENCODING, engine, requireDeidentified, text, writeSource } from './fixtures.ts';

const RTSTRUCT = '1.2.840.10008.5.1.4.1.1.481.3';
const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4';

async function labelsOf(sopClass: string, sequence: string, label: string, items: ReturnType<typeof makeDataSet>[]) {
  const elements = ctElements(text('SOPClassUID', 'UI', sopClass), sequenceElement(tagOf(sequence), items)).filter(
    ({ tag }) => sopClass !== RTSTRUCT || (tag >>> 16 !== 0x7fe0 && tag >>> 16 !== 0x0028),
  );
  const { source, target } = await writeSource(temporaryFolder(), elements);
  requireDeidentified(await engine().deidentifyAndVerify(source, target));
  const { dataSet, close } = await readPart10(target);
  await close();
  return dataSet.items(tagOf(sequence)).map((item) => item.string(tagOf(label)) ?? '');
}

const rois = (labels: readonly string[]) =>
  labelsOf(
    RTSTRUCT,
    'StructureSetROISequence',
    'ROIName',
    labels.map((label, at) =>
      makeDataSet(ENCODING, [text('ROINumber', 'IS', String(at + 1)), text('ROIName', 'LO', label)]),
    ),
  );
const segments = (labels: readonly string[]) =>
  labelsOf(
    SEGMENTATION,
    'SegmentSequence',
    'SegmentLabel',
    labels.map((label, at) =>
      makeDataSet(ENCODING, [
        numberElement(ENCODING, tagOf('SegmentNumber'), 'US', [at + 1]),
        text('SegmentLabel', 'LO', label),
      ]),
    ),
  );

const beams = (names: readonly string[]) =>
  labelsOf(
    '1.2.840.10008.5.1.4.1.1.481.5',
    'BeamSequence',
    'BeamName',
    names.map((name, at) =>
      makeDataSet(ENCODING, [text('BeamNumber', 'IS', String(at + 1)), text('BeamName', 'LO', name)]),
    ),
  );

describe('beams of one plan', () => {
  it('stay apart when their names have to go', async () => {
    expect(await beams(['AP Kowalczyk', 'Kowalczyk', 'Dupont'])).toEqual(['AP', 'Beam 2', 'Beam 3']);
  });
});

describe('structures of one object', () => {
  it('keep the names that radiotherapy gives them', async () => {
    const names = 'GTVp GTVn GTVp1 CTVn_L PTV-PRV OralCavity PenileBulb OpticNrv_L OpticNrv_R SpinalCord_PRV Bowel_Bag';
    expect(await rois(names.split(' '))).toEqual(names.split(' '));
  });

  it('keep the names of segmentation models, prostate zones and tumour parts', async () => {
    const names = [
      ...'PZ TZ NCR BAT GTVp iliopsoas_right clavicula_right gluteus_maximus_left autochthon_left'.split(' '),
      'atrial_appendage_left',
      'Visceral fat',
    ];
    expect(await segments(names)).toEqual(names);
  });

  it('stay apart when their names have to go', async () => {
    expect(await rois(['Kowalczyk', 'Lung Kowalczyk', 'Lung', 'Liver Kowalczyk', 'Liver Dupont'])).toEqual([
      'ROI 1',
      'ROI 2',
      'Lung',
      'Liver',
      'ROI 5',
    ]);
    expect(await segments(['Segment 2', 'Kowalczyk', 'Brandstetter'])).toEqual([
      'Segment 2',
      'Segment 2.2',
      'Segment 3',
    ]);
  });
});
