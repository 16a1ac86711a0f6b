import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COLLECTION_SQL } from '../../node-agent/compute/collection-search.ts';
import { MEMBERSHIP_SQL } from '../../node-agent/governance/dataset-membership.ts';
import { EGRESS_SQL } from '../../node-agent/hub/egress-ledger.ts';
import { TASK_SQL } from '../../node-agent/hub/task-store.ts';
import { SeededIndex } from '../compute/seeded-index.ts';

let index: SeededIndex;

beforeEach(() => {
  index = new SeededIndex();
});
afterEach(() => index.close());

const ALLOWED_SCANS: Record<string, RegExp> = {
  // a page counts past the rows before it
  page: /^SCAN (egress|hub_tasks)( USING INDEX \w+)?$/,
};

describe('hot queries use an index', () => {
  it.each<[string, string]>([
    ['search over published datasets', `${COLLECTION_SQL.matches} 1`],
    ['published datasets', COLLECTION_SQL.published],
    ['members of a dataset', MEMBERSHIP_SQL.counts],
    ['content hashes of a dataset', MEMBERSHIP_SQL.contentHashes],
    ['tasks that are due', TASK_SQL.due],
    ['the next task that is due', TASK_SQL.nextDue],
    ['polls to forget', EGRESS_SQL.forget],
    ['the last answer of the hub', EGRESS_SQL.lastAnswer],
  ])('%s', (_, sql) => {
    expect(scansOf(sql)).toEqual([]);
  });

  it('a page of requests or tasks is read in the order of an index, without sorting', () => {
    for (const sql of [EGRESS_SQL.page, TASK_SQL.page]) {
      expect(planOf(sql).filter((step) => !ALLOWED_SCANS.page?.test(step))).toEqual([]);
    }
  });
});

/** Steps that read a whole table without an index. */
function scansOf(sql: string): string[] {
  return planOf(sql).filter((step) => /^SCAN \w+$/.test(step));
}

function planOf(sql: string): string[] {
  const named = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, 1]));
  const statement = index.database.prepare(`EXPLAIN QUERY PLAN ${sql}`);
  const given = sql.includes('@') ? [named] : Array(sql.split('?').length - 1).fill('x');
  return (statement.all(...given) as { detail: string }[]).map(({ detail }) => detail);
}
