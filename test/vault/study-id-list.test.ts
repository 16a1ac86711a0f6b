import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../node-agent/store/database.ts';
import { IdentityTable } from '../../node-agent/vault/identity-table.ts';
import { Keyring } from '../../node-agent/vault/keyring.ts';
import { VAULT_MIGRATIONS } from '../../node-agent/vault/schema.ts';
import { readStudyIdFile, StudyIdFileError } from '../../node-agent/vault/study-id-file.ts';
import { StudyIdList } from '../../node-agent/vault/study-id-list.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRETS = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];

function read(...lines: string[]) {
  return readStudyIdFile(Buffer.from(`${lines.join('\n')}\n`));
}

function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(StudyIdFileError);
    return (error as Error).message;
  }
  throw new Error('The list was taken.');
}

function list(folder = temporaryFolder()) {
  const database = openDatabase(join(folder, 'vault.db'), VAULT_MIGRATIONS);
  onTestFinished(() => void database.close());
  const at = (epochs: number) => {
    const keyring = new Keyring(SECRETS.slice(0, epochs));
    const identities = new IdentityTable(database, keyring);
    return { identities, studyIds: new StudyIdList(database, keyring, identities) };
  };
  return { folder, database, at, ...at(1) };
}

describe('a file of study IDs', () => {
  it('may have quotation marks, a byte order mark, Windows line ends, and issuers', () => {
    const bytes = Buffer.from('\ufefforiginal_id,issuer,study_id\r\n" 47,11",NORTH,S-1\r\n"a ""b""",,S_2\r\n\r\n');
    expect(readStudyIdFile(bytes)).toEqual([
      { patientId: '47,11', issuer: 'NORTH', studyId: 'S-1', line: 2 },
      { patientId: 'a "b"', issuer: undefined, studyId: 'S_2', line: 3 },
    ]);
  });

  it.each([
    [['1,S-1'], 'Line 1: the first line must be'],
    [['original_id,study_id'], 'The list has no entry'],
    [['original_id,study_id', 'P1,S-1', 'P1,S-2'], 'Line 3: the original ID stands in line 2 already.'],
    [['original_id,study_id', 'P1,S-1', 'P2,s-1'], 'Line 3: the study ID stands in line 2 already'],
    [['original_id,study_id', 'P1,S-1,x'], 'Line 2: there are 3 values instead of 2.'],
    [['original_id,study_id', '"P1,S-1'], 'Line 2: a quotation mark is not closed'],
    [['original_id,study_id', 'P1,../S'], 'Line 2: the study ID must have'],
    [['original_id,study_id', 'P1,Müller'], 'Line 2: the study ID must have'],
    [['original_id,study_id', ',S-1'], 'Line 2: the original ID is missing.'],
    [['original_id,study_id', 'P\\1,S-1'], 'Line 2: the original ID has more than 64 characters, or some'],
    [['original_id,study_id', '', 'P1,S-1'], 'Line 2: there are 1 values'],
    [['original_id,study_id', 'P1,P2', 'P2,S-2'], 'Line 2: the study ID is an original ID of this list.'],
  ])('is refused with the line and without a value: %j', (lines, sentence) => {
    const fault = faultOf(() => read(...lines));
    expect(fault).toContain(sentence);
    expect(fault).toMatch(/Nothing was imported\.$/u);
    expect(fault).not.toMatch(/P1|S-1|Müller/u);
  });

  it('that is not UTF-8 is refused, and of many faults the first ones are told', () => {
    expect(faultOf(() => readStudyIdFile(Buffer.from('original_id,study_id\nM\xfc,S-1\n', 'latin1')))).toContain(
      'not UTF-8',
    );
    const fault = faultOf(() => read('original_id,study_id', ...Array.from({ length: 50 }, () => 'P,!')));
    expect(fault.split('\n')).toHaveLength(22);
    expect(fault).toContain('… and 30 more.');
  });
});

describe('the list of study IDs', () => {
  it('gives a patient the entry of the issuer before the one for every issuer, also after a rotation', () => {
    const { studyIds, at, folder, database } = list();
    const rows = read('original_id,issuer,study_id', 'MRN-LIST-1,NORTH,S-1', 'MRN-LIST-1,,S-2', 'MRN-LIST-2,SOUTH,S-3');
    expect(studyIds.import(rows, false)).toEqual({ added: 3, repeated: 0, kept: 0 });
    for (const { studyIds: now } of [at(1), at(2)]) {
      expect(now.find({ patientId: ' MRN-LIST-1 ', issuer: 'NORTH' })).toBe('S-1');
      expect(now.find({ patientId: 'MRN-LIST-1', issuer: 'WEST' })).toBe('S-2');
      expect(now.find({ patientId: 'MRN-LIST-1' })).toBe('S-2');
      expect(now.find({ patientId: 'MRN-LIST-2' })).toBeUndefined();
      expect(now.import(rows, false)).toEqual({ added: 0, repeated: 3, kept: 0 });
    }
    database.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(join(folder, 'vault.db'), 'latin1')).not.toContain('MRN-LIST');
  });

  it('takes nothing of a file that contradicts it, and is replaced as a whole on demand', () => {
    const { studyIds, identities } = list();
    studyIds.import(read('original_id,study_id', 'A,S-1', 'B,S-2'), false);
    identities.remember('S-9', { patientId: 'Z' });
    identities.remember('GH-0000000000000001', { patientId: 'A' });
    const fault = faultOf(() =>
      studyIds.import(read('original_id,study_id', 'NEW,S-7', 'A,S-5', 'C,s-2', 'D,s-9'), false),
    );
    expect(fault.split('\n')).toEqual([
      'Line 3: the original ID has another study ID in the list that was imported before.',
      'Line 4: the study ID belongs to another original ID in the list that was imported before.',
      'Line 5: the study ID is the pseudonym of another patient already.',
      'Nothing was imported.',
    ]);
    expect(studyIds.count()).toBe(2);
    expect(studyIds.import(read('original_id,study_id', 'A,S-5', 'Z,S-9'), true)).toEqual({
      added: 2,
      repeated: 0,
      kept: 1,
    });
    expect(studyIds.find({ patientId: 'A' })).toBe('S-5');
    expect(studyIds.find({ patientId: 'B' })).toBeUndefined();
  });
});
