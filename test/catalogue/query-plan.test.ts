import { describe, expect, it } from 'vitest';
import { CATALOGUE_SQL } from '../../node-agent/catalogue/catalogue.ts';
import { WRITE_SQL } from '../../node-agent/catalogue/catalogue-writer.ts';
import { COHORT_SQL } from '../../node-agent/catalogue/cohort.ts';
import { type CohortFilter, conditionOf } from '../../node-agent/catalogue/cohort-condition.ts';
import { FIGURES_SQL } from '../../node-agent/catalogue/dataset-figures.ts';
import { MATCHING_SQL } from '../../node-agent/catalogue/export/export-rows.ts';
import { EXPORT_SQL, EXPORT_TABLES } from '../../node-agent/catalogue/export/export-tables.ts';
import { FACET_SQL } from '../../node-agent/catalogue/facets.ts';
import { REMOVAL_SQL } from '../../node-agent/catalogue/patient-removal.ts';
import { SAVED_QUERY_SQL } from '../../node-agent/catalogue/search/saved-queries.ts';
import { DESCRIBE_SQL } from '../../node-agent/catalogue/search/series-describer.ts';
import { DETAIL_SQL } from '../../node-agent/catalogue/study-detail.ts';
import { STUDY_ROWS_SQL, STUDY_SQL } from '../../node-agent/catalogue/study-search.ts';
import { description, indexOf } from './fixtures.ts';

// One object, so that the attributes asked for below are known.
const { database } = indexOf(description({ laterality: 'L' }));
database.exec(`INSERT INTO harmonised_values (entity, entity_id, attribute, original, rule, table_version, at)
  VALUES ('series', '2.25.1.1', 'plane', 'axial', 'exact', '1', '2026-01-01')`);

function plan(sql: string): string {
  const parameters = Object.fromEntries([...sql.matchAll(/@(\w+)/gu)].map(([, name]) => [name, '[]']));
  const positional = sql.replaceAll(/'[^']*'/gu, '').split('?').length - 1;
  const values = positional > 0 ? Array.from({ length: positional }, () => 'x') : [parameters];
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
  return rows.map(({ detail }) => detail).join('\n');
}

const condition = (filter: CohortFilter) => conditionOf(database, filter);
/** A step through all rows of a table that grows with the archive. */
const WHOLE_TABLE = /SCAN (series|instances|patients|studies|facts|objects|harmonised_values)\b/u;

const KIND_FILTERS: readonly CohortFilter[] = [
  { modality: ['IMG1000022'] },
  { modality: ['MR'] },
  { bodyPart: ['BP1000136'] },
  { manufacturer: ['IMG1000044'] },
  { sex: ['COM1001370'] },
  { modality: ['MR'], sex: ['COM1001370'], manufacturer: ['IMG1000044'], ageFrom: 50, ageTo: 60, yearFrom: 2020 },
];

describe('the plans of hot queries', () => {
  it('list the newest studies from an index, without sorting, at any depth', () => {
    const steps = plan(STUDY_SQL.pageOfAll);
    expect(steps).toContain('USING COVERING INDEX studies_by_number');
    expect(steps).not.toContain('FOR ORDER BY');
    expect(plan(STUDY_SQL.countAll)).toContain('USING COVERING INDEX');
    expect(plan(STUDY_ROWS_SQL.numbered)).not.toMatch(/SCAN (?!json_each)/u);
  });

  it.each(KIND_FILTERS)('find and count by %o from the kinds of studies', (filter) => {
    for (const sql of [STUDY_SQL.page, STUDY_SQL.count, COHORT_SQL.counts]) {
      const steps = plan(sql(condition(filter)));
      expect(steps).toContain('SEARCH facts USING PRIMARY KEY (kind_no=?)');
      expect(steps).not.toMatch(/series_sums|instances/u);
    }
    const facets = plan(FACET_SQL.kindsOfStudies(condition(filter)));
    expect(facets).toContain('SEARCH facts USING PRIMARY KEY (kind_no=?)');
  });

  it.each(KIND_FILTERS)('name the series of %o by their numbers', (filter) => {
    const steps = plan(COHORT_SQL.series(condition(filter)));
    expect(steps).toMatch(/SEARCH facts USING (COVERING )?INDEX series_sums_by_kind/u);
    expect(steps).toContain('INDEX series_by_number (series_no=?)');
    expect(steps).not.toMatch(WHOLE_TABLE);
  });

  it('take ages and years from the kinds of studies, without a look at the studies', () => {
    const steps = plan(STUDY_SQL.page(condition({ ageFrom: 50, ageTo: 60, yearFrom: 2020, yearTo: 2021 })));
    expect(steps).toContain('SCAN facts');
    expect(steps).not.toMatch(/studies|series_sums/u);
  });

  it('go through the narrow facts of the series for attributes alone, never through the series', () => {
    const steps = plan(COHORT_SQL.counts(condition({ attributes: { plane: ['axial'] } })));
    expect(steps).toContain('SCAN facts');
    expect(steps).not.toMatch(/series_by|sqlite_autoindex_series|instances/u);
    const narrowed = plan(COHORT_SQL.counts(condition({ modality: ['MR'], attributes: { plane: ['axial'] } })));
    expect(narrowed).toContain('SEARCH facts USING INDEX series_sums_by_kind (kind_no=?)');
  });

  it('find words and beginnings of identifiers in their indexes', () => {
    const steps = plan(STUDY_SQL.page(condition({ search: 'GH-00' })));
    expect(steps).toContain('SCAN series_words VIRTUAL TABLE INDEX 0:M');
    expect(steps).toContain('sqlite_autoindex_series_1 (series_uid>? AND series_uid<?)');
    expect(steps).toContain('sqlite_autoindex_studies_1 (study_uid>? AND study_uid<?)');
    expect(steps).toContain('studies_by_patient (patient_id>? AND patient_id<?)');
    expect(steps).not.toMatch(WHOLE_TABLE);
    const narrowed = plan(STUDY_SQL.page(condition({ search: 'mamma', modality: ['MR'] })));
    expect(narrowed).toContain('SEARCH facts USING INTEGER PRIMARY KEY (rowid=?)');
    expect(narrowed).not.toMatch(WHOLE_TABLE);
  });

  it('find patients of a condition from the codes of the clinical data', () => {
    const steps = plan(STUDY_SQL.page(condition({ condition: ['CLIN1000060'] })));
    expect(steps).toContain('clinical_values_by_condition (code=?');
    expect(steps).not.toMatch(/SCAN (clinical|patients)/u);
  });

  it('count everything, modalities and facets from kept sums', () => {
    expect(plan(COHORT_SQL.allCounts)).not.toMatch(/SCAN (series|instances|study_kinds)\b/u);
    expect(plan(CATALOGUE_SQL.modalities)).not.toMatch(WHOLE_TABLE);
    expect(plan(FACET_SQL.all('bodyPart'))).toContain('SEARCH facet_sums USING PRIMARY KEY (facet=?)');
  });

  it('never scan a table for one study, series or object', () => {
    const { dropWords: _, all: _all, waiting: _waiting, balance: _balance, ...describing } = DESCRIBE_SQL;
    const single = [
      ...Object.values(DETAIL_SQL),
      ...Object.values(describing),
      STUDY_ROWS_SQL.one,
      CATALOGUE_SQL.middleInstance,
      CATALOGUE_SQL.valuesOf,
      SAVED_QUERY_SQL.find,
      SAVED_QUERY_SQL.named,
      WRITE_SQL.patientOfStudy,
      WRITE_SQL.studyOfSeries,
      WRITE_SQL.sameInstance,
      FIGURES_SQL.members,
      FIGURES_SQL.instances,
      FIGURES_SQL.modalities,
      FIGURES_SQL.ageBands,
      REMOVAL_SQL.series,
      REMOVAL_SQL.objects,
      ...REMOVAL_SQL.removals,
    ];
    for (const sql of single) expect(plan(sql)).not.toMatch(/SCAN (?!CONSTANT)/u);
  });

  it.each(EXPORT_TABLES)('read the %s of an export by their numbers', (table) => {
    expect(plan(EXPORT_SQL[table])).not.toMatch(WHOLE_TABLE);
    expect(plan(MATCHING_SQL.numbers(table, condition({ modality: ['MR'] })))).not.toMatch(WHOLE_TABLE);
  });
});
