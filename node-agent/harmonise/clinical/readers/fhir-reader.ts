/**
 * Bundles of FHIR R4 (JSON) as tables: Patient, Condition, Observation and Procedure, with the extensions of mCODE that say
 * something for the common data model. What else is in the bundle is left aside and said.
 */
import { ClinicalFileError, type Finding, type Place } from '../finding.ts';
import { SEPARATOR, type SourceColumn, type SourceFile, type SourceRow, type SourceTable } from '../source-table.ts';
import { FHIR_COLUMNS, type FhirNode, type FhirResourceType, isNode, nodesIn } from './fhir-columns.ts';

const MOST_ENTRIES = 500_000;

interface Entry {
  /** From 1. */
  readonly number: number;
  readonly fullUrl: string | undefined;
  readonly resource: FhirNode;
}

/** @throws ClinicalFileError where it is not a Bundle of FHIR R4 as JSON */
export function readFhir(bytes: Uint8Array): SourceFile {
  const entries = entriesOf(parse(bytes));
  const findings: Finding[] = [];
  const patients = patientIdentifiers(entries, findings);
  const tables = (Object.keys(FHIR_COLUMNS) as FhirResourceType[]).flatMap((type) => {
    const own = entries.filter(({ resource }) => resource.resourceType === type);
    return own.length === 0 ? [] : [tableOf(type, own, patients, findings)];
  });
  if (tables.length === 0) {
    throw new ClinicalFileError('empty-file', 'The bundle has no Patient, Condition, Observation or Procedure.');
  }
  findings.push(...leftAside(entries));
  return { format: 'fhir', recognised: [{ what: 'FHIR', value: 'R4 Bundle, JSON' }], tables, findings };
}

function parse(bytes: Uint8Array): FhirNode {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^\ufeff/u, ''));
  } catch {
    throw new ClinicalFileError('unreadable', 'This is not JSON in UTF-8, or it is cut off. Export the bundle again.');
  }
  if (!isNode(content) || content.resourceType !== 'Bundle')
    throw new ClinicalFileError(
      'not-supported',
      'This JSON is not a Bundle of FHIR R4. Export one, of type collection or searchset.',
    );
  return content;
}

function entriesOf(bundle: FhirNode): Entry[] {
  const entries = nodesIn(bundle.entry);
  if (entries.length > MOST_ENTRIES)
    throw new ClinicalFileError('too-large', `The bundle has more than ${MOST_ENTRIES} entries. Divide it.`);
  return entries.flatMap((entry, index) =>
    isNode(entry.resource)
      ? [
          {
            number: index + 1,
            fullUrl: typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined,
            resource: entry.resource,
          },
        ]
      : [],
  );
}

interface PatientIdentity {
  readonly id: string;
  readonly issuer: string;
}

/** By what references may say: `Patient/1`, the full URL, and the identifier itself. */
function patientIdentifiers(entries: readonly Entry[], findings: Finding[]): ReadonlyMap<string, PatientIdentity> {
  const patients = new Map<string, PatientIdentity>();
  for (const { number, fullUrl, resource } of entries) {
    if (resource.resourceType !== 'Patient') continue;
    const identifier = preferred(nodesIn(resource.identifier));
    const id = textIn(identifier?.value);
    if (id === '') {
      findings.push({
        code: 'row-without-patient',
        level: 'error',
        place: entryPlace(number, 'Patient', 'identifier'),
        message: 'This patient has no identifier with a value. The Patient ID of the images belongs there.',
      });
      continue;
    }
    const assigner = isNode(identifier?.assigner) ? textIn(identifier.assigner.display) : '';
    const identity = { id, issuer: assigner };
    if (typeof resource.id === 'string') patients.set(`Patient/${resource.id}`, identity);
    if (fullUrl !== undefined) patients.set(fullUrl, identity);
  }
  return patients;
}

/** The medical record number (HL7 table 0203) where one is marked, else the usual or official one, else the first. */
function preferred(identifiers: readonly FhirNode[]): FhirNode | undefined {
  const isRecordNumber = ({ type }: FhirNode) => isNode(type) && nodesIn(type.coding).some(({ code }) => code === 'MR');
  return (
    identifiers.find(isRecordNumber) ??
    identifiers.find(({ use }) => use === 'usual') ??
    identifiers.find(({ use }) => use === 'official') ??
    identifiers[0]
  );
}

function tableOf(
  type: FhirResourceType,
  entries: readonly Entry[],
  patients: ReadonlyMap<string, PatientIdentity>,
  findings: Finding[],
): SourceTable {
  const described = FHIR_COLUMNS[type];
  const columns: SourceColumn[] = [
    { name: 'identifier', kind: 'text' },
    { name: 'identifier.assigner', kind: 'text' },
    ...described.map(({ name, kind }) => ({ name, kind })),
  ];
  const rows = entries.flatMap(({ number, fullUrl, resource }): SourceRow[] => {
    const reference = type === 'Patient' ? (fullUrl ?? `Patient/${String(resource.id)}`) : subjectOf(resource);
    const patient =
      patients.get(reference) ?? (type === 'Patient' ? patients.get(`Patient/${String(resource.id)}`) : undefined);
    if (patient === undefined) {
      if (type !== 'Patient')
        findings.push({
          code: 'reference-lost',
          level: 'error',
          place: entryPlace(number, type, 'subject'),
          message: 'The subject is not a Patient of this bundle. Export the patients together with their resources.',
        });
      return [];
    }
    const values = described.map(({ values: of }) => of(resource).join(SEPARATOR));
    return [{ line: number, cells: [patient.id, patient.issuer, ...values] }];
  });
  return { part: type, columns, rows };
}

function subjectOf({ subject }: FhirNode): string {
  return isNode(subject) ? textIn(subject.reference) : '';
}

/** Other resources by type, and extensions by their URL, each with how often. `meta` says nothing about a patient. */
function leftAside(entries: readonly Entry[]): Finding[] {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const { resource } of entries) {
    const type = textIn(resource.resourceType);
    if (!Object.hasOwn(FHIR_COLUMNS, type)) {
      count(`resources of type ${/^[A-Za-z]{1,64}$/u.test(type) ? type : 'unknown'}`);
      continue;
    }
    const read = FHIR_COLUMNS[type as FhirResourceType].flatMap(({ extensions }) => extensions ?? []);
    for (const { url } of [...nodesIn(resource.extension), ...nodesIn(resource.modifierExtension)]) {
      const address = textIn(url);
      // A URL could carry anything; the last step of one that looks like a definition names the extension.
      if (!read.includes(address))
        count(
          `extension ${/\/StructureDefinition\/([\w-]{1,100})$/u.exec(address)?.[1] ?? 'without a definition'} of ${type}`,
        );
    }
  }
  return [...counts].map(([what, times]) => ({
    code: 'left-aside',
    level: 'note',
    place: { part: null, line: null, column: null, text: 'the bundle' },
    message: `Left aside: ${what} (${times}).`,
  }));
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function entryPlace(line: number, part: string, column: string): Place {
  return { part, line, column, text: `entry ${line}, ${part}.${column}` };
}
