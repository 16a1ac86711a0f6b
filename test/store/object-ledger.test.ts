import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';
import { type Arrival, LEDGER_SQL, ObjectLedger } from '../../node-agent/store/object-ledger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function newLedger() {
  const database = openDatabase(join(temporaryFolder(), 'index.db'), LEDGER_MIGRATIONS);
  return { database, ledger: new ObjectLedger(database) };
}

function arrival(objectId: string, instanceKey = objectId, contentHash = `hash of ${instanceKey}`): Arrival {
  return { objectId, source: 'dimse', instanceKey, contentHash, bytes: 100 };
}

function balanced(ledger: ObjectLedger): boolean {
  const { received, indexed, quarantined, excluded, rejected, waiting } = ledger.counts();
  return received === indexed + quarantined + excluded + rejected + waiting;
}

describe('the object ledger', () => {
  it('counts every object in exactly one state, so that the sum always holds', () => {
    const { ledger } = newLedger();
    ledger.admit(['a', 'b', 'c', 'd', 'e'].map((id) => arrival(id)));
    ledger.reject(arrival('f'), 'out-of-space', 'The disk is full.');
    const [first, second, third] = ledger.claim(3);
    ledger.settle(first!.objectId, { state: 'indexed' });
    ledger.settle(second!.objectId, { state: 'quarantined', cause: 'unreadable' });
    ledger.settle(third!.objectId, { state: 'excluded', cause: 'rule' });
    expect(ledger.counts()).toEqual({
      received: 6,
      indexed: 1,
      quarantined: 1,
      excluded: 1,
      rejected: 1,
      waiting: 2,
      bytes: 600,
    });
    expect(balanced(ledger)).toBe(true);
  });

  it('recognises the same object sent again, and counts it once', () => {
    const { ledger } = newLedger();
    expect(ledger.admit([arrival('a', 'one'), arrival('b', 'one')])).toEqual(['stored', 'resend']);
    expect(ledger.counts().received).toBe(1);
  });

  it('keeps an object with a known UID and other bytes apart as a conflict', () => {
    const { ledger } = newLedger();
    expect(ledger.admit([arrival('a', 'one', 'x'), arrival('b', 'one', 'y')])).toEqual(['stored', 'conflict']);
    expect(ledger.find('b')).toMatchObject({ state: 'quarantined', cause: 'conflict' });
    expect(ledger.admit([arrival('c', 'one', 'y')])).toEqual(['resend']);
  });

  it('gives objects that were in work back to the queue after a crash', () => {
    const { ledger } = newLedger();
    ledger.admit([arrival('a'), arrival('b')]);
    expect(ledger.claim(10)).toHaveLength(2);
    expect(ledger.claim(10)).toHaveLength(0);
    expect(ledger.releaseAll()).toBe(2);
    expect(ledger.claim(10).map((row) => row.attempts)).toEqual([2, 2]);
  });

  it('does not settle an object twice', () => {
    const { ledger } = newLedger();
    ledger.admit([arrival('a')]);
    expect(ledger.settle('a', { state: 'indexed' })).toBe(true);
    expect(ledger.settle('a', { state: 'quarantined', cause: 'late' })).toBe(false);
    expect(ledger.find('a')?.state).toBe('indexed');
  });

  it('puts only quarantined objects back into the queue', () => {
    const { ledger } = newLedger();
    ledger.admit([arrival('a'), arrival('b')]);
    ledger.settle('a', { state: 'quarantined', cause: 'unreadable' });
    ledger.settle('b', { state: 'indexed' });
    expect([ledger.requeue('a'), ledger.requeue('b')]).toEqual([true, false]);
    expect(ledger.find('a')).toMatchObject({ state: 'received', cause: null });
  });

  it('gives every one of the last minutes, also those in which nothing came', () => {
    let now = new Date('2026-01-02T03:00:30Z');
    const database = openDatabase(join(temporaryFolder(), 'index.db'), LEDGER_MIGRATIONS);
    const ledger = new ObjectLedger(database, () => now);
    ledger.admit([arrival('a'), arrival('b')]);
    now = new Date('2026-01-02T03:02:10Z');
    ledger.settle('a', { state: 'indexed' });
    expect(
      ledger
        .throughput(3)
        .map(({ minute, received, indexed, bytes }) => [minute.slice(11, 16), received, indexed, bytes]),
    ).toEqual([
      ['03:00', 2, 0, 200],
      ['03:01', 0, 0, 0],
      ['03:02', 0, 1, 0],
    ]);
  });

  it.each(['claim', 'list', 'sameInstance', 'minutes'] as const)('reads no whole table for "%s"', (name) => {
    const { database } = newLedger();
    const statement = database.prepare(`EXPLAIN QUERY PLAN ${LEDGER_SQL[name]}`);
    const parameters = name === 'list' ? [{ state: 'indexed', cause: null, limit: 1, offset: 0 }] : [1];
    const plan = statement.all(...parameters) as { detail: string }[];
    expect(
      plan.map((step) => step.detail).filter((detail) => /^SCAN (objects|minute_sums)(?! USING)/.test(detail)),
    ).toEqual([]);
  });
});
