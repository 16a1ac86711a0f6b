import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeidentificationEngine } from '../../node-agent/deidentify/engine.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { shiftDate, shiftDateTime } from '../../node-agent/deidentify/temporal.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cleaned, PATIENT, PSEUDONYMISER, TABLES, text, UIDS } from './fixtures.ts';
import {
  CONTENT_OF_REPORT,
  code,
  content,
  ECG_SAMPLES,
  ecgElements,
  FINDING,
  IMAGE,
  item,
  keyObjectElements,
  PLANTED,
  presentationElements,
  reportElements,
  sequence,
} from './structured-objects.ts';

const shift = PSEUDONYMISER.dateShiftDays(PATIENT);
const PSEUDONYM = PSEUDONYMISER.patientPseudonym(PATIENT);
const CONTENT = tagOf('ContentSequence');

/** Cleans, and finds nothing of what was planted in any byte. */
async function withoutPlanted(elements: readonly DataElement[]): Promise<DataSet> {
  const folder = temporaryFolder();
  const dataSet = await cleaned(folder, elements);
  const bytes = readFileSync(join(folder, 'target.dcm'), 'latin1');
  for (const planted of PLANTED) expect(bytes.toLowerCase(), planted).not.toContain(planted.toLowerCase());
  return dataSet;
}

const codesOf = (dataSet: DataSet): string[] =>
  dataSet.items(tagOf('DeidentificationMethodCodeSequence')).map((entry) => entry.string(tagOf('CodeValue')) ?? '');

/** The item of the report with this concept, at any depth. */
function itemOf(dataSet: DataSet, concept: string): DataSet {
  for (const item of dataSet.items(CONTENT)) {
    const [name] = item.items(tagOf('ConceptNameCodeSequence'));
    if (name?.string(tagOf('CodeValue')) === concept) return item;
    if (item.has(CONTENT)) {
      const found = find(item, concept);
      if (found !== undefined) return found;
    }
  }
  throw new Error(`No item ${concept}.`);
}

function find(dataSet: DataSet, concept: string): DataSet | undefined {
  try {
    return itemOf(dataSet, concept);
  } catch {
    return undefined;
  }
}

/** Relationship and value type of every item, nested as they are. */
function shapeOf(dataSet: DataSet): unknown[] {
  return dataSet
    .items(CONTENT)
    .map((item) => [item.string(tagOf('RelationshipType')), item.string(tagOf('ValueType')), shapeOf(item)]);
}

describe('a structured report', () => {
  it('keeps its tree: every item with its relationship, its value type and a value', async () => {
    const before = reportElements();
    const dataSet = await withoutPlanted(before);
    const [tree] = before.filter(({ tag }) => tag === CONTENT);
    const original = tree?.value.kind === 'sequence' ? tree.value.items : [];
    expect(shapeOf(dataSet)).toHaveLength(original.length);
    expect(shapeOf(dataSet)).toEqual(
      original.map(({ dataSet: item }) => [
        item.string(tagOf('RelationshipType')),
        item.string(tagOf('ValueType')),
        shapeOf(item),
      ]),
    );
    const [template] = dataSet.items(tagOf('ContentTemplateSequence'));
    expect(template?.string(tagOf('TemplateIdentifier'))).toBe('1500');
  });

  it('claims Clean Structured Content, and an image without content does not', async () => {
    expect(codesOf(await withoutPlanted(reportElements()))).toContain('113104');
    expect(codesOf(await withoutPlanted(reportElements()))).not.toContain('113103');
  });

  it('has the pseudonym for the subject, and nothing for the persons around it', async () => {
    const dataSet = await withoutPlanted(reportElements());
    expect(itemOf(dataSet, '121029').string(tagOf('PersonName'))).toBe(`${PSEUDONYM}^`);
    expect(itemOf(dataSet, '121030').string(tagOf('TextValue'))).toBe(PSEUDONYM);
    expect(itemOf(dataSet, '121008').string(tagOf('PersonName'))).toBe('REMOVED');
    expect(itemOf(dataSet, '121009').string(tagOf('TextValue'))).toBe('REMOVED');
    expect(itemOf(dataSet, '121022').string(tagOf('TextValue'))).toBe('REMOVED');
    const [verifier] = dataSet.items(tagOf('VerifyingObserverSequence'));
    expect(verifier?.string(tagOf('VerifyingObserverName'))).toBe('REMOVED');
    expect(verifier?.string(tagOf('VerificationDateTime'))).toBe(shiftDateTime('20200316120000', shift));
  });

  it('takes a concept of a private scheme by its words', async () => {
    const dataSet = await withoutPlanted(reportElements());
    const ward = dataSet.items(CONTENT).find((item) => item.string(tagOf('TextValue')) === 'head');
    expect(ward, 'a ward may be called after a body part').toBeUndefined();
  });

  it('has dates shifted, but no birth date, and no age above 90', async () => {
    const dataSet = await withoutPlanted(reportElements());
    expect(itemOf(dataSet, '111526').string(tagOf('DateTime'))).toBe(shiftDateTime('20200315101500', shift));
    expect(itemOf(dataSet, '121031').string(tagOf('Date'))).toBe('19000101');
    expect(itemOf(dataSet, '121031').string(tagOf('Date'))).not.toBe(shiftDate('19580312', shift));
    const [age] = itemOf(dataSet, '121033').items(tagOf('MeasuredValueSequence'));
    expect(age?.string(tagOf('NumericValue'))).toBe('90');
  });

  it.each([
    ['97', 'a', '90'],
    ['1150', 'mo', '1080'],
    ['89', 'a', '89'],
    ['600', 'mo', '600'],
  ])('caps an age of %s %s', async (years, unit, capped) => {
    const age = content(
      'HAS OBS CONTEXT',
      'NUM',
      code('121033', 'DCM', 'Subject Age'),
      sequence(
        'MeasuredValueSequence',
        item(sequence('MeasurementUnitsCodeSequence', code(unit, 'UCUM', 'unit')), text('NumericValue', 'DS', years)),
      ),
    );
    const [measured] = itemOf(
      await withoutPlanted(reportElements([...CONTENT_OF_REPORT.slice(-1), age])),
      '121033',
    ).items(tagOf('MeasuredValueSequence'));
    expect(measured?.string(tagOf('NumericValue'))).toBe(capped);
  });

  it('keeps measurements, codes and what a text says about the image', async () => {
    const dataSet = await withoutPlanted(reportElements());
    const [length] = itemOf(dataSet, '410668003').items(tagOf('MeasuredValueSequence'));
    expect(length?.string(tagOf('NumericValue'))).toBe('12.5');
    const [site] = itemOf(dataSet, '363698007').items(tagOf('ConceptCodeSequence'));
    expect(site?.string(tagOf('CodeValue'))).toBe('39607008');
    expect(itemOf(dataSet, '121071').string(tagOf('TextValue'))).toMatch(/Lung nodule 12 mm in the left lobe/);
    expect(itemOf(dataSet, '121015').string(tagOf('TextValue'))).toBe('Sensation 64');
  });

  it('refers to the images under their new UIDs, in the tree as in the evidence', async () => {
    const dataSet = await withoutPlanted(reportElements());
    const uid = PSEUDONYMISER.uid(IMAGE);
    const [image] = itemOf(dataSet, '121112').items(tagOf('ReferencedSOPSequence'));
    expect(image?.string(tagOf('ReferencedSOPInstanceUID'))).toBe(uid);
    const [study] = dataSet.items(tagOf('CurrentRequestedProcedureEvidenceSequence'));
    expect(study?.string(tagOf('StudyInstanceUID'))).toBe(PSEUDONYMISER.uid(UIDS.study));
    const [series] = study?.items(tagOf('ReferencedSeriesSequence')) ?? [];
    expect(series?.items(tagOf('ReferencedSOPSequence'))[0]?.string(tagOf('ReferencedSOPInstanceUID'))).toBe(uid);
    expect(itemOf(dataSet, '121012').string(tagOf('UID'))).toBe(PSEUDONYMISER.uid('1.2.276.0.99.5'));
  });

  it('writes the published meaning of a code whose own words could not stay', async () => {
    const spoken = content(
      'HAS OBS CONTEXT',
      'PNAME',
      code('121008', 'DCM', 'Seen by Vandermeer'),
      text('PersonName', 'PN', 'Vandermeer^A'),
    );
    const [concept] = itemOf(
      await withoutPlanted(reportElements([...CONTENT_OF_REPORT.slice(2), spoken])),
      '121008',
    ).items(tagOf('ConceptNameCodeSequence'));
    expect(concept?.string(tagOf('CodeMeaning'))).toBe('Person Observer Name');
  });

  it('keeps the words of a report, and no name among them', async () => {
    const finding = content(
      'CONTAINS',
      'TEXT',
      FINDING,
      text(
        'TextValue',
        'UT',
        'No evidence of metastasis; stable nodule of 8 mm, previously seen by Szczepanski on 12.02.2020.',
      ),
    );
    const dataSet = await withoutPlanted(
      reportElements([...CONTENT_OF_REPORT.slice(0, 2), finding, ...CONTENT_OF_REPORT.slice(-1)]),
    );
    const written = itemOf(dataSet, '121071').string(tagOf('TextValue')) ?? '';
    expect(written).toMatch(/^No evidence of metastasis; stable nodule of 8 mm/);
    expect(written).not.toMatch(/2020|12\.02/);
  });

  it('takes a name or a number that only a content item gives out of every other text', async () => {
    const elements = [
      ...reportElements().filter(({ tag }) => tag !== tagOf('SeriesDescription')),
      text('SeriesDescription', 'LO', 'Thorax Quantrill'),
    ].toSorted((left, right) => left.tag - right.tag);
    expect((await withoutPlanted(elements)).string(tagOf('SeriesDescription'))).toBe('Thorax');
  });
});

describe('a key object selection', () => {
  it('still selects its object, and says what it shows', async () => {
    const dataSet = await withoutPlanted(keyObjectElements());
    const [description, image] = dataSet.items(CONTENT);
    expect(description?.string(tagOf('TextValue'))).toMatch(/liver lesion/);
    expect(image?.items(tagOf('ReferencedSOPSequence'))[0]?.string(tagOf('ReferencedSOPInstanceUID'))).toBe(
      PSEUDONYMISER.uid(IMAGE),
    );
  });
});

describe('a presentation state', () => {
  it('keeps its drawing, loses who is named in it, and claims Clean Graphics', async () => {
    const dataSet = await withoutPlanted(presentationElements());
    const texts = dataSet
      .items(tagOf('GraphicAnnotationSequence'))
      .map((entry) => entry.items(tagOf('TextObjectSequence'))[0]?.string(tagOf('UnformattedTextValue')));
    expect(texts).toEqual(['REMOVED', 'Liver lesion 12 mm']);
    expect(codesOf(dataSet)).toContain('113103');
    expect(codesOf(dataSet)).not.toContain('113104');
    expect(dataSet.string(tagOf('ContentLabel'))).toBe('REMOVED');
  });

  it('renames a layer the same way wherever it is named', async () => {
    const dataSet = await withoutPlanted(presentationElements());
    const names = (sequence: string): (string | undefined)[] =>
      dataSet.items(tagOf(sequence)).map((entry) => entry.string(tagOf('GraphicLayer')));
    expect(names('GraphicLayerSequence')).toEqual(['LAYER 1', 'LIVER']);
    expect(names('GraphicAnnotationSequence')).toEqual(['LAYER 1', 'LIVER']);
  });
});

describe('under a profile that cleans neither structured content nor graphics', () => {
  const bare = new DeidentificationEngine({
    pseudonymiser: PSEUDONYMISER,
    profile: Profile.shipped('basic'),
    tables: TABLES,
  });
  const under = (elements: readonly DataElement[]) => cleaned(temporaryFolder(), elements, bare);

  it('a report becomes one item that says nothing', async () => {
    const dataSet = await under(reportElements());
    expect(shapeOf(dataSet)).toEqual([['CONTAINS', 'TEXT', []]]);
    expect(dataSet.items(CONTENT)[0]?.string(tagOf('TextValue'))).toBe('REMOVED');
    expect(codesOf(dataSet)).toEqual(['113100']);
  });

  it('a presentation state keeps its drawing and not one word', async () => {
    const dataSet = await under(presentationElements());
    const texts = dataSet
      .items(tagOf('GraphicAnnotationSequence'))
      .map((entry) => entry.items(tagOf('TextObjectSequence'))[0]?.string(tagOf('UnformattedTextValue')));
    expect(texts).toEqual(['REMOVED', 'REMOVED']);
    expect(codesOf(dataSet)).toEqual(['113100']);
  });
});

describe('a waveform', () => {
  it('keeps its samples bit for bit, and of its annotations what describes the curve', async () => {
    const dataSet = await withoutPlanted(ecgElements());
    const [group] = dataSet.items(tagOf('WaveformSequence'));
    expect(group?.get(tagOf('WaveformData'))?.value).toEqual({ kind: 'bytes', bytes: ECG_SAMPLES });
    const [note] = dataSet.items(tagOf('WaveformAnnotationSequence'));
    expect(note?.string(tagOf('UnformattedTextValue')) ?? '').not.toMatch(/Vandermeer/);
    expect(note?.numbers(tagOf('ReferencedWaveformChannels'))).toEqual([1, 1]);
    const [channel] = group?.items(tagOf('ChannelDefinitionSequence')) ?? [];
    expect(channel?.items(tagOf('ChannelSourceSequence'))[0]?.string(tagOf('CodeValue'))).toBe('2:1');
  });
});
