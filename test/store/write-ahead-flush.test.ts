import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../node-agent/store/database.ts';
import { WriteAheadFlush } from '../../node-agent/store/write-ahead-flush.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function opened() {
  const database = openDatabase(`${temporaryFolder()}/index.db`, [{ id: '1', sql: 'CREATE TABLE t (n INTEGER)' }]);
  return { database, log: new WriteAheadFlush(database) };
}

describe('commits that do not wait for the disk', () => {
  it('leave every other commit fully durable', () => {
    const { database, log } = opened();
    const during = log.commit(() => database.pragma('synchronous', { simple: true }));
    expect(during).toBe(1);
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(() =>
      log.commit(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
  });

  it('are there for others at once, and durable when the log is flushed, also after the log began anew', async () => {
    const { database, log } = opened();
    const insert = database.prepare('INSERT INTO t VALUES (?)');
    for (let round = 0; round < 3; round += 1) {
      log.commit(() => insert.run(round));
      await log.flushed();
      database.pragma('wal_checkpoint(TRUNCATE)');
    }
    expect(database.prepare('SELECT COUNT(*) FROM t').pluck().get()).toBe(3);
    log.close();
  });

  it('are taken back whole when the work fails', () => {
    const { database, log } = opened();
    const work = () => {
      database.prepare('INSERT INTO t VALUES (1)').run();
      throw new Error('no');
    };
    expect(() => log.commit(work)).toThrow('no');
    expect(database.prepare('SELECT COUNT(*) FROM t').pluck().get()).toBe(0);
  });
});
