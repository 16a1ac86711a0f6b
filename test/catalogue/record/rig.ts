/** A node with indexed patients of several kinds, and datasets that real persons take to publication. */
import { onTestFinished } from 'vitest';
import { type Foundation, openFoundation } from '../../../node-agent/assembly/foundation.ts';
import { buildHubSide } from '../../../node-agent/assembly/hub-side.ts';
import { treatmentText } from '../../../node-agent/catalogue/treatment/treatment.ts';
import type { NewDataset } from '../../../node-agent/governance/dataset-record.ts';
import type { DatasetState, Person } from '../../../node-agent/governance/transitions.ts';
import { Harmoniser } from '../../../node-agent/harmonise/harmoniser.ts';
import { loadVocabularies } from '../../../node-agent/harmonise/vocabulary.ts';
import { readSettings } from '../../../node-agent/settings/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { description, TREATMENT } from '../fixtures.ts';

export const ada: Person = { name: 'ada', role: 'administrator' };

export const BREAST: NewDataset = {
  title: 'Breast "MR"',
  description: 'First line\nsecond \\ line\twith a tab and ěščř',
  condition: 'CLIN1000075',
  query: {},
  publisher: 'St. Anna Hospital',
  contactEmail: 'imaging@hospital.example',
  keywords: ['breast', 'MR'],
  provenance: 'Routine care.',
  accessUrl: 'https://negotiator.example/request?a=1&b=two words',
};

/**
 * 47 patients with 61 studies: 44 women and 3 men; Siemens and Philips, and 4 of Canon; four have a segmentation in one study,
 * so have twelve when `segmented` is 12; one was examined in 1999.
 */
export function seedPatients(
  { catalogue, ledger, indexDatabase }: Foundation,
  { patients = 47, segmented = 4, clinical = 20 } = {},
): void {
  const harmoniser = new Harmoniser(loadVocabularies());
  let objects = 0;
  const add = (changes: Parameters<typeof description>[0]) => {
    objects += 1;
    const objectId = `object-${objects}`;
    const instance = description({ instanceUid: `2.25.9.${objects}`, seriesUid: `2.25.8.${objects}`, ...changes });
    ledger.admit([{ objectId, source: 'dimse', instanceKey: objectId, contentHash: objectId, bytes: 100 }]);
    catalogue.add(instance, harmoniser.harmonise(instance), {
      objectId,
      file: `objects/${objects}.dcm`,
      bytes: 100,
      contentHash: String(objects).padStart(64, '0'),
      profileHash: 'profile-1',
      mayShowFace: false,
      treatment: treatmentText(TREATMENT),
    });
    ledger.settle(objectId, { state: 'indexed' });
  };
  for (let number = 0; number < patients; number += 1) {
    const patient = {
      patientId: `GH-${String(number).padStart(16, '0')}`,
      sex: number < 3 ? 'M' : 'F',
      ageYears: number === 0 ? 31 : 50 + (number % 20),
      manufacturer: number % 12 === 5 ? 'Canon Medical Systems' : number % 2 === 0 ? 'SIEMENS' : 'Philips',
    };
    const study = {
      ...patient,
      studyUid: `2.25.1.${number}`,
      studyDate: number === 0 ? '1999-05-05' : `${2015 + (number % 3)}-02-03`,
    };
    add(study);
    if (number < segmented) add({ ...study, modality: 'SEG' });
    if (number < 14) add({ ...patient, studyUid: `2.25.2.${number}`, studyDate: '2017-08-01' });
  }
  indexDatabase.exec(`INSERT INTO clinical_imports (import_id, state, format, mapping, model_version, by, at, counts_json)
    VALUES (1, 'imported', 'csv', 'test', '1', 'ada', '2026-01-01', '{}')`);
  const row = indexDatabase.prepare(`INSERT INTO clinical_rows (table_name, row_key, patient_id, cells_json, import_id)
    VALUES ('patient', @key, @patient, @cells, 1)`);
  for (let number = 0; number < clinical; number += 1) {
    const patient = `GH-${String(number).padStart(16, '0')}`;
    const cells = {
      patient_id: patient,
      patient_birth_sex: 'EUCAIM:COM1001370',
      // too few have one of these
      patient_ethnicity: number < 4 ? 'EUCAIM:COM1001311' : '',
    };
    row.run({ key: patient, patient, cells: JSON.stringify(cells) });
  }
}

export function recordRig(patients: Parameters<typeof seedPatients>[1] = {}) {
  const folder = temporaryFolder();
  const foundation = openFoundation(folder);
  onTestFinished(() => foundation.close());
  seedPatients(foundation, patients);
  const logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, close: async () => {} };
  const settings = readSettings({});
  const hub = buildHubSide(foundation, settings.values, logger as never, () => {});
  return {
    folder,
    foundation,
    hub,
    records: hub.records,
    table: hub.records.table,
    settings: settings.values,
    draft: (changes: Partial<NewDataset> = {}) => hub.datasets.draft({ ...BREAST, ...changes }, ada).id,
    /** As the register leaves a dataset whose gates all passed; the gates have tests of their own. */
    advance: (id: string, ...states: DatasetState[]) => {
      for (const to of states) advance(foundation, id, to);
      return id;
    },
  };
}

export const PUBLISHED = ['checked', 'released', 'published'] as const;

const FIX = 'INSERT OR IGNORE INTO dataset_series (dataset_id, series_uid) SELECT ?, series_uid FROM series';
const MOVE = `UPDATE datasets SET state = @to,
  content_hash = COALESCE(content_hash, '0123456789abcdef') WHERE dataset_id = @id`;
const REMEMBER = `INSERT INTO dataset_history (dataset_id, from_state, to_state, by, at)
  SELECT dataset_id, state, @to, 'olga', @at FROM datasets WHERE dataset_id = @id`;

function advance({ indexDatabase }: Foundation, id: string, to: DatasetState): void {
  if (to === 'checked') indexDatabase.prepare(FIX).run(id);
  indexDatabase.prepare(REMEMBER).run({ id, to, at: new Date().toISOString() });
  indexDatabase.prepare(MOVE).run({ id, to });
}
