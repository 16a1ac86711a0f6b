import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../node-agent/store/database.ts';
import { lockDataFolder } from '../../node-agent/store/folder-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIRST = { id: '0001-first', sql: 'CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT;' };
const SECOND = { id: '0002-second', sql: 'CREATE TABLE two (id INTEGER PRIMARY KEY) STRICT;' };

describe('opening a database', () => {
  it('applies each schema change once', () => {
    const file = join(temporaryFolder(), 'a.db');
    openDatabase(file, [FIRST]).close();
    const database = openDatabase(file, [FIRST, SECOND]);
    expect(database.prepare('SELECT id FROM schema_migrations ORDER BY id').pluck().all()).toEqual([
      FIRST.id,
      SECOND.id,
    ]);
    database.close();
  });

  it('makes commits survive a power cut', () => {
    const database = openDatabase(join(temporaryFolder(), 'a.db'), [FIRST]);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    database.close();
  });

  it('refuses a database of a newer version and says what to do', () => {
    const file = join(temporaryFolder(), 'a.db');
    openDatabase(file, [FIRST, SECOND]).close();
    expect(() => openDatabase(file, [FIRST])).toThrow('written by a newer Gatehouse');
  });

  it('refuses a damaged database, says so, and leaves it as it is', () => {
    const file = join(temporaryFolder(), 'a.db');
    writeFileSync(file, 'this is not a database, '.repeat(100));
    const before = readFileSync(file);
    expect(() => openDatabase(file, [FIRST])).toThrow(
      /is damaged and was left as it is.*restore the newest file from the backups folder/i,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a database with a broken page', () => {
    const file = join(temporaryFolder(), 'a.db');
    const database = openDatabase(file, [FIRST]);
    database.exec(`CREATE TABLE text (t TEXT); INSERT INTO text VALUES (hex(randomblob(60000)));`);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096, 4096 * 4);
    writeFileSync(file, bytes);
    expect(() => openDatabase(file, [FIRST])).toThrow('is damaged');
  });
});

describe('the lock of a data folder', () => {
  it('keeps a second node out until the first lets go', () => {
    const file = join(temporaryFolder(), 'node.lock');
    const lock = lockDataFolder(file);
    expect(() => lockDataFolder(file)).toThrow(/Another Gatehouse already works on the data folder.*--data-dir/);
    lock.release();
    lockDataFolder(file).release();
  });
});
