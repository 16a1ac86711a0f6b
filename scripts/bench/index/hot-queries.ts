/** What people, the hub and the gate ask most, with arguments taken at random from the index itself. */
import { Catalogue } from '../../../node-agent/catalogue/catalogue.ts';
import { CohortQuery } from '../../../node-agent/catalogue/cohort.ts';
import type { CohortFilter } from '../../../node-agent/catalogue/cohort-condition.ts';
import { AstCatalogue } from '../../../node-agent/compute/ast-catalogue.ts';
import { CollectionSearch } from '../../../node-agent/compute/collection-search.ts';
import { parseAst } from '../../../node-agent/compute/focus-ast.ts';
import { DatasetMembership } from '../../../node-agent/governance/dataset-membership.ts';
import { loadVocabularies } from '../../../node-agent/harmonise/vocabulary.ts';
import { VocabularyLookup } from '../../../node-agent/harmonise/vocabulary-lookup.ts';
import type { SqliteDatabase } from '../../../node-agent/store/database.ts';
import { ObjectLedger } from '../../../node-agent/store/object-ledger.ts';
import { KINDS } from './study-kinds.ts';

type Random = () => number;

export interface HotQuery {
  readonly name: string;
  /** Chooses the arguments. @returns what is timed */
  readonly prepare: (index: QueriedIndex, next: Random) => () => unknown;
}

/** The parts of a node that ask the index. */
export class QueriedIndex {
  readonly database: SqliteDatabase;
  readonly catalogue: Catalogue;
  readonly cohorts: CohortQuery;
  readonly ledger: ObjectLedger;
  readonly membership: DatasetMembership;
  readonly hub: CollectionSearch;
  readonly studies: number;

  constructor(database: SqliteDatabase) {
    this.database = database;
    this.catalogue = new Catalogue(database);
    this.cohorts = new CohortQuery(database);
    this.ledger = new ObjectLedger(database);
    this.membership = new DatasetMembership(database);
    const vocabularies = new VocabularyLookup(loadVocabularies());
    this.hub = new CollectionSearch(database, new AstCatalogue(vocabularies), vocabularies);
    this.studies = database.prepare('SELECT MAX(study_no) FROM studies').pluck().get() as number;
  }

  studyUid(next: Random): string {
    const number = 1 + Math.floor(next() * this.studies);
    return this.database.prepare('SELECT study_uid FROM studies WHERE study_no = ?').pluck().get(number) as string;
  }
}

const LIMIT = 50;
const DATASETS = ['bench-1', 'bench-2', 'bench-3'];
const pick = <Item>(items: readonly Item[], next: Random) => items[Math.floor(next() * items.length)] as Item;
const SEXES = ['COM1001366', 'COM1001370'];

const CHOICES: readonly ((next: Random) => CohortFilter)[] = [
  (next) => ({ modality: [pick(KINDS, next).modality] }),
  (next) => ({ sex: [pick(SEXES, next)] }),
  (next) => ({ bodyPart: [pick(['Breast', 'Lung', 'Abdomen', 'Prostate', 'Liver'], next)] }),
  (next) => ({ manufacturer: [pick(['Siemens', 'Philips', 'General Electric'], next)] }),
  (next) => ({ ageFrom: 30 + Math.floor(next() * 20), ageTo: 55 + Math.floor(next() * 30) }),
  (next) => ({ yearFrom: 2008 + Math.floor(next() * 9), yearTo: 2018 + Math.floor(next() * 8) }),
  (next) => ({ attributes: { plane: [pick(['axial', 'sagittal', 'coronal'], next)] } }),
  () => ({ attributes: { contrast: ['with'] } }),
];

/** One to three different conditions. */
function filterOf(count: number, next: Random, choices = CHOICES): CohortFilter {
  const left = [...choices];
  return Object.assign(
    {},
    ...Array.from({ length: count }, () => left.splice(Math.floor(next() * left.length), 1)[0]?.(next)),
  );
}

function wordsOf(next: Random): string {
  const kind = pick(KINDS, next);
  const words = `${pick(kind.studies, next)} ${pick(kind.series, next)}`.split(' ');
  return next() < 0.5 ? pick(words, next).slice(0, 5) : `${pick(words, next)} ${pick(words, next)}`;
}

/** As the EUCAIM explorer asks. */
function question(next: Random) {
  const equals = (key: string, value: string) => ({ key, type: 'EQUALS', value });
  const modality = equals('RID10311', pick(['RID10312', 'RID10321', 'RID10357'], next));
  const sex = equals('SNOMEDCT263495000', pick(['SNOMEDCT248152002', 'SNOMEDCT248153007'], next));
  return parseAst({ operand: 'AND', children: next() < 0.5 ? [modality] : [modality, sex] });
}

const cohortCounts = (count: number): HotQuery => ({
  name: `cohort counts, ${count} condition${count === 1 ? '' : 's'}`,
  prepare: ({ cohorts }, next) => {
    const filter = filterOf(count, next);
    return () => cohorts.counts(filter);
  },
});

export const HOT_QUERIES: readonly HotQuery[] = [
  {
    name: 'study page, first',
    prepare:
      ({ catalogue }) =>
      () =>
        catalogue.searchStudies({}, { offset: 0, limit: LIMIT }),
  },
  {
    name: 'study page, deep',
    prepare: ({ catalogue, studies }, next) => {
      const offset = Math.floor(next() * studies);
      return () => catalogue.searchStudies({}, { offset, limit: LIMIT });
    },
  },
  {
    name: 'study page under 1 to 3 filters',
    prepare: ({ catalogue }, next) => {
      const filter = filterOf(1 + Math.floor(next() * 3), next, CHOICES.slice(0, 6));
      return () => catalogue.searchStudies(filter, { offset: 0, limit: LIMIT });
    },
  },
  {
    name: 'study page by words',
    prepare: ({ catalogue }, next) => {
      const search = wordsOf(next);
      return () => catalogue.searchStudies({ search }, { offset: 0, limit: LIMIT });
    },
  },
  {
    name: 'study page by the beginning of a UID',
    prepare: (index, next) => {
      const search = index.studyUid(next).slice(0, 14);
      return () => index.catalogue.searchStudies({ search }, { offset: 0, limit: LIMIT });
    },
  },
  {
    name: 'facets',
    prepare:
      ({ catalogue }) =>
      () =>
        catalogue.facets(),
  },
  {
    name: 'facets under 1 to 3 filters',
    prepare: ({ catalogue }, next) => {
      const filter = filterOf(1 + Math.floor(next() * 3), next, CHOICES.slice(0, 6));
      return () => catalogue.facets(filter);
    },
  },
  {
    name: 'study detail',
    prepare: (index, next) => {
      const uid = index.studyUid(next);
      return () => index.catalogue.getStudy(uid);
    },
  },
  cohortCounts(1),
  cohortCounts(2),
  cohortCounts(3),
  {
    name: 'overview: counts, modalities, throughput',
    prepare:
      ({ catalogue, ledger }) =>
      () => [catalogue.counts(), catalogue.modalities(), ledger.counts(), ledger.throughput(60)],
  },
  {
    name: 'quarantine list',
    prepare: ({ ledger }, next) => {
      const offset = Math.floor(next() * 500);
      return () => [ledger.list('quarantined', { limit: LIMIT, offset }), ledger.countByCause('quarantined')];
    },
  },
  {
    name: 'dataset counts',
    prepare: ({ membership }, next) => {
      const id = pick(DATASETS, next);
      return () => membership.counts(id);
    },
  },
  {
    name: 'question of the hub',
    prepare: ({ hub }, next) => {
      const ast = question(next);
      return () => hub.search(ast);
    },
  },
];

const INSERT_DATASET = `INSERT INTO datasets (dataset_id, title, description, condition_code, condition_label, state,
  query_json, publisher, contact_email, keywords_json, provenance, access_url, created_by, created_at)
  VALUES (?, 'Bench', 'Bench', 'CLIN1000060', 'Breast cancer', 'published', '{}', 'Bench', 'a@b.example', '[]', 'Bench',
  'https://n.example', 'bench', '2026-01-01T00:00:00.000Z')`;
/** Every hundredth series: datasets are a choice from the archive. */
const SHARE_OF_DATASET = 100;

/** Puts published datasets into the index, as the register freezes them. @returns milliseconds of each freeze */
export function publishDatasets({ database, cohorts, membership }: QueriedIndex): number[] {
  return DATASETS.map((id, index) => {
    const filter = { modality: [['MR', 'CT', 'MG'][index] ?? 'MR'] };
    const members = cohorts.series(filter).filter((_, number) => number % SHARE_OF_DATASET === 0);
    database.prepare(INSERT_DATASET).run(id);
    const start = performance.now();
    database.transaction(() => membership.freeze(id, members))();
    return performance.now() - start;
  });
}
