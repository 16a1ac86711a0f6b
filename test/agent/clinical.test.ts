/**
 * One pseudonym and one shift across images, tables and text: phantoms of the nine cancer types with clinical CSV and FHIR go
 * through a real node, and the proof reads what came out and nothing else.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { openDatabaseReadOnly } from '../../node-agent/store/database.ts';
import { text, writeSource } from '../deidentify/fixtures.ts';
import { code, content, reportElements } from '../deidentify/structured-objects.ts';
import type { AnswerKey } from '../phantom/answer-key.ts';
import {
  addDays,
  type ClinicalPhantom,
  clinicalBundle,
  clinicalCsv,
  clinicalPhantoms,
  DAYS,
  DISEASES,
  iso,
} from '../phantom/clinical.ts';
import { runCommand } from '../support/running-agent.ts';
import { phantomFolder, runSeed, scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

interface Row {
  readonly table: string;
  readonly patientId: string;
  readonly cells: Record<string, string>;
}

/** What a de-identified object of the data folder says. */
interface Output {
  readonly folder: string;
  readonly patientId: string;
  readonly patientName: string;
  readonly studyDate: string;
  readonly studyUid: string;
  /** Of a report: who it is about and when the biopsy was, as its content items say. */
  readonly report: { readonly subject: string; readonly biopsy: string } | undefined;
}

let root: string;
let dataFolder: string;
let key: AnswerKey;
let phantoms: ClinicalPhantom[];
let outputs: Output[];
let fromCsv: Row[];
let fromFhir: Row[];
let said = '';

const gatehouse = async (...words: string[]) => {
  const done = await runCommand([...words, '--data-dir', dataFolder]);
  said += `${done.stdout}${done.stderr}`;
  return done;
};

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  const drawn = await phantomFolder(root, { seed: runSeed('clinical phantoms'), count: 9 });
  key = drawn.key;
  phantoms = clinicalPhantoms(key);
  for (const [index, phantom] of phantoms.entries())
    await writeReport(join(drawn.folder, `report-${index}`), phantom, index);
  const [csv, fhir, mapping] = ['clinical.csv', 'clinical.json', 'mapping.json'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(csv, clinicalCsv(phantoms));
  writeFileSync(fhir, JSON.stringify(clinicalBundle(phantoms)));

  expect(await gatehouse('import', drawn.folder, '--set', 'store.reserveMegabytes=0')).toMatchObject({ code: 0 });
  const proposed = async (file: string) => {
    const { code: exit, stdout } = await gatehouse('clinical', 'import', file);
    expect(exit).toBe(0);
    writeFileSync(mapping, stdout);
  };
  await proposed(csv);
  expect(await gatehouse('clinical', 'import', csv, '--mapping-file', mapping)).toMatchObject({ code: 0 });
  fromCsv = rowsOf(dataFolder);
  expect(await gatehouse('clinical', 'status', '--withdraw', '1')).toMatchObject({ code: 0 });
  expect(rowsOf(dataFolder)).toEqual([]);
  await proposed(fhir);
  expect(await gatehouse('clinical', 'import', fhir, '--mapping-file', mapping)).toMatchObject({ code: 0 });
  fromFhir = rowsOf(dataFolder);
  outputs = await outputsOf(dataFolder);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A structured report in the first study: the Patient ID and the date of the biopsy stand in its text and its content. */
async function writeReport(
  folder: string,
  { patientId, name, birthDate, dates }: ClinicalPhantom,
  index: number,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const study = key.objects.find(
    (object) =>
      object.patient === key.patients[index]?.key &&
      object.planted.some(({ path, value }) => path === '(0008,0020)' && iso(value) === dates.firstStudy),
  );
  const issuer = study?.planted.find(({ path }) => path === '(0010,0021)')?.value;
  const replaced = [
    text('PatientID', 'LO', patientId),
    ...(issuer === undefined ? [] : [text('IssuerOfPatientID', 'LO', issuer)]),
    text('SpecificCharacterSet', 'CS', 'ISO_IR 192'),
    text('PatientName', 'PN', name, 'ISO_IR 192'),
    text('PatientBirthDate', 'DA', birthDate.replaceAll('-', '')),
    text('StudyInstanceUID', 'UI', study?.studyInstanceUid ?? ''),
    text('SeriesInstanceUID', 'UI', `1.2.276.0.7230010.3.1.3.55.${index}`),
    text('SOPInstanceUID', 'UI', `1.2.276.0.7230010.3.1.4.55.${index}`),
    text('StudyDate', 'DA', dates.firstStudy.replaceAll('-', '')),
    text('ContentDate', 'DA', dates.firstStudy.replaceAll('-', '')),
  ];
  const items = [
    content('HAS OBS CONTEXT', 'TEXT', code('121030', 'DCM', 'Subject ID'), text('TextValue', 'UT', patientId)),
    content(
      'CONTAINS',
      'DATETIME',
      code('111526', 'DCM', 'DateTime Started'),
      text('DateTime', 'DT', `${dates.biopsy.replaceAll('-', '')}101500`),
    ),
  ];
  const tags = new Set(replaced.map(({ tag }) => tag));
  const elements = [...reportElements(items).filter(({ tag }) => !tags.has(tag)), ...replaced];
  await writeSource(
    folder,
    elements.sort((one, other) => one.tag - other.tag),
  );
  rmSync(join(folder, 'nothing'));
}

function rowsOf(folder: string): Row[] {
  const index = openDatabaseReadOnly(join(folder, 'index.db'));
  const rows = index
    .prepare('SELECT table_name AS "table", patient_id AS patientId, cells_json AS cells FROM clinical_rows')
    .all() as {
    table: string;
    patientId: string;
    cells: string;
  }[];
  index.close();
  return rows.map((row) => ({ ...row, cells: JSON.parse(row.cells) as Record<string, string> }));
}

async function outputsOf(folder: string): Promise<Output[]> {
  const objects = join(folder, 'objects');
  const files = (readdirSync(objects, { recursive: true }) as string[]).filter((file) =>
    statSync(join(objects, file)).isFile(),
  );
  const found: Output[] = [];
  for (const file of files) {
    const object = await readPart10(join(objects, file), { temporaryFolder: root, temporaryName: 'inflated' });
    const value = (keyword: string) => object.dataSet.string(tagOf(keyword)) ?? '';
    found.push({
      folder: file.split('/')[0] ?? '',
      patientId: value('PatientID'),
      patientName: value('PatientName'),
      studyDate: iso(value('StudyDate')),
      studyUid: value('StudyInstanceUID'),
      report: value('Modality') === 'SR' ? reportOf(object.dataSet) : undefined,
    });
    await object.close();
  }
  return found;
}

function reportOf(dataSet: DataSet) {
  const items = dataSet.items(tagOf('ContentSequence'));
  const value = (keyword: string) =>
    items.map((item) => item.string(tagOf(keyword))).find((one) => one !== undefined) ?? '';
  return { subject: value('TextValue'), biopsy: iso(value('DateTime')) };
}

describe.each([
  ['CSV', () => fromCsv],
  ['FHIR', () => fromFhir],
])('what came out of images, reports and the %s', (_, rows) => {
  it('is about the same nine patients under the same pseudonyms', () => {
    const images = new Set(outputs.map(({ patientId }) => patientId));
    expect(images.size).toBe(9);
    expect(new Set(rows().map(({ patientId }) => patientId))).toEqual(images);
    for (const { folder, patientId, patientName, report } of outputs) {
      expect(folder).toBe(patientId);
      expect(patientName).toBe(`${patientId}^`);
      if (report) expect(report.subject).toBe(patientId);
    }
    for (const { patientId, cells } of rows()) expect(cells.patient_id).toBe(patientId);
    expect(outputs.filter(({ report }) => report !== undefined)).toHaveLength(9);
  });

  it('keeps every distance between images, tables and text: the dates of a patient were moved by one shift', () => {
    for (const [patientId, own] of Map.groupBy(outputs, (output) => output.patientId)) {
      const firstStudy = own.map(({ studyDate }) => studyDate).sort()[0] ?? '';
      const cell = (table: string, column: string) =>
        rows().find((row) => row.patientId === patientId && row.table === table)?.cells[column];
      expect(cell('cancer_condition', 'cancer_condition_asserted_date')).toBe(addDays(firstStudy, DAYS.diagnosis));
      expect(cell('procedure', 'procedure_date')).toBe(addDays(firstStudy, DAYS.biopsy));
      expect(cell('treatment', 'treatment_start_date')).toBe(addDays(firstStudy, DAYS.treatment));
      expect(cell('treatment', 'treatment_end_date')).toBe(addDays(firstStudy, DAYS.treatmentEnd));
      expect(own.find(({ report }) => report)?.report?.biopsy).toBe(cell('procedure', 'procedure_date'));
    }
  });

  it('gives every study its timepoint and its days from the diagnosis', () => {
    for (const [patientId, own] of Map.groupBy(outputs, (output) => output.patientId)) {
      const dates = [...new Set(own.map(({ studyDate }) => studyDate))].sort();
      for (const { studyUid, studyDate } of own) {
        const study = rows().find(({ table, cells }) => table === 'image_study' && cells.study_uid === studyUid);
        const diagnosis =
          rows().find((row) => row.patientId === patientId && row.table === 'cancer_condition')?.cells
            .cancer_condition_asserted_date ?? '';
        expect(study?.cells).toMatchObject({
          patient_id: patientId,
          imaging_timepoint: String(dates.indexOf(studyDate) + 1),
        });
        expect(addDays(diagnosis, Number(study?.cells.study_offset_from_diagnosis))).toBe(studyDate);
      }
    }
  });

  it('names the nine cancers by their codes', () => {
    const codes = rows()
      .filter(({ table }) => table === 'cancer_condition')
      .map(({ cells }) => cells.cancer_condition_code);
    expect(codes.sort()).toEqual(
      Object.values(DISEASES)
        .map(({ eucaim }) => `EUCAIM:${eucaim}`)
        .sort(),
    );
  });
});

describe('the originals', () => {
  it('were moved, and nothing of them stands in a clinical table, in the index or in what was said', () => {
    const kept = [
      JSON.stringify([fromCsv, fromFhir]),
      readFileSync(join(dataFolder, 'index.db'), 'latin1'),
      readFileSync(join(dataFolder, 'audit', 'audit.jsonl'), 'utf8'),
    ];
    const proposals = said
      .split('\n')
      .filter((line) => !line.includes('"'))
      .join('\n');
    for (const { patientId, name, dates, disease } of phantoms) {
      for (const place of [...kept, proposals]) {
        expect(place.includes(patientId)).toBe(false);
        expect(place.includes(name)).toBe(false);
      }
      const own = [...fromCsv, ...fromFhir].filter(
        ({ cells }) => cells.cancer_condition_code === `EUCAIM:${disease.eucaim}`,
      );
      expect(own).toHaveLength(2);
      for (const { cells } of own) expect(cells.cancer_condition_asserted_date).not.toBe(dates.diagnosis);
    }
  });

  it('stand in the linkage file alone, which is not written where the node keeps its data', async () => {
    const inside = await gatehouse('clinical', 'linkage', join(dataFolder, 'linkage.csv'));
    expect(inside).toMatchObject({ code: 1, stderr: expect.stringContaining('not written below the data folder') });
    const file = join(root, 'linkage.csv');
    expect(await gatehouse('clinical', 'linkage', file)).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o077).toBe(0);
    const lines = readFileSync(file, 'utf8').trim().split('\r\n');
    expect(lines[0]).toBe('PatientID,StudyInstanceUID,StudyDate,StudyDescription,Episode,ImagingTimepoint');
    for (const { patientId, dates } of phantoms) {
      const first = lines.find((line) => line.startsWith(`${patientId},`) && line.includes(`,${dates.firstStudy},`));
      expect(first).toMatch(/,Diagnosis,1$/u);
    }
    const later = lines.filter((line) => line.endsWith(',2'));
    for (const line of later) expect(line).toMatch(/,Treatment,2$/u);
    expect(new Set(lines.slice(1).map((line) => line.split(',')[1]))).toEqual(
      new Set(key.objects.map(({ studyInstanceUid }) => studyInstanceUid)),
    );
  });
});
