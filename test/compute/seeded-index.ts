/** A small index.db with made-up patients, for tests of what reads it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CATALOGUE_MIGRATIONS } from '../../node-agent/catalogue/schema.ts';
import { HUB_MIGRATIONS } from '../../node-agent/hub/schema.ts';
import { openDatabase, type SqliteDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';

export const CODES = {
  male: 'COM1001366',
  female: 'COM1001370',
  MR: 'IMG1000022',
  CT: 'IMG1000026',
  PT: 'IMG1000037',
  breast: 'BP1000136',
  prostate: 'BP1000021',
  siemens: 'IMG1000044',
  ge: 'IMG1000047',
  breastCancer: 'CLIN1000060',
  prostateCancer: 'CLIN1000075',
} as const;

export interface SeededSeries {
  readonly modality?: 'MR' | 'CT' | 'PT';
  readonly bodyPart?: string | null;
  readonly manufacturer?: string | null;
  /** Ledger state of its one object. */
  readonly state?: 'indexed' | 'withdrawn' | 'quarantined';
  readonly profile?: string;
  /** Frames of its one object, and whether they may show a face. */
  readonly frames?: number;
  readonly mayShowFace?: boolean;
}

export interface SeededPatient {
  readonly id: string;
  readonly sex?: string | null;
  readonly age?: number | null;
  /** One study holds these series. */
  readonly series: readonly SeededSeries[];
}

export interface SeededExamination {
  readonly examinedAt?: string;
  readonly file?: 'sound' | 'missing' | 'changed' | 'unreadable';
  readonly instanceUid?: string | null;
  readonly pixelHash?: string | null;
  readonly imageHash?: string | null;
  readonly frames?: 'none' | 'decoded' | 'not-here' | 'broken';
  readonly references?: readonly string[];
}

const INSERT = {
  patient: `INSERT INTO patients (patient_id, sex_code, first_indexed_at) VALUES (?, ?, '2026-01-01T00:00:00.000Z')`,
  study: `INSERT INTO studies (study_uid, patient_id, age_years, indexed_at) VALUES (?, ?, ?, '2026-01-01T00:00:00.000Z')`,
  series: `INSERT INTO series (series_uid, study_uid, modality, modality_code, body_part_code, manufacturer_code)
    VALUES (?, ?, ?, ?, ?, ?)`,
  object: `INSERT INTO objects (object_id, state, source, instance_key, content_hash, bytes, received_at)
    VALUES (?, ?, 'import', ?, ?, 100, '2026-01-01T00:00:00.000Z')`,
  instance: `INSERT INTO instances (instance_uid, series_uid, object_id, file, sop_class_uid, transfer_syntax_uid,
    frames, may_show_face, bytes, content_hash, profile_hash, treatment_id, indexed_at)
    VALUES (?, ?, ?, 'objects/x.dcm', '1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.1.2.1', ?, ?, 100, ?, ?,
      (SELECT treatment_id FROM treatments WHERE content = ?), '2026-01-01T00:00:00.000Z')`,
  treatment: 'INSERT OR IGNORE INTO treatments (content) VALUES (?)',
  examination: `INSERT OR REPLACE INTO object_examinations (content_hash, edition, examined_at, file, instance_uid, pixel_hash,
    image_hash, frames) VALUES (@contentHash, 1, @examinedAt, @file, @instanceUid, @pixelHash, @imageHash, @frames)`,
  reference: 'INSERT INTO object_references (content_hash, instance_uid) VALUES (?, ?)',
  dataset: `INSERT INTO datasets (dataset_id, title, description, condition_code, condition_label, state, query_json,
    publisher, contact_email, keywords_json, provenance, access_url, created_by, created_at)
    VALUES (?, ?, 'A test dataset', ?, 'Cancer', ?, '{}', 'Clinic', 'a@b.example', '[]', 'Routine', 'https://n.example', 'ada', '2026-01-01T00:00:00.000Z')`,
  member: 'INSERT INTO dataset_series (dataset_id, series_uid) VALUES (?, ?)',
} as const;

export class SeededIndex {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-index-'));
  readonly database: SqliteDatabase;
  #number = 0;

  constructor() {
    this.database = openDatabase(join(this.folder, 'index.db'), [
      ...LEDGER_MIGRATIONS,
      ...CATALOGUE_MIGRATIONS,
      ...HUB_MIGRATIONS,
    ]);
  }

  /** @returns the UIDs of the series that were added */
  add(...patients: readonly SeededPatient[]): string[] {
    return this.database.transaction(() => this.#add(patients))();
  }

  #add(patients: readonly SeededPatient[]): string[] {
    const insert = (sql: string, ...values: unknown[]) => this.database.prepare(sql).run(...values);
    const added: string[] = [];
    for (const { id, sex = null, age = null, series } of patients) {
      this.#number += 1;
      const study = `2.25.1.${this.#number}`;
      insert(INSERT.patient, id, sex);
      insert(INSERT.study, study, id, age);
      for (const {
        modality = 'MR',
        bodyPart = null,
        manufacturer = null,
        state = 'indexed',
        profile = 'p1',
        frames = 1,
        mayShowFace = false,
      } of series) {
        this.#number += 1;
        const uid = `2.25.2.${this.#number}`;
        const hash = String(this.#number).padStart(64, '0');
        insert(INSERT.series, uid, study, modality, CODES[modality], bodyPart, manufacturer);
        insert(INSERT.object, `object-${this.#number}`, state, hash, hash);
        const face = mayShowFace ? 1 : 0;
        const [instance, treatment] = [`2.25.3.${this.#number}`, JSON.stringify({ profileHash: profile })];
        insert(INSERT.treatment, treatment);
        insert(INSERT.instance, instance, uid, `object-${this.#number}`, frames, face, hash, profile, treatment);
        this.examined(hash, { instanceUid: instance });
        added.push(uid);
      }
    }
    return added;
  }

  /** What reading the file of an object found, as if it was read today; sound and without pixels unless told. */
  examined(contentHash: string, found: SeededExamination = {}): void {
    const sound = { examinedAt: '2099-01-01T00:00:00.000Z', file: 'sound', instanceUid: null, frames: 'none' };
    const { references = [], ...changes } = found;
    const row = { ...sound, pixelHash: null, imageHash: null, ...changes, contentHash };
    this.database.prepare(INSERT.examination).run(row);
    for (const uid of references) this.database.prepare(INSERT.reference).run(contentHash, uid);
  }

  /** Adds a dataset with frozen members, past the register. */
  addDataset(id: string, seriesUids: readonly string[], options: { state?: string; condition?: string } = {}): void {
    const { state = 'published', condition = CODES.breastCancer } = options;
    this.database.transaction(() => {
      this.database.prepare(INSERT.dataset).run(id, `Dataset ${id}`, condition, state);
      for (const uid of seriesUids) this.database.prepare(INSERT.member).run(id, uid);
    })();
  }

  close(): void {
    this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `count` patients of one kind with one MR series each. */
export function manyPatients(
  prefix: string,
  count: number,
  kind: Omit<SeededPatient, 'id' | 'series'> & { series?: readonly SeededSeries[] },
): SeededPatient[] {
  return Array.from({ length: count }, (_, index) => ({ series: [{}], ...kind, id: `${prefix}-${index}` }));
}
