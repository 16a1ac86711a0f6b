import { afterAll, describe, expect, it } from 'vitest';
import { MEMBERSHIP_SQL } from '../../node-agent/governance/dataset-membership.ts';
import { SCOPE_SQL } from '../../node-agent/governance/dataset-scope.ts';
import { RECORD_SET_SQL } from '../../node-agent/governance/privacy-risk/record-sets.ts';
import { EXAMINER_SQL } from '../../node-agent/governance/quality/examiner.ts';
import { NEAR_SQL } from '../../node-agent/governance/quality/near-duplicates.ts';
import { RULE_SQL } from '../../node-agent/governance/quality/rule-sql.ts';
import { SeededIndex } from '../compute/seeded-index.ts';

const index = new SeededIndex();
index.database.exec(SCOPE_SQL.create);
afterAll(() => index.close());

/** Steps that read a whole table of the index; `scope` is what is asked about. */
function scans(sql: string): string[] {
  const parameters = Object.fromEntries([...sql.matchAll(/@(\w+)/gu)].map(([, name]) => [name, '[]']));
  const values = sql.includes('?') ? ['x'] : [parameters];
  const rows = index.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
  return rows
    .map(({ detail }) => detail)
    .filter((step) =>
      /^SCAN (instances|series|studies|patients|object_examinations|examined|target|needed|dataset_objects)\b/u.test(
        step,
      ),
    );
}

describe('the questions about one dataset', () => {
  it.each(Object.entries(RULE_SQL))('never read the whole index: %s', (_, { checked, offending }) => {
    expect([...scans(checked), ...scans(offending)]).toEqual([]);
  });

  it.each([
    ['record sets', RECORD_SET_SQL.rows],
    ['near duplicates', NEAR_SQL.images],
    ['files to read', EXAMINER_SQL.due],
    ['objects fixed', MEMBERSHIP_SQL.fixObjects],
    ['objects without an account', MEMBERSHIP_SQL.withoutAccount],
    ['hash of the objects', MEMBERSHIP_SQL.scopeHashes],
  ])('never read the whole index: %s', (_, sql) => {
    expect(scans(sql)).toEqual([]);
  });
});
