/** What the API sees of clinical tables. */
import { Problem } from '../api/problem.ts';
import type { ClinicalPort } from '../api/services.ts';
import { ClinicalRowTaken } from '../catalogue/clinical/clinical-store.ts';
import { ClinicalFileError, type Finding } from '../harmonise/clinical/finding.ts';
import { mappingSchema } from '../harmonise/clinical/mapping.ts';
import { isMappable } from '../harmonise/clinical/mapping-objections.ts';
import { readClinicalFile } from '../harmonise/clinical/readers/read-clinical-file.ts';
import type { SourceFile } from '../harmonise/clinical/source-table.ts';
import { ClinicalDrafts, sketchOf } from '../pipeline/clinical/clinical-drafts.ts';
import { type ClinicalChoice, ClinicalImportRefused } from '../pipeline/clinical/clinical-importer.ts';
import type { ClinicalReport } from '../pipeline/clinical/clinical-report.ts';
import type { SettingValues } from '../settings/manifest.ts';
import { buildClinicalSide, type ClinicalSide } from './clinical-side.ts';
import type { Foundation } from './foundation.ts';

type Target = ReturnType<ClinicalPort['targets']>[number];

/** The tables are read when they are first asked for: a node without clinical data needs no ontology in memory. */
export function buildClinicalPort(foundation: Foundation, settings: SettingValues): ClinicalPort {
  const { clinical: store, clinicalRecords, audit } = foundation;
  const drafts = new ClinicalDrafts();
  let built: ClinicalSide | undefined;
  const side = () => {
    built ??= buildClinicalSide(foundation, settings);
    return built;
  };
  const state = () => {
    const { patients, tables } = store.counts();
    return { patients, tables: [...tables], imports: store.imports() };
  };
  const draftOf = (id: string): SourceFile => {
    const file = drafts.find(id);
    if (file === undefined)
      throw new Problem(404, 'Not found', 'The file is not there any more: it is kept for an hour. Choose it again.');
    return file;
  };
  const named = (name: string, choice: Omit<ClinicalChoice, 'mappingName'>): ClinicalChoice => ({
    ...choice,
    mappingName: name,
  });
  return {
    state: () => {
      if (store.counts().patients > 0) side().timepoints.catchUp();
      return state();
    },
    targets: () => targetsOf(side()),
    mappings: () => clinicalRecords.mappings(),
    mapping: (name) => {
      const found = clinicalRecords.mapping(name);
      if (found === undefined) throw new Problem(404, 'Not found', 'There is no mapping of this name.');
      return { ...found, mapping: mappingSchema.parse(found.mapping) };
    },
    removeMapping: (name, by) => {
      if (!clinicalRecords.removeMapping(name))
        throw new Problem(404, 'Not found', 'There is no mapping of this name.');
      audit.record({ actor: by, action: 'clinical.mapping-removed', subject: 'mapping' });
      return clinicalRecords.mappings();
    },
    read: async ({ content, encoding, delimiter }) => {
      const file = await inProblems(() => readClinicalFile(Buffer.from(content, 'base64'), { encoding, delimiter }));
      const { importer, tables } = side();
      const proposal = importer.propose(file);
      return {
        id: drafts.keep(file),
        format: file.format,
        recognised: [...file.recognised],
        findings: file.findings.map(findingOf),
        proposal,
        parts: file.tables.map((table) => ({
          part: table.part,
          rows: table.rows.length,
          columns: sketchOf(table, proposal, tables.terms).map((column) => ({ ...column, words: [...column.words] })),
        })),
      };
    },
    check: (id, { mapping, ...choice }) => reportOf(side().importer.check(draftOf(id), mapping, named('', choice))),
    import: (id, { mapping, saveAs, ...choice }, by) => {
      const file = draftOf(id);
      let name = 'not saved';
      if (saveAs !== undefined) {
        const version = clinicalRecords.saveMapping(saveAs, mapping, by);
        audit.record({ actor: by, action: 'clinical.mapping-saved', subject: `mapping version ${version}` });
        name = `${saveAs} v${version}`;
      }
      try {
        const { id: importId, report } = side().importer.import(file, mapping, named(name, choice), by);
        clinicalRecords.keepReport(report, 'imported', importId, by);
        drafts.discard(id);
        return { importId, report: reportOf(report) };
      } catch (error) {
        if (error instanceof ClinicalRowTaken) throw new Problem(409, 'Not imported', error.message);
        if (!(error instanceof ClinicalImportRefused)) throw error;
        clinicalRecords.keepReport(error.report, 'refused', null, by);
        return { importId: null, report: reportOf(error.report) };
      }
    },
    discard: (id) => drafts.discard(id),
    withdraw: (importId, by) => {
      if (side().importer.withdraw(importId, by) === undefined)
        throw new Problem(409, 'Not withdrawn', 'There is no such import, or it is withdrawn already.');
      return state();
    },
  };
}

function targetsOf({ tables: { model } }: ClinicalSide): Target[] {
  return model.tables
    .filter(({ kind }) => kind === 'table')
    .flatMap((table) =>
      table.columns.filter(isMappable).map(({ name, kind, status, values = [] }) => ({
        target: `${table.name}.${name}`,
        kind: kind as Target['kind'],
        status,
        codes: values.map(({ code, label }) => ({ code, label })),
      })),
    );
}

function findingOf({ code, level, place, message }: Finding) {
  return { code, level, place: place.text, message };
}

function reportOf(report: ClinicalReport) {
  return {
    ...report,
    recognised: [...report.recognised],
    tables: [...report.tables],
    findings: report.findings.map(findingOf),
  };
}

async function inProblems<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClinicalFileError) throw new Problem(422, 'The file cannot be read', error.message);
    throw error;
  }
}
