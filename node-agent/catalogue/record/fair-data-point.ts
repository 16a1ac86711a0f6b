/**
 * The published datasets as a FAIR Data Point hands them out: a point, its catalogue, datasets and distributions, each at an
 * address of its own that links to the next (FDP specification; W3C Linked Data Platform §5, direct containers).
 */
import type { CatalogueRecord, CatalogueRecords } from './catalogue-records.ts';
import type { Fields } from './fields.ts';
import { resourceOf } from './fields.ts';
import { english, iri, type Resource, type Term } from './graph.ts';

export interface FdpDocument {
  /** For the head of a page. */
  readonly title: string;
  /** The document's own resource first. */
  readonly resources: readonly Resource[];
  /** Where to go from here, with words. */
  readonly links: readonly { readonly address: string; readonly title: string }[];
}

const CATALOGUE = 'catalog/datasets';

export class FairDataPoint {
  readonly #records: CatalogueRecords;
  readonly #name: string;

  /** @param name of the site */
  constructor(records: CatalogueRecords, name: string) {
    this.#records = records;
    this.#name = name;
  }

  /**
   * @param base address of the point, without a slash at its end
   * @param path below it, with a slash at its beginning or empty
   * @returns undefined where there is nothing, or nothing published
   */
  document(base: string, path: string): FdpDocument | undefined {
    const place = path.replace(/\/+$/u, '').replace(/^\/+/u, '');
    if (place === '') return this.#point(base);
    if (place === CATALOGUE) return this.#catalogue(base);
    const [, kind, id = ''] = /^(dataset|distribution)\/([A-Za-z0-9-]+)(?:\.\d+)?$/u.exec(place) ?? [];
    if (kind === undefined) return undefined;
    if (!this.#records.published().includes(id)) return undefined;
    const record = this.#records.record(id);
    if (kind === 'dataset') return place.includes('.') ? undefined : this.#dataset(base, record);
    return this.#distribution(base, record, `${base}/${place}`);
  }

  #point(base: string): FdpDocument {
    const catalogue = `${base}/${CATALOGUE}`;
    const title = `${this.#name}: FAIR Data Point`;
    const about = this.#records.catalogueFields();
    const publisher = resourceOf(this.#records.table, 'catalogue', about).properties.get('dct:publisher') ?? [];
    const point: Resource = {
      iri: base,
      types: ['fdpo:FAIRDataPoint', 'dcat:DataService'],
      properties: withValues({
        'dct:title': [english(title)],
        'dct:description': [english('The published cancer imaging datasets of this site.')],
        'dct:publisher': publisher,
        'dcat:endpointURL': [iri(base)],
        'dct:conformsTo': [iri('https://specs.fairdatapoint.org/')],
        'fdpo:metadataCatalog': [iri(catalogue)],
      }),
    };
    return {
      title,
      resources: [point, container(`${base}/catalog/`, 'Catalogues', base, 'fdpo:metadataCatalog', [catalogue])],
      links: [{ address: catalogue, title: 'Catalogue of datasets' }],
    };
  }

  #catalogue(base: string): FdpDocument {
    const address = `${base}/${CATALOGUE}`;
    const { table } = this.#records;
    const records = this.#records.published().map((id) => this.#records.record(id));
    const datasets = records.map(({ dataset }) => `${base}/dataset/${dataset.id}`);
    const fields: Fields = { ...this.#records.catalogueFields(), 'dcat:dataset': datasets };
    const resource = below(resourceOf(table, 'catalogue', fields, address), base);
    return {
      title: 'Catalogue of datasets',
      resources: [resource, container(`${base}/dataset/`, 'Datasets', address, 'dcat:dataset', datasets)],
      links: records.map(({ dataset }, index) => ({ address: datasets[index] ?? base, title: dataset.title })),
    };
  }

  #dataset(base: string, record: CatalogueRecord): FdpDocument {
    const { id, title } = record.dataset;
    const address = `${base}/dataset/${id}`;
    const distributions = distributionsOf(base, record);
    const addresses = distributions.map((one) => one.iri ?? '');
    const described = below({ ...record.resource, iri: address }, `${base}/${CATALOGUE}`);
    const properties = new Map([...described.properties, ['dcat:distribution', addresses.map(iri)]]);
    return {
      title,
      resources: [
        { ...described, properties },
        ...distributions,
        container(`${base}/distribution/`, 'Distributions', address, 'dcat:distribution', addresses),
      ],
      links: addresses.map((one, index) => ({ address: one, title: `Distribution ${index + 1}` })),
    };
  }

  #distribution(base: string, record: CatalogueRecord, address: string): FdpDocument | undefined {
    const resource = distributionsOf(base, record).find((one) => one.iri === address);
    if (resource === undefined) return undefined;
    const dataset = `${base}/dataset/${record.dataset.id}`;
    return {
      title: `Distribution of ${record.dataset.title}`,
      resources: [below(resource, dataset)],
      links: [{ address: dataset, title: record.dataset.title }],
    };
  }
}

/** With addresses of their own, which nested resources of a record do not have. */
function distributionsOf(base: string, { dataset, resource }: CatalogueRecord): Resource[] {
  const terms = resource.properties.get('dcat:distribution') ?? [];
  return terms.flatMap((term, index) =>
    term.kind === 'resource' ? [{ ...term.resource, iri: `${base}/distribution/${dataset.id}.${index + 1}` }] : [],
  );
}

function below(resource: Resource, parent: string): Resource {
  return { ...resource, properties: new Map([...resource.properties, ['dct:isPartOf', [iri(parent)]]]) };
}

function container(address: string, title: string, member: string, relation: string, contains: readonly string[]) {
  return {
    iri: address,
    types: ['ldp:DirectContainer'],
    properties: withValues({
      'dct:title': [english(title)],
      'ldp:membershipResource': [iri(member)],
      'ldp:hasMemberRelation': [iri(relation)],
      'ldp:contains': contains.map(iri),
    }),
  } satisfies Resource;
}

function withValues(properties: Readonly<Record<string, readonly Term[]>>): Map<string, readonly Term[]> {
  return new Map(Object.entries(properties).filter(([, terms]) => terms.length > 0));
}
