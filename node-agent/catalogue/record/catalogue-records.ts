/** The catalogue records of this node: what people answered and what the index says, put together, checked, and written. */
import type { SqliteDatabase } from '../../store/database.ts';
import type { CohortFilter } from '../cohort-condition.ts';
import { type ClinicalColumn, computedFields, type Disclose, identifierOf } from './computed-values.ts';
import { type RecordedDataset, RecordFieldStore, type SiteFields, type Stored } from './field-store.ts';
import { type Fields, mergeFields, readFields, resourceOf } from './fields.ts';
import { english, type Resource } from './graph.ts';
import { type JsonLd, toJsonLd } from './json-ld.ts';
import type { PropertyTable } from './property-table.ts';
import { figuresIfFixed, recordFigures } from './record-figures.ts';
import { type NodeShape, shapesOf } from './shapes.ts';
import { TripleIndex, triplesOf } from './triples.ts';
import { toTurtle } from './turtle.ts';
import { type Finding, validate } from './validate.ts';

export type RecordErrorKind = 'not-found' | 'not-a-draft' | 'invalid-input';

/** A request that cannot be fulfilled; the message is a sentence for whoever asked. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly kind: RecordErrorKind;

  constructor(kind: RecordErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface CatalogueRecord {
  readonly dataset: RecordedDataset;
  /** Everything the record says, in the order of the table. */
  readonly fields: Fields;
  readonly resource: Resource;
  readonly turtle: string;
  readonly jsonld: JsonLd;
  /** Against the shapes. */
  readonly findings: readonly Finding[];
  /** True once a second person released the dataset and it was published. */
  readonly approved: boolean;
}

export interface RecordAnswers {
  readonly answers: Stored<Fields>;
  readonly site: Stored<SiteFields>;
  /** From the index and the disclosure policy. */
  readonly computed: Fields;
}

export interface CatalogueRecordsParts {
  readonly database: SqliteDatabase;
  readonly table: PropertyTable;
  readonly disclose: Disclose;
  readonly clinicalColumns: readonly ClinicalColumn[];
  /** UIDs of the series a cohort finds now: the members a draft would get. */
  readonly cohort: (query: CohortFilter) => readonly string[];
  readonly audit: { record(entry: { actor: string; action: string; subject: string; detail?: string }): unknown };
  /** What the catalogue is called while nobody said otherwise. */
  readonly catalogueDefaults: Fields;
  readonly now?: () => Date;
}

export const DRAFT_REMARK =
  'Draft: this record was not approved and published. It is for review inside the hospital and must not be handed on.';

const NOTHING_TO_SHOW =
  'It is computed: no value in the index is shared by enough patients to be shown. Widen the cohort, or have values mapped that are not.';

export class CatalogueRecords {
  readonly table: PropertyTable;
  readonly #parts: CatalogueRecordsParts;
  readonly #store: RecordFieldStore;
  readonly #shapes: readonly NodeShape[];

  constructor(parts: CatalogueRecordsParts) {
    this.#parts = parts;
    this.table = parts.table;
    this.#store = new RecordFieldStore(parts.database, parts.now ?? (() => new Date()));
    this.#shapes = shapesOf(parts.table);
  }

  /** @throws RecordError `not-found` */
  record(datasetId: string): CatalogueRecord {
    const dataset = this.#find(datasetId);
    const { answers, site, computed } = this.#answersOf(dataset);
    const fields = mergeFields(this.table, 'dataset', computed, answers.fields, site.fields.dataset);
    const approved = dataset.state === 'published';
    const resource = marked(
      resourceOf(this.table, 'dataset', fields, identifierOf(this.table, datasetId)),
      approved ? undefined : DRAFT_REMARK,
    );
    return {
      dataset,
      fields,
      resource,
      turtle: toTurtle([resource], this.table.prefixes, approved ? undefined : DRAFT_REMARK),
      jsonld: toJsonLd([resource], this.table.prefixes),
      findings: this.check([resource]).map((finding) => this.#explained(finding)),
      approved,
    };
  }

  /** Words for the codes of a record that no list of the table has, by IRI. */
  labels({ conditionCode, conditionLabel }: RecordedDataset, fields: Fields): Record<string, string> {
    const base = this.table.expand('eucaim:');
    const iris = Object.values(fields)
      .flat()
      .filter((value): value is string => typeof value === 'string' && value.startsWith(base));
    const known = this.#store.labels(iris.map((value) => value.slice(base.length)));
    const labels = [...known, [conditionCode, conditionLabel] as const];
    return Object.fromEntries(labels.map(([code, label]) => [`${base}${code}`, label]));
  }

  /** What stands between a dataset and a complete record, one sentence for each; for the gate of the register. */
  objections(datasetId: string): readonly string[] {
    const { findings } = this.record(datasetId);
    const violations = findings.filter(({ severity }) => severity === 'violation');
    return [...new Set(violations.map(({ message }) => message))];
  }

  check(resources: readonly Resource[]): Finding[] {
    return this.checkTriples(new TripleIndex(triplesOf(resources, this.table.expand)));
  }

  checkTriples(graph: TripleIndex): Finding[] {
    return validate(this.#shapes, graph);
  }

  /** What the form shows. @throws RecordError `not-found` */
  answers(datasetId: string): RecordAnswers {
    return this.#answersOf(this.#find(datasetId));
  }

  siteAnswers(): Stored<SiteFields> {
    return this.#store.site();
  }

  /**
   * Keeps the answers for a draft as a new version.
   * @param version that the form was filled from: what another person saved meanwhile is not overwritten
   * @throws RecordError `not-found`, `not-a-draft`, `invalid-input`
   */
  save(datasetId: string, document: unknown, version: number, by: string): void {
    const dataset = this.#find(datasetId);
    if (dataset.state !== 'draft') {
      throw new RecordError(
        'not-a-draft',
        `The record of a ${dataset.state} dataset is fixed. Take a checked dataset back to draft, or make a new version of it.`,
      );
    }
    const fields = this.#read('dataset', document);
    const { answers, site, computed } = this.#answersOf(dataset);
    if (answers.version !== version) throw overtaken(answers.by);
    const merged = mergeFields(this.table, 'dataset', computed, fields, site.fields.dataset);
    this.#parts.database.transaction(() => {
      const saved = this.#store.save(datasetId, fields, merged, by);
      const detail = `version ${saved}`;
      this.#parts.audit.record({ actor: by, action: 'record.saved', subject: datasetId, detail });
    })();
  }

  /**
   * Keeps the answers of the site. They act on drafts and on what is checked from now on.
   * @throws RecordError `not-a-draft` where another person saved meanwhile, `invalid-input`
   */
  saveSite(document: { readonly catalogue: unknown; readonly dataset: unknown }, version: number, by: string): void {
    const catalogue = this.#read('catalogue', document.catalogue);
    const dataset = this.#read('dataset', document.dataset);
    const known = this.#store.site();
    if (known.version !== version) throw overtaken(known.by);
    this.#parts.database.transaction(() => {
      const saved = this.#store.saveSite({ catalogue, dataset }, by);
      this.#parts.audit.record({ actor: by, action: 'record.site-saved', subject: 'site', detail: `version ${saved}` });
    })();
  }

  /** Ids of the datasets whose records may be seen outside, oldest first. */
  published(): string[] {
    return this.#store.published();
  }

  /** What is said of the catalogue itself, without its datasets. */
  catalogueFields(): Fields {
    const { catalogue, dataset } = this.#store.site().fields;
    const times = this.published().map((id) => this.#store.dataset(id)?.publishedAt?.slice(0, 10) ?? '');
    const publisher = dataset['dct:publisher'];
    const [first, last] = [times.toSorted().at(0), times.toSorted().at(-1)];
    return mergeFields(
      this.table,
      'catalogue',
      { ...(first ? { 'dct:issued': [first] } : {}), ...(last ? { 'dct:modified': [last] } : {}) },
      catalogue,
      publisher === undefined ? {} : { 'dct:publisher': publisher },
      this.#parts.catalogueDefaults,
    );
  }

  #answersOf(dataset: RecordedDataset): RecordAnswers {
    const { database, disclose, clinicalColumns, cohort } = this.#parts;
    const figures = dataset.fixed
      ? recordFigures(database, dataset.id)
      : figuresIfFixed(database, dataset.id, cohort(JSON.parse(dataset.queryJson) as CohortFilter));
    const facts = {
      datasetId: dataset.id,
      conditionCode: dataset.conditionCode,
      version: dataset.version,
      checkedOn: dataset.state === 'draft' ? null : (dataset.checkedAt?.slice(0, 10) ?? null),
      publishedOn: dataset.publishedAt?.slice(0, 10) ?? null,
    };
    return {
      answers: this.#store.fields(dataset.id),
      // what the site says later does not change a record that was checked
      site: dataset.state === 'draft' ? this.#store.site() : this.#store.site(dataset.checkedAt ?? undefined),
      computed: computedFields(this.table, facts, figures, disclose, clinicalColumns),
    };
  }

  /** What nobody can type needs another way out than typing it. */
  #explained(finding: Finding): Finding {
    const { properties } = this.table.shape('dataset');
    const property = properties.find(({ iri }) => finding.constraint === `dataset-${iri.replace(':', '_')}-minCount`);
    if (property?.origin !== 'computed') return finding;
    return { ...finding, message: `${finding.message} ${NOTHING_TO_SHOW}` };
  }

  #read(shape: string, document: unknown): Fields {
    const result = readFields(this.table, shape, document);
    if ('problem' in result) throw new RecordError('invalid-input', result.problem);
    return result.fields;
  }

  #find(datasetId: string): RecordedDataset {
    const dataset = this.#store.dataset(datasetId);
    if (!dataset) throw new RecordError('not-found', 'There is no dataset with this id.');
    return dataset;
  }
}

function overtaken(by: string | null): RecordError {
  return new RecordError(
    'not-a-draft',
    `${by ?? 'Another person'} saved other answers meanwhile. Reload the page, look at them, and enter yours again.`,
  );
}

/** A draft says of itself that it is one, also where the remark above a file is lost. */
function marked(resource: Resource, remark: string | undefined): Resource {
  if (remark === undefined) return resource;
  return { ...resource, properties: new Map([...resource.properties, ['rdfs:comment', [english(remark)]]]) };
}
