/** A dataset that shows its patients coarsely: nothing finer leaves with its files, in tables or in headers. */
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { AS_INDEXED, type Generalisation } from '../../node-agent/catalogue/generalisation/generalisation.ts';
import type { DataSet } from '../../node-agent/dicom/data-set.ts';
import { isPrivate, lookup, tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet } from '../../node-agent/dicom/element.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { CoarseHeader, needsCoarseHeaders } from '../../node-agent/materialise/coarse/coarse-header.ts';
import { writeCoarse } from '../../node-agent/materialise/coarse/coarse-object.ts';
import { coarseAge, coarseDate } from '../../node-agent/materialise/coarse/coarse-values.ts';
import { headerRules } from '../../node-agent/materialise/coarse/header-table.ts';
import { lineOf } from '../../node-agent/materialise/reader/problem.ts';
import { readTree } from '../../node-agent/materialise/reader/read-tree.ts';
import { type Attributes, dataSetOf, LITTLE_ENDIAN } from '../catalogue/fixtures.ts';
import { pixelDigest } from '../deidentify/pixel-digest.ts';
import { corpus } from '../support/corpus.ts';
import { parseCsv } from '../support/csv.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { materialiseRig, patientId, shippedRules } from './rig.ts';

vi.setConfig({ testTimeout: 300_000 });

const STRICTEST: Generalisation = {
  ...{ age: 'dropped', date: 'dropped', device: 'dropped', sex: 'dropped', bodyPart: 'dropped', modality: 'dropped' },
  clinicalColumns: ['cancer_condition_code', 'first_treatment_type'],
};

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

function everything(folder: string): [name: string, text: string][] {
  return filesBelow(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]);
}

function table(folder: string, path: string): Record<string, string>[] {
  const [header = [], ...rows] = parseCsv(readFileSync(join(folder, path), 'utf8'));
  return rows.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
}

const headerWith = (choices: Partial<Generalisation>) => {
  const all = { ...AS_INDEXED, ...choices };
  return new CoarseHeader(all, headerRules(all));
};

describe('a dataset that shows months and bands of ages', () => {
  it('says nothing finer in any table or header, and the manifest has both hashes of every object', async () => {
    const rig = await materialiseRig({
      patients: 10,
      choices: { age: 'bands-10', date: 'month', device: 'manufacturer' },
    });
    const job = await rig.materialise();
    expect(job).toMatchObject({ state: 'done', objections: 0, way: 'copy', copied: 40 });
    expect(job.sentence).toContain('headers are as coarse as the dataset shows its patients');
    const folder = join(rig.out, rig.datasetId);
    // Read as bytes, knowing nothing of how they were written.
    for (const [name, text] of everything(folder)) {
      expect(text, name).not.toMatch(/2020-?(?:02-?10|03-?02)|20200302|054Y|(?<![\d.])54\.5|Skyra/u);
    }
    const object = join('imaging_data', patientId(1), '2.25.1', '2.25.1.1', '2.25.1.1.1.dcm');
    const bytes = readFileSync(join(folder, object));
    expect(bytes.toString('latin1')).toContain('20200301');
    expect(bytes.toString('latin1')).toContain('SIEMENS');
    expect(table(folder, 'clinical_mandatory_view.csv')[0]).toMatchObject({
      cancer_condition_age_at_diagnosis: '50-59',
      cancer_condition_asserted_date: '2020-02',
      first_treatment_offset_from_diagnosis: '30',
    });
    expect(table(folder, 'imaging_mandatory_view.csv')[0]).toMatchObject({ series_acquisition_date: '2020-03' });
    expect(table(folder, 'clinical_data/image_study.csv')[0]).toMatchObject({ study_offset_from_diagnosis: '20' });

    const archived = join(rig.foundation.folder.objects, patientId(1), '2.25.1', '2.25.1.1', '2.25.1.1.1.dcm');
    expect(statSync(archived).nlink).toBe(1);
    expect(readFileSync(archived, 'latin1')).toContain('20200302');
    const reading = await readTree(folder, shippedRules());
    expect(reading.problems).toEqual([]);
    expect(reading.manifest).toMatchObject({
      objects: 'coarsened',
      generalisation: { age: 'bands-10', date: 'month' },
    });
    const listed = reading.manifest?.files.find(({ path }) => path === object);
    const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');
    expect(listed).toMatchObject({ sha256: digest(bytes), frozenSha256: digest(readFileSync(archived)) });
    expect(listed?.sha256).not.toBe(listed?.frozenSha256);

    const spoil = async (path: string, change: (text: string) => string) => {
      const file = join(folder, path);
      const before = readFileSync(file, 'latin1');
      chmodSync(file, 0o600);
      writeFileSync(file, change(before), 'latin1');
      const told = (await readTree(folder, shippedRules())).problems.map(lineOf).join('\n');
      writeFileSync(file, before, 'latin1');
      return told;
    };
    const view = 'clinical_mandatory_view.csv';
    expect(await spoil(view, (text) => text.replace('50-59', '54.5'))).toContain('is no band of 10 years');
    expect(await spoil(view, (text) => text.replace('50-59', '55-64'))).toContain('is no band of 10 years');
    expect(await spoil(view, (text) => text.replace('2020-02', '2020-02-10'))).toContain('is not a month written');
    expect(await spoil(view, (text) => text.replace('2020-02', '2020'))).toContain('is not a month written');
    expect(await spoil(object, (text) => text.replace('20200301', '20200307'))).toContain('says more than the choices');
    expect((await readTree(folder, shippedRules())).problems).toEqual([]);
  });

  it('is linked to the archive where only clinical columns are left out, because no header has them', async () => {
    const rig = await materialiseRig({ patients: 10, choices: { clinicalColumns: ['treatment_type'] } });
    const job = await rig.materialise();
    expect(job).toMatchObject({ state: 'done', objections: 0, way: 'hard-link' });
    const folder = join(rig.out, rig.datasetId);
    expect(table(folder, 'clinical_data/treatment.csv').map(({ treatment_type }) => treatment_type)).toContain('');
    expect(readFileSync(join(folder, 'clinical_data/treatment.csv'), 'utf8')).not.toContain('CLIN10');
    expect(table(folder, 'clinical_mandatory_view.csv')[0]).toMatchObject({ first_treatment_type: '' });
    expect((await readTree(folder, shippedRules())).problems).toEqual([]);
  });
});

describe('a dataset that shows as little as it can', () => {
  it('has neither ages, dates, devices, sex nor body parts, and says that images show their modality', async () => {
    const rig = await materialiseRig({ patients: 10, choices: STRICTEST });
    const job = await rig.materialise();
    expect(job).toMatchObject({ state: 'done', objections: 0 });
    const folder = join(rig.out, rig.datasetId);
    const told =
      /2020|054Y|54\.5|Skyra|SIEMENS|BREAST|MAMMA|t1 tra|COM1001370|IMG1000044|BP1000136|IMG1000022|CLIN1000060|CLIN10[23]/u;
    for (const [name, text] of everything(folder)) {
      // Biopsies and episodes are no choice of the dataset; their codes are none of these.
      if (name !== 'manifest.json') expect(text, name).not.toMatch(told);
    }
    expect(readFileSync(join(folder, 'README.txt'), 'utf8')).toContain('no valid object and no volume can hide it');
    const object = await readPart10(join(folder, 'imaging_data', patientId(1), '2.25.1', '2.25.1.1', '2.25.1.1.1.dcm'));
    expect(object.dataSet.string(tagOf('Modality'))).toBe('MR');
    expect(object.dataSet.strings(tagOf('PatientSex'))).toEqual([]);
    await object.close();
    expect((await readTree(folder, shippedRules())).problems).toEqual([]);
  });

  it('says as little as BIDS: in names, sidecars and participants', async () => {
    const rig = await materialiseRig({ patients: 10, seriesEach: 1, choices: STRICTEST });
    const job = await rig.materialise({ layout: 'bids' });
    expect(job).toMatchObject({ state: 'done', objections: 0 });
    const folder = join(rig.out, `${rig.datasetId}-bids`);
    expect(readFileSync(join(folder, 'participants.tsv'), 'utf8').split('\n')[0]).toBe('participant_id\tpatient_id');
    const subject = 'sub-GH0000000000000001';
    expect(readdirSync(join(folder, subject, 'ses-1', 'other'))).toContain(`${subject}_ses-1_run-1_image.json`);
    for (const [name, text] of everything(folder)) {
      // Their titles are what a person wrote.
      if (['manifest.json', 'README.txt', 'dataset_description.json'].includes(name)) continue;
      expect(`${name}${name.endsWith('.gz') ? '' : text}`, name).not.toMatch(
        /2020|54\.5|Skyra|SIEMENS|breast|MAMMA|t1 tra|"MR"|_mr/iu,
      );
    }
    expect((await readTree(folder, shippedRules())).problems).toEqual([]);
  });

  it('has ages of participants in bands', async () => {
    const rig = await materialiseRig({ patients: 10, seriesEach: 1, choices: { age: 'bands-5' } });
    await rig.materialise({ layout: 'bids' });
    const participants = join(rig.out, `${rig.datasetId}-bids`, 'participants.tsv');
    expect(readFileSync(participants, 'utf8').split('\n')[1]).toMatch(/\tF\t50-54$/u);
    const before = readFileSync(participants, 'utf8');
    chmodSync(participants, 0o600);
    writeFileSync(participants, before.replace('50-54', '54'));
    const told = (await readTree(join(rig.out, `${rig.datasetId}-bids`), shippedRules())).problems.map(lineOf);
    expect(told.join('\n')).toContain('is no band of 5 years');
  });
});

describe('a coarser header', () => {
  const MR = '1.2.840.10008.5.1.4.1.1.4';
  const ENHANCED_MR = '1.2.840.10008.5.1.4.1.1.4.1';
  const shown = (choices: Partial<Generalisation>, attributes: Attributes) =>
    headerWith(choices).of(dataSetOf({ SOPClassUID: MR, ...attributes }));
  const text = (dataSet: DataSet | undefined, keyword: string) => dataSet?.strings(tagOf(keyword)).join('\\');

  it('has the first day of the month or year at every level, with its time of day', () => {
    const inner = dataSetOf({ ContentDate: '20210317', FrameReferenceDateTime: '20210317101530.5+0100' });
    const outer = dataSetOf({ PerformedProcedureStepStartDate: '20210317', ReferencedImageSequence: [inner] });
    const month = shown(
      { date: 'month' },
      { StudyDate: '20210317', StudyTime: '1015', RequestAttributesSequence: [outer] },
    );
    expect([text(month, 'StudyDate'), text(month, 'StudyTime')]).toEqual(['20210301', '1015']);
    const [first] = month.items(tagOf('RequestAttributesSequence'));
    expect(text(first, 'PerformedProcedureStepStartDate')).toBe('20210301');
    const [second] = first?.items(tagOf('ReferencedImageSequence')) ?? [];
    expect(text(second, 'ContentDate')).toBe('20210301');
    expect(text(second, 'FrameReferenceDateTime')).toBe('20210301101530.5+0100');
    expect(text(shown({ date: 'year' }, { StudyDate: '20210317' }), 'StudyDate')).toBe('20210101');
  });

  it('empties what its class lets be empty, and puts something neutral where it asks for a value', () => {
    const attributes = {
      StudyDate: '20210317',
      ContentDate: '20210317',
      Manufacturer: 'SIEMENS',
      DeviceSerialNumber: '4711',
    };
    const choices = { date: 'dropped', device: 'dropped' } as const;
    const classic = shown(choices, attributes);
    expect(['StudyDate', 'Manufacturer', 'DeviceSerialNumber'].map((one) => text(classic, one))).toEqual(['', '', '']);
    const enhanced = shown(choices, { ...attributes, SOPClassUID: ENHANCED_MR });
    expect(text(enhanced, 'StudyDate')).toBe('');
    expect(text(enhanced, 'ContentDate')).toBe('19000101');
    expect(['Manufacturer', 'DeviceSerialNumber'].map((one) => text(enhanced, one))).toEqual([
      'NOT SHOWN',
      'NOT SHOWN',
    ]);
  });

  it('has no content item of a report that says it, and no private element', () => {
    const concept = (code: string) => dataSetOf({ CodeValue: code, CodingSchemeDesignator: 'DCM', CodeMeaning: 'x' });
    const item = (code: string) => dataSetOf({ ConceptNameCodeSequence: [concept(code)], TextValue: code });
    const report = dataSetOf({ ContentSequence: [item('121033'), item('121071'), item('121032')] });
    const own = bytesElement(0x00291010, 'LO', Buffer.from('20210317'));
    const whole = makeDataSet(LITTLE_ENDIAN, [...report.elements, own]);
    const coarse = headerWith({ age: 'bands-5' }).of(whole);
    expect(coarse.items(tagOf('ContentSequence')).map((one) => text(one, 'TextValue'))).toEqual(['121071', '121032']);
    expect(coarse.elements.some(({ tag }) => isPrivate(tag))).toBe(false);
  });

  it.each([
    ['20210317', 'month', '20210301'],
    ['2021.03.17', 'year', '20210101'],
    ['20210317', 'dropped', ''],
    ['202103', 'year', '2021'],
    ['202103', 'month', '202103'],
    ['2021', 'month', '2021'],
    ['20210317101500', 'year', '20210101101500'],
    ['20210317 to 20210319', 'month', '20210301'],
    ['March 17', 'month', ''],
    ['', 'year', ''],
  ] as const)('turns the date "%s" by %s into "%s"', (from, level, to) => expect(coarseDate(from, level, '')).toBe(to));

  it.each([
    ['054Y', '054Y'],
    ['018M', '001Y'],
    ['060W', '001Y'],
    ['300D', '000Y'],
    ['54', ''],
  ])('turns the age %s in completed years into "%s"', (from, to) => expect(coarseAge(from)).toBe(to));

  it('is asked for by every choice that a header can contradict, and by no other', () => {
    expect(needsCoarseHeaders({ ...AS_INDEXED, clinicalColumns: ['treatment_type'], modality: 'dropped' })).toBe(false);
    for (const [name, level] of Object.entries(STRICTEST).filter(
      ([one]) => !['modality', 'clinicalColumns'].includes(one),
    ))
      expect(needsCoarseHeaders({ ...AS_INDEXED, [name]: level }), name).toBe(true);
  });
});

// The archive holds what de-identification wrote; malformed objects are none of that.
const files = corpus()?.filter(({ theme }) => theme !== 'malformed');

describe.skipIf(files === undefined)('coarser copies of real objects', () => {
  it('have the same pixel data, no date of a patient, no device, and are as coarse when looked at again', async () => {
    const folder = temporaryFolder();
    const header = headerWith(STRICTEST);
    let written = 0;
    for (const [index, { path, name }] of (files ?? []).entries()) {
      const source = await readPart10(path, { tolerant: true }).catch(() => undefined);
      if (source === undefined) continue;
      await source.close();
      const target = join(folder, `${index}.dcm`);
      const contentHash = createHash('sha256').update(readFileSync(path)).digest('hex');
      const answer = await writeCoarse({ source: path, target, contentHash }, header);
      if (header.isOpaque(source.dataSet)) {
        expect(answer, name).toEqual({ kind: 'opaque' });
        continue;
      }
      if (source.meta === undefined) continue;
      expect(answer.kind, name).toBe('written');
      const copy = await readPart10(target, { tolerant: true });
      expect(header.of(copy.dataSet), name).toBe(copy.dataSet);
      expect(finer(copy.dataSet), name).toEqual([]);
      expect(await pixelDigest(target), name).toEqual(await pixelDigest(path));
      await copy.close();
      written += 1;
    }
    expect(written).toBeGreaterThan(150);
  });
});

const TOLD = ['PatientAge', 'PatientSex', 'ManufacturerModelName', 'BodyPartExamined', 'StationName', 'Manufacturer'];
const NEUTRAL = new Set(['', 'NOT SHOWN', '19000101']);
const VERSIONS = /Version$|^EthicsCommittee/u;

/** Keywords of elements that still say something, by a walk of its own. */
function finer(dataSet: DataSet): string[] {
  return dataSet.elements.flatMap(({ tag, vr, value }): string[] => {
    const keyword = lookup(tag)?.keyword ?? '';
    if (isPrivate(tag)) return ['private'];
    if (value.kind === 'sequence') return value.items.flatMap((item) => finer(item.dataSet));
    const told = TOLD.includes(keyword) || ((vr === 'DA' || vr === 'DT') && !VERSIONS.test(keyword));
    const texts = told ? dataSet.strings(tag) : [];
    return texts.every((text) => NEUTRAL.has(text)) ? [] : [keyword];
  });
}
