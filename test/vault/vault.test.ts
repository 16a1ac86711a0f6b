import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../node-agent/store/database.ts';
import { IdentityTable, PseudonymCollision } from '../../node-agent/vault/identity-table.ts';
import { Keyring, openKeyring, rotate } from '../../node-agent/vault/keyring.ts';
import { VAULT_MIGRATIONS } from '../../node-agent/vault/schema.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRET = Buffer.alloc(32, 7);
const KEYRING = new Keyring([SECRET]);

function vault(folder = temporaryFolder(), migrations = VAULT_MIGRATIONS) {
  const keys = join(folder, 'keys');
  mkdirSync(keys, { recursive: true });
  const database = openDatabase(join(folder, 'vault.db'), migrations);
  onTestFinished(() => void database.close());
  return { folder, keys, database, open: () => openKeyring(keys, database) };
}

/** A patient in the identity table, as after the first object. */
function used(database: SqliteDatabase, keyring: Keyring, patientId = 'A'): void {
  const pseudonym = keyring.current.pseudonymiser.patientPseudonym({ patientId });
  new IdentityTable(database, keyring).remember(pseudonym, { patientId });
}

describe('the site secret', () => {
  it('is made once, random, readable by the service user alone', () => {
    const { keys, open } = vault();
    const { secret } = open().first;
    expect(secret).toHaveLength(32);
    expect(open().first.secret.equals(secret)).toBe(true);
    expect(statSync(join(keys, 'site-secret')).mode & 0o777).toBe(0o600);
    expect(vault().open().first.secret.equals(secret)).toBe(false);
  });

  it('is never replaced when pseudonyms exist already', () => {
    const { keys, database, open } = vault();
    used(database, open());
    rmSync(join(keys, 'site-secret'));
    expect(open).toThrow(/is missing.*Restore the file from a backup.*originals stay where they are/);
  });

  it('is refused when damaged or open to other users', () => {
    const { keys, open } = vault();
    open();
    chmodSync(join(keys, 'site-secret'), 0o644);
    expect(open).toThrow('chmod 600');
    writeFileSync(join(keys, 'site-secret'), 'short');
    expect(open).toThrow('is damaged');
  });

  it('is refused when it is another one than that of the pseudonyms, and nothing is changed', () => {
    const { keys, database, open } = vault();
    used(database, open());
    writeFileSync(join(keys, 'site-secret'), `${'ab'.repeat(32)}\n`);
    expect(open).toThrow(/is not the one with which this node has made its pseudonyms.*vault restore/);
    expect(readFileSync(join(keys, 'site-secret'), 'utf8')).toBe(`${'ab'.repeat(32)}\n`);
  });

  it('is recognised by the rows of a vault from before there were epochs', () => {
    const before = vault(temporaryFolder(), VAULT_MIGRATIONS.slice(0, 1));
    writeFileSync(join(before.keys, 'site-secret'), `${SECRET.toString('hex')}\n`, { mode: 0o600 });
    const now = vault(temporaryFolder());
    new IdentityTable(now.database, KEYRING).remember('GH-1', { patientId: 'A', issuer: 'X' });
    const row = now.database.prepare('SELECT pseudonym, patient_key, identity, created_at FROM identities').get();
    before.database
      .prepare('INSERT INTO identities VALUES (@pseudonym, @patient_key, @identity, @created_at)')
      .run(row as object);
    const { database, keys, open } = vault(before.folder);
    const keyring = open();
    const table = new IdentityTable(database, keyring);
    table.complete();
    expect(table.findEveryIssuer('A')).toEqual([{ pseudonym: 'GH-1', epoch: 1 }]);
    database.prepare('DELETE FROM epochs').run();
    writeFileSync(join(keys, 'site-secret'), `${'cd'.repeat(32)}\n`);
    expect(open).toThrow('is not the one');
  });
});

describe('a rotated secret', () => {
  it('is for new patients; those who are known keep pseudonym and epoch, and every old secret is needed', () => {
    const { keys, database, open } = vault();
    const before = open();
    used(database, before, 'known');
    expect(rotate(keys, database, before)).toBe(2);
    const after = open();
    const table = new IdentityTable(database, after);
    expect(after.epochs).toHaveLength(2);
    expect(after.first.secret.equals(before.first.secret)).toBe(true);
    expect(after.current.secret.equals(before.first.secret)).toBe(false);
    expect(table.find({ patientId: 'known' })).toEqual({
      pseudonym: before.first.pseudonymiser.patientPseudonym({ patientId: 'known' }),
      epoch: 1,
    });
    used(database, after, 'new');
    expect(table.find({ patientId: 'new' })?.epoch).toBe(2);
    expect(table.lookUp(table.find({ patientId: 'known' })?.pseudonym ?? '')).toEqual({ patientId: 'known' });
    const [one, two] = ['site-secret', 'site-secret-2'].map((name) => readFileSync(join(keys, name), 'utf8'));
    writeFileSync(join(keys, 'site-secret'), two ?? '');
    writeFileSync(join(keys, 'site-secret-2'), one ?? '');
    expect(open).toThrow('is not the one');
    rmSync(join(keys, 'site-secret-2'));
    writeFileSync(join(keys, 'site-secret'), one ?? '');
    expect(open).toThrow(/site-secret-2 is missing/);
  });

  it('that was cut short before it began is made anew', () => {
    const { keys, database, open } = vault();
    const keyring = open();
    writeFileSync(join(keys, 'site-secret-2'), `${'ef'.repeat(32)}\n`, { mode: 0o600 });
    expect(open().epochs).toHaveLength(1);
    expect(rotate(keys, database, keyring)).toBe(2);
    expect(open().current.secret.toString('hex')).not.toBe('ef'.repeat(32));
  });
});

describe('the identity table', () => {
  it('tells who a pseudonym stands for, and keeps it encrypted on the disk', () => {
    const { folder, database } = vault();
    const table = new IdentityTable(database, KEYRING);
    table.remember('GH-1', { patientId: 'ID-SECRET-1', name: 'PLANTED^NAME' });
    expect(table.lookUp('GH-1')).toEqual({ patientId: 'ID-SECRET-1', name: 'PLANTED^NAME' });
    expect(table.lookUp('GH-2')).toBeUndefined();
    database.pragma('wal_checkpoint(TRUNCATE)');
    const bytes = readFileSync(join(folder, 'vault.db'));
    expect(bytes.includes('PLANTED')).toBe(false);
    expect(bytes.includes('ID-SECRET')).toBe(false);
  });

  it('cannot be read with another secret, nor with rows exchanged', () => {
    const { database } = vault();
    const table = new IdentityTable(database, KEYRING);
    table.remember('GH-1', { patientId: '1' });
    expect(() => new IdentityTable(database, new Keyring([Buffer.alloc(32, 8)])).lookUp('GH-1')).toThrow();
    database.prepare('UPDATE identities SET pseudonym = ?').run('GH-2');
    expect(() => table.lookUp('GH-2')).toThrow();
  });

  it('refuses to write two patients under one pseudonym, or one patient under two', () => {
    const table = new IdentityTable(vault().database, KEYRING);
    table.remember('GH-1', { patientId: '1' });
    table.remember('GH-1', { patientId: ' 1 ' });
    expect(() => table.remember('GH-1', { patientId: '2' })).toThrow(PseudonymCollision);
    expect(() => table.remember('GH-2', { patientId: '1' })).toThrow('another pseudonym');
  });
});
