import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../node-agent/store/database.ts';
import { IdentityTable, PseudonymCollision, VAULT_MIGRATIONS } from '../../node-agent/vault/identity-table.ts';
import { loadSiteSecret } from '../../node-agent/vault/site-secret.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRET = Buffer.alloc(32, 7);

describe('the site secret', () => {
  it('is made once, random, readable by the service user alone', () => {
    const folder = temporaryFolder();
    const secret = loadSiteSecret(folder, { mayCreate: true });
    expect(secret).toHaveLength(32);
    expect(loadSiteSecret(folder, { mayCreate: false }).equals(secret)).toBe(true);
    expect(statSync(join(folder, 'site-secret')).mode & 0o777).toBe(0o600);
    expect(loadSiteSecret(temporaryFolder(), { mayCreate: true }).equals(secret)).toBe(false);
  });

  it('is never replaced when pseudonyms exist already', () => {
    expect(() => loadSiteSecret(temporaryFolder(), { mayCreate: false })).toThrow(
      /is missing.*Restore the file from a backup/,
    );
  });

  it('is refused when damaged or open to other users', () => {
    const folder = temporaryFolder();
    loadSiteSecret(folder, { mayCreate: true });
    chmodSync(join(folder, 'site-secret'), 0o644);
    expect(() => loadSiteSecret(folder, { mayCreate: false })).toThrow('chmod 600');
    writeFileSync(join(folder, 'site-secret'), 'short');
    expect(() => loadSiteSecret(folder, { mayCreate: false })).toThrow('is damaged');
  });
});

describe('the identity table', () => {
  it('tells who a pseudonym stands for, and keeps it encrypted on the disk', () => {
    const file = join(temporaryFolder(), 'vault.db');
    const database = openDatabase(file, VAULT_MIGRATIONS);
    const table = new IdentityTable(database, SECRET);
    table.remember('GH-1', 'key', { patientId: 'ID-SECRET-1', name: 'PLANTED^NAME' });
    expect(table.lookUp('GH-1')).toEqual({ patientId: 'ID-SECRET-1', name: 'PLANTED^NAME' });
    expect(table.lookUp('GH-2')).toBeUndefined();
    database.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(file).includes('PLANTED')).toBe(false);
    expect(readFileSync(file).includes('ID-SECRET')).toBe(false);
  });

  it('cannot be read with another secret, nor with rows exchanged', () => {
    const database = openDatabase(join(temporaryFolder(), 'vault.db'), VAULT_MIGRATIONS);
    const table = new IdentityTable(database, SECRET);
    table.remember('GH-1', 'key', { patientId: '1' });
    expect(() => new IdentityTable(database, Buffer.alloc(32, 8)).lookUp('GH-1')).toThrow();
    database.prepare('UPDATE identities SET pseudonym = ?').run('GH-2');
    expect(() => table.lookUp('GH-2')).toThrow();
  });

  it('refuses to write two patients under one pseudonym', () => {
    const table = new IdentityTable(openDatabase(join(temporaryFolder(), 'vault.db'), VAULT_MIGRATIONS), SECRET);
    table.remember('GH-1', 'one', { patientId: '1' });
    table.remember('GH-1', 'one', { patientId: '1' });
    expect(() => table.remember('GH-1', 'two', { patientId: '2' })).toThrow(PseudonymCollision);
  });
});
