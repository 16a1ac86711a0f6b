/**
 * Clinical files on the identified side: read, checked against the common data model, put under the pseudonyms of the
 * vault, and written to the index all together or not at all. Neither the file nor a value of it is kept here.
 */
import type { AuditLog } from '../../audit/audit-log.ts';
import type { ClinicalRowToWrite, ClinicalStore } from '../../catalogue/clinical/clinical-store.ts';
import {
  type ClinicalPatient,
  lineKey,
  type RecordTables,
  recordsOf,
} from '../../harmonise/clinical/clinical-records.ts';
import { type Finding, type FindingCode, type Place, WHOLE_FILE } from '../../harmonise/clinical/finding.ts';
import type { ClinicalMapping } from '../../harmonise/clinical/mapping.ts';
import { mappingObjections } from '../../harmonise/clinical/mapping-objections.ts';
import { proposeMapping } from '../../harmonise/clinical/mapping-proposal.ts';
import { completePatient } from '../../harmonise/clinical/record-completion.ts';
import { validatePatients } from '../../harmonise/clinical/record-validation.ts';
import type { SourceFile } from '../../harmonise/clinical/source-table.ts';
import type { SqliteDatabase } from '../../store/database.ts';
import type { Identity } from '../../vault/identity-seal.ts';
import type { IdentityTable } from '../../vault/identity-table.ts';
import type { OptOuts } from '../../vault/opt-outs.ts';
import { deidentifyPatient } from './clinical-deidentification.ts';
import type { ClinicalIdentity, Resolved } from './clinical-identity.ts';
import { type ClinicalCounts, type ClinicalReport, reportOf } from './clinical-report.ts';
import { residueIn } from './clinical-residue.ts';

export interface ClinicalImporterParts {
  readonly tables: RecordTables;
  readonly identity: ClinicalIdentity;
  readonly identities: IdentityTable;
  readonly optOuts: Pick<OptOuts, 'covers'>;
  readonly store: ClinicalStore;
  readonly vaultDatabase: SqliteDatabase;
  readonly audit: Pick<AuditLog, 'record'>;
  /** Rows of these patients changed. */
  readonly onChanged: (pseudonyms: readonly string[]) => void;
  readonly now?: () => Date;
}

export interface ClinicalChoice {
  /** Name and version of the mapping, for the record. */
  readonly mappingName: string;
  /** Whether patients the vault does not know get a pseudonym; refused where not. */
  readonly admitUnknown: boolean;
  /** Whether lines with errors are left out instead of refusing the file. */
  readonly validRowsOnly: boolean;
}

/** Nothing was imported; the report says why. */
export class ClinicalImportRefused extends Error {
  override readonly name = 'ClinicalImportRefused';
  readonly report: ClinicalReport;

  constructor(report: ClinicalReport) {
    super(
      `Nothing was imported: ${report.errors} errors. Correct the file or the mapping, or import the valid rows only.`,
    );
    this.report = report;
  }
}

interface Prepared {
  readonly report: ClinicalReport;
  readonly rows: readonly ClinicalRowToWrite[];
  readonly patients: readonly { readonly pseudonym: string; readonly identity: Identity }[];
}

interface Pass {
  readonly findings: readonly Finding[];
  /** Lines that have to be left out, by `lineKey`; undefined where an error is not of a line. */
  readonly faulty: ReadonlySet<string> | undefined;
  readonly rows: readonly ClinicalRowToWrite[];
  readonly patients: Prepared['patients'];
  readonly counts: Omit<ClinicalCounts, 'linesLeftOut'>;
}

const ISSUES: Record<
  'objected' | 'not-listed' | 'ambiguous' | 'unknown',
  readonly [FindingCode, Finding['level'], string]
> = {
  objected: ['patient-objected', 'note', 'This patient objected. Nothing of the patient is imported.'],
  'not-listed': [
    'patient-not-listed',
    'error',
    'This patient has no study ID in the list of the site. Add it with "gatehouse vault list-import".',
  ],
  ambiguous: [
    'patient-ambiguous',
    'error',
    'Several patients of the node have this Patient ID, each from another issuer. Map the issuer.',
  ],
  unknown: [
    'patient-unknown',
    'error',
    'The node knows no patient of this ID from images. Check the ID, or choose to admit patients without images.',
  ],
};

export class ClinicalImporter {
  readonly #parts: ClinicalImporterParts;

  constructor(parts: ClinicalImporterParts) {
    this.#parts = parts;
  }

  propose(file: SourceFile): ClinicalMapping {
    return proposeMapping(file, this.#parts.tables);
  }

  /** What would happen; nothing is written. */
  check(file: SourceFile, mapping: ClinicalMapping, choice: ClinicalChoice): ClinicalReport {
    return this.#prepare(file, mapping, choice).report;
  }

  /**
   * @param by who asked
   * @throws ClinicalImportRefused with the report when something is wrong; nothing was written then
   */
  import(
    file: SourceFile,
    mapping: ClinicalMapping,
    choice: ClinicalChoice,
    by: string,
  ): { id: number; report: ClinicalReport } {
    const { vaultDatabase, identities, optOuts, store, audit, tables } = this.#parts;
    const { report, rows, patients } = this.#prepare(file, mapping, choice);
    if (!report.importable) throw new ClinicalImportRefused(report);
    // The vault's lock is held while the index is written: who objects now is asked for again, and waits if later.
    const id = vaultDatabase
      .transaction(() => {
        for (const { pseudonym, identity } of patients) {
          if (optOuts.covers(identity)) throw new Error('A patient objected this moment. Import the file again.');
          identities.remember(pseudonym, identity);
        }
        const facts = { format: file.format, mapping: choice.mappingName, modelVersion: tables.model.version, by };
        return store.write({ ...facts, counts: { ...report.counts } }, rows);
      })
      .immediate();
    const { counts } = report;
    const left = choice.validRowsOnly ? `; valid rows only, ${counts.linesLeftOut} lines left out` : '';
    audit.record({
      actor: by,
      action: 'clinical.imported',
      subject: `clinical import ${id}`,
      detail: `${counts.rows} rows of ${counts.patients} patients, ${counts.newPatients} without images before, ${counts.objected} objected${left}`,
    });
    this.#parts.onChanged(patients.map(({ pseudonym }) => pseudonym));
    return { id, report };
  }

  /** @returns rows taken out; undefined where there is no such import to withdraw */
  withdraw(id: number, by: string): number | undefined {
    const patients = this.#parts.store.patientsOf(id);
    const rows = this.#parts.store.withdraw(id, by);
    if (rows === undefined) return undefined;
    this.#parts.audit.record({
      actor: by,
      action: 'clinical.withdrawn',
      subject: `clinical import ${id}`,
      detail: `${rows} rows`,
    });
    this.#parts.onChanged(patients);
    return rows;
  }

  #prepare(file: SourceFile, mapping: ClinicalMapping, choice: ClinicalChoice): Prepared {
    const { tables } = this.#parts;
    const objections = mappingObjections(mapping, tables.model, tables.ontology);
    const ofMapping = objections.map(
      (message): Finding => ({ code: 'column-not-mapped', level: 'error', place: WHOLE_FILE, message }),
    );
    const before = [...file.findings, ...ofMapping];
    const without = new Set<string>();
    let pass = this.#pass(file, mapping, choice, without);
    const findings: Finding[] = [...before, ...pass.findings];
    const lines = pass.counts.lines + file.findings.filter(({ code }) => code === 'wrong-number-of-cells').length;
    if (choice.validRowsOnly && objections.length === 0) {
      while (pass.faulty !== undefined && pass.faulty.size > 0) {
        for (const line of pass.faulty) without.add(line);
        pass = this.#pass(file, mapping, choice, without);
        findings.push(...pass.findings.filter(({ level, place }) => level === 'error' && !without.has(lineKey(place))));
      }
    }
    const clean = pass.faulty?.size === 0 && objections.length === 0;
    const importable =
      clean && pass.rows.length > 0 && (choice.validRowsOnly || !findings.some(({ level }) => level === 'error'));
    const tally = Map.groupBy(pass.rows, ({ table }) => table);
    const report = reportOf(file, findings, {
      counts: { ...pass.counts, lines, linesLeftOut: lines - pass.counts.lines },
      tables: [...tally].map(([table, rows]) => ({ table, rows: rows.length })),
      importable,
    });
    return { report, rows: pass.rows, patients: pass.patients };
  }

  #pass(
    file: SourceFile,
    mapping: ClinicalMapping,
    { admitUnknown }: ClinicalChoice,
    without: ReadonlySet<string>,
  ): Pass {
    const { tables, identity, store, now = () => new Date() } = this.#parts;
    const read = recordsOf(file, mapping, tables, without);
    for (const patient of read.patients) completePatient(patient);
    const resolved = new Map<ClinicalPatient, Resolved>(
      read.patients.map((patient) => [patient, identity.resolve(patient)]),
    );
    const findings: Finding[] = [...read.findings];
    const faulty = new Set<string>();
    const taken: ClinicalPatient[] = [];
    for (const [patient, found] of resolved) {
      const issue = found.kind !== 'found' ? found.kind : found.known || admitUnknown ? undefined : 'unknown';
      if (issue === undefined) taken.push(patient);
      else {
        const [code, level, message] = ISSUES[issue];
        findings.push({ code, level, place: patient.place, message });
        if (level === 'error') for (const line of patient.lines) faulty.add(line);
      }
    }
    const existingOf = (patient: ClinicalPatient) => {
      const found = resolved.get(patient);
      return found?.kind === 'found' ? store.importedRowsOf(found.pseudonym) : [];
    };
    findings.push(
      ...validatePatients(taken, {
        model: tables.model,
        today: now().toISOString().slice(0, 10),
        hasPatientRow: (patient) => existingOf(patient).some(({ table }) => table === 'patient'),
      }),
    );
    const rows: ClinicalRowToWrite[] = [];
    const patients: { pseudonym: string; identity: Identity }[] = [];
    let [newPatients, rowsThere] = [0, 0];
    const error = (code: FindingCode, place: Place, message: string) =>
      findings.push({ code, level: 'error', place, message });
    for (const patient of taken) {
      const found = resolved.get(patient);
      if (found?.kind !== 'found') continue;
      const made = deidentifyPatient(patient, { ...found, existing: existingOf(patient) }, tables.model);
      for (const column of residueIn(made.rows, found.identity, patient.birthDate?.text))
        error(
          'identifier-left',
          patient.place,
          `Something that identifies this patient would stand in ${column}. Map the column to codes, or leave it aside.`,
        );
      if (made.contradicting)
        error(
          'row-is-there',
          made.contradicting.place,
          'An earlier import says otherwise about this patient. Withdraw that import, or leave these columns aside.',
        );
      for (const { place } of made.there)
        findings.push({
          code: 'row-is-there',
          level: 'note',
          place,
          message: 'This row is in the index already and is not imported again.',
        });
      rows.push(...made.rows);
      rowsThere += made.there.length;
      if (!found.known) newPatients += 1;
      patients.push({ pseudonym: found.pseudonym, identity: found.identity });
    }
    const errors = findings.filter(({ level }) => level === 'error');
    for (const { place } of errors) if (place.line !== null) faulty.add(lineKey(place));
    const objected = [...resolved.values()].filter(({ kind }) => kind === 'objected').length;
    return {
      findings,
      faulty: errors.some(({ place }) => place.line === null) ? undefined : faulty,
      rows,
      patients,
      counts: { lines: read.lines, patients: patients.length, newPatients, objected, rows: rows.length, rowsThere },
    };
  }
}
