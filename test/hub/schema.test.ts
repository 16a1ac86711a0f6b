import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededIndex } from '../compute/seeded-index.ts';

let index: SeededIndex;

beforeEach(() => {
  index = new SeededIndex();
});
afterEach(() => index.close());

const TASK = `INSERT INTO hub_tasks (task_id, from_app, received_at, expires_at, body, state, result_status, next_attempt_at)
  VALUES (?, 'a.b.c', '2026', '2026', '', ?, ?, '2026')`;

describe('the tables of the hub connector', () => {
  it('0030 creates the egress ledger, whose open rows have no status', () => {
    const insert = `INSERT INTO egress (at, method, host, path, purpose, bytes_out) VALUES ('2026', 'GET', 'h', '/', 'p', 0)`;
    index.database.prepare(insert).run();
    const row = index.database.prepare('SELECT status, milliseconds, error FROM egress').get();
    expect(row).toEqual({ status: null, milliseconds: 0, error: null });
  });

  it('0031 creates the inbox, which takes a task once and only in a known state', () => {
    const insert = index.database.prepare(TASK);
    insert.run('t1', 'received', null);
    expect(() => insert.run('t1', 'received', null)).toThrow(/UNIQUE/);
    expect(() => insert.run('t2', 'lost', null)).toThrow(/CHECK/);
    expect(() => insert.run('t3', 'claimed', 'maybe')).toThrow(/CHECK/);
  });
});
