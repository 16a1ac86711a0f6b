import { describe, expect, it } from 'vitest';
import { FIELD_SQL } from '../../../node-agent/catalogue/record/field-store.ts';
import { RECORD_FIGURES_SQL } from '../../../node-agent/catalogue/record/record-figures.ts';
import { openIndex } from '../fixtures.ts';

const database = openIndex();

function plan(sql: string): string {
  const parameters = Object.fromEntries([...sql.matchAll(/@(\w+)/gu)].map(([, name]) => [name, '[]']));
  const values = sql.includes('?') ? ['[]'] : [parameters];
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
  return rows.map(({ detail }) => detail).join('\n');
}

/** Rows made of JSON, members found before, versions of the site, concepts of the vocabularies: none grows with the index. */
const SMALL = /SCAN (?:CONSTANT|json_each|member|hidden|cell|site_record_fields|concepts|\(subquery|\d)/u;

describe('the plans of the queries of a record', () => {
  it.each(Object.entries({ ...RECORD_FIGURES_SQL, ...FIELD_SQL }))(
    '%s looks things up and scans no table',
    (name, sql) => {
      if (/^(?:insert|mirror)/iu.test(name)) return;
      const scans = plan(sql)
        .split('\n')
        .filter((step) => /^SCAN /u.test(step) && !SMALL.test(step));
      expect(scans).toEqual([]);
    },
  );

  it('find clinical rows by patient, however many others there are', () => {
    expect(plan(RECORD_FIGURES_SQL.clinicalColumns)).toContain('INDEX clinical_rows_by_patient');
  });
});
