/** Mappings of clinical files and the reports of imports, in vault.db: names of columns and words of a file may identify. */
import type { SqliteDatabase } from '../store/database.ts';
import { SealedText } from './sealed-text.ts';

export interface SavedMapping {
  readonly name: string;
  /** From 1; a change under the same name is the next one. */
  readonly version: number;
  readonly by: string;
  readonly at: string;
}

export interface KeptReport {
  readonly id: number;
  readonly at: string;
  readonly by: string;
  readonly outcome: 'imported' | 'refused';
  readonly importId: number | null;
}

const SQL = {
  latest: `SELECT name, version, by, at, mapping FROM clinical_mappings WHERE name = ? ORDER BY version DESC LIMIT 1`,
  list: `SELECT name, MAX(version) AS version, by, at FROM clinical_mappings GROUP BY name ORDER BY name`,
  insert: `INSERT INTO clinical_mappings (name, version, mapping, by, at) VALUES (@name, @version, @mapping, @by, @now)`,
  remove: 'DELETE FROM clinical_mappings WHERE name = ?',
  addReport: `INSERT INTO clinical_reports (at, by, outcome, import_id, report)
    VALUES (@now, @by, @outcome, @importId, @report)`,
  reports: `SELECT id, at, by, outcome, import_id AS importId FROM clinical_reports ORDER BY id DESC LIMIT 100`,
  report: 'SELECT at, report FROM clinical_reports WHERE id = ?',
  forgetOld: `DELETE FROM clinical_reports WHERE id NOT IN (SELECT id FROM clinical_reports ORDER BY id DESC LIMIT 100)`,
} as const;

export class ClinicalRecordsOfVault {
  readonly #database: SqliteDatabase;
  readonly #mappings: SealedText;
  readonly #reports: SealedText;

  /** @param siteSecret of the first epoch */
  constructor(database: SqliteDatabase, siteSecret: Uint8Array) {
    this.#database = database;
    this.#mappings = new SealedText(siteSecret, 'clinical mappings');
    this.#reports = new SealedText(siteSecret, 'clinical reports');
  }

  /** Saves a mapping; the same content again stays the version it is. @returns its version */
  saveMapping(name: string, mapping: unknown, by: string): number {
    const content = JSON.stringify(mapping);
    return this.#database
      .transaction(() => {
        const latest = this.mapping(name);
        if (latest !== undefined && JSON.stringify(latest.mapping) === content) return latest.version;
        const version = (latest?.version ?? 0) + 1;
        const sealed = this.#mappings.seal(`${name} ${version}`, content);
        this.#database.prepare(SQL.insert).run({ name, version, mapping: sealed, by, now: new Date().toISOString() });
        return version;
      })
      .immediate();
  }

  /** The newest version of a mapping; undefined where there is none of the name. */
  mapping(name: string): (SavedMapping & { readonly mapping: unknown }) | undefined {
    const row = this.#database.prepare(SQL.latest).get(name) as
      | (SavedMapping & { readonly mapping: Buffer })
      | undefined;
    return (
      row && { ...row, mapping: JSON.parse(this.#mappings.open(`${name} ${row.version}`, row.mapping)) as unknown }
    );
  }

  /** By name, the newest version of each. */
  mappings(): SavedMapping[] {
    return this.#database.prepare(SQL.list).all() as SavedMapping[];
  }

  /** @returns whether there was one */
  removeMapping(name: string): boolean {
    return this.#database.prepare(SQL.remove).run(name).changes > 0;
  }

  /** Keeps the report of an import or of a refused one; the newest hundred are kept. @returns its id */
  keepReport(report: unknown, outcome: KeptReport['outcome'], importId: number | null, by: string): number {
    const now = new Date().toISOString();
    const sealed = this.#reports.seal(now, JSON.stringify(report));
    const id = Number(
      this.#database.prepare(SQL.addReport).run({ now, by, outcome, importId, report: sealed }).lastInsertRowid,
    );
    this.#database.prepare(SQL.forgetOld).run();
    return id;
  }

  /** The newest first, without their content. */
  reports(): KeptReport[] {
    return this.#database.prepare(SQL.reports).all() as KeptReport[];
  }

  /** @returns undefined where there is no such report (any more) */
  report(id: number): unknown {
    const row = this.#database.prepare(SQL.report).get(id) as { at: string; report: Buffer } | undefined;
    return row && JSON.parse(this.#reports.open(row.at, row.report));
  }
}
