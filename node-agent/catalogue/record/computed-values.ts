/**
 * The values of a record that nobody types: from the index, as far as the disclosure policy lets them out. Every form of the
 * record is made from these, so that no form says more than another.
 */
import type { CategoryFigure } from '../dataset-figures.ts';
import type { Fields, FieldValue } from './fields.ts';
import type { PropertyTable } from './property-table.ts';
import type { RecordFigures } from './record-figures.ts';

/** The count that may be shown for a count of patients or studies; 0 when none may. */
export type Disclose = (count: number) => number;

/** A column of the clinical tables in words. */
export interface ClinicalColumn {
  readonly table: string;
  readonly tableTitle: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Of CSVW, such as `date`. */
  readonly datatype: string;
}

export interface DatasetFacts {
  readonly datasetId: string;
  /** EUCAIM code of the cancer. */
  readonly conditionCode: string;
  readonly version: number;
  /** `YYYY-MM-DD`; null while it has not happened. */
  readonly checkedOn: string | null;
  readonly publishedOn: string | null;
}

const APPROXIMATE =
  'Whole years, and only those with enough patients. De-identification changes the dates, so both ends are approximate.';

/** Segmentations and structure sets are of images; the modality of the record is that of the images. */
export function computedFields(
  table: PropertyTable,
  facts: DatasetFacts,
  figures: RecordFigures,
  disclose: Disclose,
  clinicalColumns: readonly ClinicalColumn[],
): Fields {
  const enough = ({ patients }: { readonly patients: number }) => disclose(patients) > 0;
  const codes = (categories: readonly CategoryFigure[]) =>
    categories.filter(enough).map(({ code }) => table.expand(`eucaim:${code}`));
  const bands = figures.ageBands.filter(enough);
  const years = figures.years.filter(enough);
  const columns = describedColumns(figures, enough, clinicalColumns);
  const fields: Record<string, readonly FieldValue[]> = {
    'dct:identifier': [identifierOf(table, facts.datasetId)],
    'dcat:version': [`${facts.version}.0.0`],
    'eucaim:hasCondition': facts.conditionCode === '' ? [] : [table.expand(`eucaim:${facts.conditionCode}`)],
    'healthdcatap:hasStructuredData': [String(columns.length > 0)],
    'healthdcatap:hasVariables': columns.length > 0 ? [tableGroup(columns)] : [],
    'healthdcatap:numberOfUniqueIndividuals': counted(disclose(figures.patients)),
    'healthdcatap:numberOfRecords': enough(figures) ? counted(disclose(figures.studies)) : [],
    'eucaim:hasBirthSex': codes(figures.sexes),
    'healthdcatap:minTypicalAge': bands.slice(0, 1).map(({ from }) => String(from)),
    'healthdcatap:maxTypicalAge': bands.slice(-1).map(({ to }) => String(to)),
    'eucaim:hasImageModality': codes(figures.modalities),
    'eucaim:hasEquipmentManufacturer': codes(figures.manufacturers),
    'eucaim:hasImageBodyPart': codes(figures.bodyParts),
    'dct:temporal': years.length === 0 ? [] : [period(years[0]?.year, years.at(-1)?.year)],
    'eucaim:nbrOfSegmentations': enough(figures.segmented) ? counted(disclose(figures.segmented.studies)) : [],
    'dqv:hasQualityAnnotation': figures.quality === undefined ? [] : qualityAnnotation(figures.quality),
    'dct:issued': facts.publishedOn === null ? [] : [facts.publishedOn],
    'dct:modified': facts.checkedOn === null ? [] : [facts.checkedOn],
  };
  return Object.fromEntries(Object.entries(fields).filter(([, values]) => values.length > 0));
}

/** The dataset's address in the EUCAIM catalogue. */
export function identifierOf({ datasetBase }: PropertyTable, datasetId: string): string {
  return `${datasetBase}${encodeURIComponent(datasetId)}`;
}

/** A count the policy holds back is left out: 0 would be a false statement. */
function counted(shown: number): string[] {
  return shown > 0 ? [String(shown)] : [];
}

function period(first: number | undefined, last: number | undefined): Fields {
  return {
    'dcat:startDate': [`${String(first).padStart(4, '0')}-01-01`],
    'dcat:endDate': [`${String(last).padStart(4, '0')}-12-31`],
    'dct:description': [inEnglish(APPROXIMATE)],
  };
}

function describedColumns(
  { clinicalColumns }: RecordFigures,
  enough: (figure: { readonly patients: number }) => boolean,
  known: readonly ClinicalColumn[],
): ClinicalColumn[] {
  const shown = new Set(clinicalColumns.filter(enough).map(({ table, column }) => `${table}.${column}`));
  return known.filter(({ table, name }) => shown.has(`${table}.${name}`));
}

/** CSVW's vocabulary: a group of tables with their columns. */
function tableGroup(columns: readonly ClinicalColumn[]): Fields {
  const tables = [...Map.groupBy(columns, ({ table }) => table).values()];
  return {
    'dct:title': [inEnglish('Clinical tables')],
    'csvw:table': tables.map((members) => ({
      'dct:title': [inEnglish(members[0]?.tableTitle ?? '')],
      'csvw:column': members.map(({ name, title, description, datatype }) => ({
        'csvw:name': [name],
        'csvw:titles': [inEnglish(title)],
        'csvw:title': [inEnglish(title)],
        'dct:description': [inEnglish(description)],
        'csvw:datatype': [datatype],
      })),
    })),
  };
}

function qualityAnnotation({ total, rulesVersion, scores }: NonNullable<RecordFigures['quality']>): Fields[] {
  if (total === null) return [];
  const parts = scores.flatMap(({ dimension, score }) => (score === null ? [] : [`${dimension} ${Math.round(score)}`]));
  const sentence = `Quality score ${Math.round(total)} of 100 by the rules of Gatehouse ${rulesVersion}`;
  return [{ 'rdfs:label': [inEnglish(parts.length > 0 ? `${sentence}: ${parts.join(', ')}.` : `${sentence}.`)] }];
}

function inEnglish(text: string): FieldValue {
  return { text, language: 'en' };
}
