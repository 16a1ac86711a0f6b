import { describe, expect, it } from 'vitest';
import { CATALOGUE_SQL } from '../../node-agent/catalogue/catalogue.ts';
import { WRITE_SQL } from '../../node-agent/catalogue/catalogue-writer.ts';
import { COHORT_SQL } from '../../node-agent/catalogue/cohort.ts';
import { type CohortFilter, conditionOf } from '../../node-agent/catalogue/cohort-condition.ts';
import { FIGURES_SQL } from '../../node-agent/catalogue/dataset-figures.ts';
import { DETAIL_SQL } from '../../node-agent/catalogue/study-detail.ts';
import { studyCountSql, studyPageSql } from '../../node-agent/catalogue/study-search.ts';
import { openIndex } from './fixtures.ts';

const database = openIndex();

function plan(sql: string): string {
  const parameters = Object.fromEntries([...sql.matchAll(/@(\w+)/gu)].map(([, name]) => [name, '[]']));
  const positional = sql.replaceAll(/'[^']*'/gu, '').split('?').length - 1;
  const values = positional > 0 ? Array.from({ length: positional }, () => 'x') : [parameters];
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
  return rows.map(({ detail }) => detail).join('\n');
}

const condition = (filter: CohortFilter) => conditionOf(database, filter).sql;

describe('the plans of hot queries', () => {
  it('list the newest studies from an index, without sorting', () => {
    const steps = plan(studyPageSql(condition({})));
    expect(steps).toContain('USING INDEX studies_by_indexing');
    expect(steps).not.toContain('FOR ORDER BY');
    expect(plan(studyCountSql(condition({})))).toContain('USING COVERING INDEX');
  });

  it.each([
    [{ modality: ['IMG1000022'] }, 'series_by_modality'],
    [{ modality: ['MR'] }, 'series_by_stated_modality'],
    [{ bodyPart: ['BP1000136'] }, 'series_by_body_part'],
    [{ manufacturer: ['IMG1000044'] }, 'series_by_manufacturer'],
    [{ sex: ['COM1001370'] }, 'patients_by_sex'],
  ])('find studies and series by %o with the index %s', (filter, index) => {
    for (const sql of [studyPageSql, studyCountSql, COHORT_SQL.series, COHORT_SQL.counts]) {
      const steps = plan(sql(condition(filter)));
      expect(steps).toContain(`INDEX ${index} `);
      expect(steps).not.toMatch(/SCAN (series|instances|patients)\b/u);
    }
  });

  it('never scan a table for one study, series or object', () => {
    const single = [
      ...Object.values(DETAIL_SQL),
      CATALOGUE_SQL.middleInstance,
      WRITE_SQL.patientOfStudy,
      WRITE_SQL.studyOfSeries,
      WRITE_SQL.sameInstance,
      FIGURES_SQL.members,
      FIGURES_SQL.instances,
      FIGURES_SQL.modalities,
      FIGURES_SQL.ageBands,
    ];
    for (const sql of single) expect(plan(sql)).not.toMatch(/SCAN (?!CONSTANT)/u);
  });

  it('count modalities and facets from an index', () => {
    expect(plan(CATALOGUE_SQL.modalities)).toContain('COVERING INDEX series_by_stated_modality');
    expect(plan(CATALOGUE_SQL.facets.bodyPart)).toContain('USING INDEX series_by_body_part');
  });
});
