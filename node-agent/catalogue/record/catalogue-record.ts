/** The EUCAIM DCAT-AP v2.0 record of a dataset: what a person declared, and counts the disclosure policy lets out. */
import type { CategoryFigure, DatasetFigures } from '../dataset-figures.ts';
import { english, iri, nested, plain, propertiesOf, type Resource, type Term, typed } from './graph.ts';
import { type JsonLd, toJsonLd } from './json-ld.ts';
import type { RecordProfile } from './profile.ts';
import { toTurtle } from './turtle.ts';

/** What a person declared about a dataset. */
export interface DeclaredDataset {
  readonly datasetId: string;
  readonly title: string;
  readonly description: string;
  /** EUCAIM code, a subclass of CLIN1007977. */
  readonly conditionCode: string;
  readonly publisher: string;
  readonly contactEmail: string;
  readonly keywords: readonly string[];
  readonly provenance: string;
  readonly accessUrl: string;
  /** ISO 8601, UTC; gives the version of the dataset (calendar versioning). */
  readonly createdAt: string;
}

/** The count that may be shown for a count of patients or studies; 0 when none may. */
export type Disclose = (count: number) => number;

export interface CatalogueRecord {
  readonly jsonld: JsonLd;
  readonly turtle: string;
  /** Mandatory properties without a value, as prefixed names; empty when the record is complete. */
  readonly missing: readonly string[];
}

/**
 * Builds the record. Categories and age bands appear only where the policy lets their number of
 * patients out; acquisition dates are left out because they are shifted.
 */
export function buildRecord(
  profile: RecordProfile,
  dataset: DeclaredDataset,
  figures: DatasetFigures,
  disclose: Disclose,
): CatalogueRecord {
  const record = describeDataset(profile, dataset, figures, disclose);
  return {
    jsonld: toJsonLd(record, profile.prefixes),
    turtle: toTurtle(record, profile.prefixes),
    missing: profile.mandatory.filter((property) => !record.properties.has(property)),
  };
}

function describeDataset(
  profile: RecordProfile,
  dataset: DeclaredDataset,
  figures: DatasetFigures,
  disclose: Disclose,
): Resource {
  const identifier = `${profile.datasetBase}${encodeURIComponent(dataset.datasetId)}`;
  const codes = (categories: readonly CategoryFigure[]) =>
    categories.filter(({ patients }) => disclose(patients) > 0).map(({ code }) => iri(`eucaim:${code}`));
  return {
    iri: identifier,
    types: ['dcat:Dataset'],
    properties: propertiesOf({
      'dct:identifier': [typed(identifier, 'xsd:anyURI')],
      'dct:title': stated(dataset.title),
      'dct:description': stated(dataset.description),
      'dcat:version': [plain(calendarVersion(dataset.createdAt))],
      'dcat:keyword': dataset.keywords.flatMap(stated),
      'dct:provenance': stated(dataset.provenance).map((label) =>
        nested(['dct:ProvenanceStatement'], { 'rdfs:label': [label] }),
      ),
      'eucaim:hasCondition': dataset.conditionCode === '' ? [] : [iri(`eucaim:${dataset.conditionCode}`)],
      'dcat:contactPoint': contactPoint(dataset),
      'dct:publisher': publisher(dataset),
      'dcat:distribution': distribution(profile, dataset),
      ...fixedValues(profile.dataset),
      // images only: there are no clinical tables whose variables could be described
      'healthdcatap:hasStructuredData': [typed('false', 'xsd:boolean')],
      'healthdcatap:numberOfUniqueIndividuals': disclosed(figures.patients, disclose),
      'healthdcatap:numberOfRecords': disclosed(figures.studies, disclose),
      ...typicalAges(figures, disclose),
      'eucaim:hasBirthSex': codes(figures.sexes),
      'eucaim:hasImageModality': codes(figures.modalities),
      'eucaim:hasEquipmentManufacturer': codes(figures.manufacturers),
      'eucaim:hasImageBodyPart': codes(figures.bodyParts),
    }),
  };
}

function stated(text: string): Term[] {
  return text.trim() === '' ? [] : [english(text)];
}

function count(value: number): Term {
  return typed(String(value), 'xsd:nonNegativeInteger');
}

/** A count the policy holds back is left out: 0 would be a false statement. */
function disclosed(exact: number, disclose: Disclose): Term[] {
  const shown = disclose(exact);
  return shown > 0 ? [count(shown)] : [];
}

function fixedValues(values: Readonly<Record<string, readonly string[]>>): Record<string, Term[]> {
  return Object.fromEntries(Object.entries(values).map(([property, names]) => [property, names.map(iri)]));
}

function calendarVersion(createdAt: string): string {
  return createdAt.slice(0, 10).replaceAll('-', '.');
}

function contactPoint({ publisher, contactEmail }: DeclaredDataset): Term[] {
  if (contactEmail === '') return [];
  return [
    nested(['vcard:Organization'], { 'vcard:fn': [plain(publisher)], 'vcard:hasEmail': [mailbox(contactEmail)] }),
  ];
}

function publisher({ publisher, contactEmail }: DeclaredDataset): Term[] {
  if (publisher === '') return [];
  const contact = nested(['cv:ContactPoint'], { 'cv:email': [plain(contactEmail)] });
  return [nested(['foaf:Agent'], { 'foaf:name': [plain(publisher)], 'cv:contactPoint': [contact] })];
}

function mailbox(email: string): Term {
  return iri(`mailto:${email}`);
}

function distribution(profile: RecordProfile, { accessUrl }: DeclaredDataset): Term[] {
  if (accessUrl === '') return [];
  return [nested(['dcat:Distribution'], { 'dcat:accessURL': [iri(accessUrl)], ...fixedValues(profile.distribution) })];
}

/** The outer ends of the age bands that may be shown; approximate by the width of a band. */
function typicalAges({ ageBands }: DatasetFigures, disclose: Disclose): Record<string, Term[]> {
  const shown = ageBands.filter(({ patients }) => disclose(patients) > 0);
  const [first, last] = [shown[0], shown.at(-1)];
  if (!first || !last) return {};
  return { 'healthdcatap:minTypicalAge': [count(first.from)], 'healthdcatap:maxTypicalAge': [count(last.to)] };
}
