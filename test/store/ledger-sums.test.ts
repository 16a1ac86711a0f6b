import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../node-agent/store/database.ts';
import { LEDGER_MIGRATIONS } from '../../node-agent/store/ledger-schema.ts';
import { ObjectLedger } from '../../node-agent/store/object-ledger.ts';
import { RandomSource } from '../phantom/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RECOUNT = 'SELECT state, COUNT(*) AS count, SUM(bytes) AS bytes FROM objects GROUP BY state ORDER BY state';
const SUMS = 'SELECT state, count, bytes FROM object_sums WHERE count > 0 ORDER BY state';

const MINUTES = `SELECT minute, received, bytes, indexed FROM minute_sums WHERE received + indexed > 0 ORDER BY minute`;
const MINUTES_RECOUNT = `SELECT minute, SUM(received) AS received, SUM(bytes) AS bytes, SUM(indexed) AS indexed FROM (
    SELECT substr(received_at, 1, 16) AS minute, 1 AS received, bytes, 0 AS indexed FROM objects
    UNION ALL SELECT substr(settled_at, 1, 16), 0, 0, 1 FROM objects WHERE state = 'indexed')
  GROUP BY minute ORDER BY minute`;

describe('the sums of the ledger', () => {
  it('are those of its rows, whatever happened to them', () => {
    const database = openDatabase(join(temporaryFolder(), 'index.db'), LEDGER_MIGRATIONS);
    let clock = Date.UTC(2026, 0, 1);
    const ledger = new ObjectLedger(database, () => new Date(clock));
    const random = new RandomSource('ledger sums');
    const instance = () => `instance ${random.integer(0, 30)}`;
    for (let step = 0; step < 400; step += 1) {
      clock += random.integer(0, 30_000);
      const arrival = {
        objectId: `object ${step}`,
        source: 'dimse',
        instanceKey: instance(),
        contentHash: `content ${random.integer(0, 2)}`,
        bytes: random.integer(1, 1_000),
      } as const;
      switch (random.integer(0, 7)) {
        case 0:
          ledger.reject(arrival, 'not-dicom', 'No DICOM.');
          break;
        case 1:
          for (const { objectId } of ledger.claim(2)) ledger.settle(objectId, { state: 'indexed' });
          break;
        case 2:
          for (const { objectId } of ledger.claim(2)) ledger.settle(objectId, { state: 'quarantined', cause: 'x' });
          break;
        case 3:
          ledger.release(ledger.claim(3).map(({ objectId }) => objectId));
          break;
        case 4:
          for (const { objectId } of ledger.list('quarantined', { limit: 1, offset: 0 })) ledger.requeue(objectId);
          break;
        case 5:
          ledger.withdraw(`object ${random.integer(0, step)}`, 'opt-out', 'tombstone');
          break;
        default:
          ledger.admit([arrival]);
      }
    }
    expect(database.prepare(SUMS).all()).toEqual(database.prepare(RECOUNT).all());
    expect(database.prepare(MINUTES).all()).toEqual(database.prepare(MINUTES_RECOUNT).all());
    expect(ledger.counts().received).toBe(database.prepare('SELECT COUNT(*) FROM objects').pluck().get());
    database.close();
  });

  it('count the rows of a ledger of an earlier version', () => {
    const file = join(temporaryFolder(), 'index.db');
    const before = openDatabase(file, LEDGER_MIGRATIONS.slice(0, 1));
    before.exec(`INSERT INTO objects (object_id, state, source, instance_key, content_hash, bytes, received_at)
      VALUES ('a', 'indexed', 'dimse', 'a', 'a', 7, '2026-01-01T00:00:00.000Z')`);
    before.close();
    const database = openDatabase(file, LEDGER_MIGRATIONS);
    expect(new ObjectLedger(database).counts()).toMatchObject({ received: 1, indexed: 1, bytes: 7 });
    database.close();
  });
});
