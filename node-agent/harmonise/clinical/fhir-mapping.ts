/** How the columns that are read of FHIR R4 resources become columns of the common data model. */
import type { CommonDataModel, ModelColumn } from '../common-data-model.ts';
import { columnOf } from '../common-data-model.ts';
import type { HyperOntology } from '../ontology/hyper-ontology.ts';
import type { ClinicalTerms } from './clinical-terms.ts';
import type { ClinicalMapping, ColumnMapping, PartMapping } from './mapping.ts';
import { SEPARATOR, type SourceFile, type SourceTable } from './source-table.ts';
import { codeInColumn } from './value-set.ts';

interface FhirTables {
  readonly model: CommonDataModel;
  readonly ontology: HyperOntology;
  readonly terms: ClinicalTerms;
}

/** Codes of FHIR's own that are no codes of a system: gender. */
const GENDERS = { male: 'COM1001366', female: 'COM1001370', other: 'COM1001053', unknown: 'COM1001289' };
const BIRTH_SEXES = { M: 'COM1001366', F: 'COM1001370', OTH: 'COM1001053', UNK: 'COM1001289', ASKU: 'COM1001289' };
/** Procedures that give evidence and do not treat. */
const EVIDENCE = /biops|aspiration|examination|screening/iu;

/** Parts that the bundle does not have are left out. */
export function fhirMapping(file: SourceFile, tables: FhirTables): ClinicalMapping {
  return {
    format: 'fhir',
    parts: file.tables.map((table) => ({
      part: table.part,
      patientId: 'identifier',
      ...(hasValues(table, 'identifier.assigner') ? { issuer: { column: 'identifier.assigner' } } : {}),
      ...partFor(table, tables),
    })),
  };
}

type Part = Omit<PartMapping, 'part' | 'patientId' | 'issuer'>;

function partFor(table: SourceTable, tables: FhirTables): Part {
  const to = (column: string, target: string, more: Partial<ColumnMapping> = {}): ColumnMapping => ({
    column,
    target,
    row: '1',
    ...more,
  });
  const rest = { constants: [], leaveUnknownAside: true, ignored: ['identifier.assigner'] };
  switch (table.part) {
    case 'Patient': {
      const birthSex = hasValues(table, 'birthSex');
      return {
        ...rest,
        birthDate: { column: 'birthDate' },
        columns: [
          birthSex
            ? to('birthSex', 'patient.patient_birth_sex', { values: BIRTH_SEXES })
            : to('gender', 'patient.patient_birth_sex', { values: GENDERS }),
          to('deceased', 'patient.patient_deceased'),
          to('deceasedDateTime', 'patient.patient_date_of_last_contact'),
        ],
        ignored: [...rest.ignored, birthSex ? 'gender' : 'birthSex'],
      };
    }
    case 'Condition':
      return {
        ...rest,
        columns: [
          to('code', 'cancer_condition.cancer_condition_code'),
          to('bodySite', 'cancer_condition.cancer_condition_topography'),
          to('histology', 'cancer_condition.cancer_condition_histology_morphology'),
          to('assertedDate', 'cancer_condition.cancer_condition_asserted_date'),
          to('profile', 'cancer_condition.cancer_condition_type'),
        ],
        ignored: [...rest.ignored, 'stage'],
      };
    case 'Observation':
      return {
        ...rest,
        columns: [
          to('code', 'tumor_marker_test.tumor_marker_test_code'),
          to('valueQuantity', 'tumor_marker_test.tumor_marker_test_value'),
          to('valueQuantity.unit', 'tumor_marker_test.tumor_marker_test_unit', { values: unitsOf(table, tables) }),
          to('effectiveDate', 'tumor_marker_test.tumor_marker_test_date'),
        ],
        ignored: [...rest.ignored, 'valueCodeableConcept'],
      };
    default: {
      const { evidence, treatment } = proceduresOf(table, tables);
      return {
        ...rest,
        columns: [
          to('code', 'procedure.procedure_code', { values: treatment }),
          to('performedDate', 'procedure.procedure_date'),
          to('code', 'treatment.treatment_type', { values: evidence }),
          to('performedDate', 'treatment.treatment_start_date'),
          to('performedEnd', 'treatment.treatment_end_date'),
        ],
        ignored: [...rest.ignored, 'category', 'bodySite'],
      };
    }
  }
}

/** A procedure is evidence or treatment, by its label; to the other table it is no value. */
function proceduresOf(table: SourceTable, { model, ontology, terms }: FhirTables) {
  const column = columnOf(model, 'procedure', 'procedure_code') as ModelColumn;
  const evidence: Record<string, string> = {};
  const treatment: Record<string, string> = {};
  for (const word of wordsOf(table, 'code')) {
    const label = terms.ofCode(word).flatMap((code) => codeInColumn(ontology, column, code)?.label ?? [])[0];
    const isEvidence = label !== undefined && EVIDENCE.test(label);
    (isEvidence ? evidence : treatment)[word] = '';
  }
  return { evidence, treatment };
}

function unitsOf(table: SourceTable, { terms }: FhirTables): Record<string, string> {
  return Object.fromEntries(
    wordsOf(table, 'valueQuantity.unit').flatMap((unit) => {
      const code = terms.ofCode(`http://unitsofmeasure.org|${unit}`)[0];
      return code === undefined ? [] : [[unit, code]];
    }),
  );
}

function wordsOf({ columns, rows }: SourceTable, name: string): string[] {
  const index = columns.findIndex((column) => column.name === name);
  return [...new Set(rows.flatMap(({ cells }) => (cells[index] ?? '').split(SEPARATOR)))].filter((word) => word !== '');
}

function hasValues(table: SourceTable, name: string): boolean {
  return wordsOf(table, name).length > 0;
}
