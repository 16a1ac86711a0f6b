import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { siteWordChecks } from '../../node-agent/assembly/health.ts';
import { openDatabase } from '../../node-agent/store/database.ts';
import { Pseudonymiser } from '../../node-agent/vault/pseudonymiser.ts';
import { SITE_WORD_MIGRATIONS, SiteWordError, SiteWords } from '../../node-agent/vault/site-words.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRET = new Uint8Array(32).fill(3);

function siteWords(mostWords?: number) {
  const file = join(temporaryFolder(), 'vault.db');
  const database = openDatabase(file, SITE_WORD_MIGRATIONS);
  onTestFinished(() => void database.close());
  const pseudonymiser = new Pseudonymiser(SECRET);
  const options = { siteSecret: SECRET, pseudonymiser, ...(mostWords === undefined ? {} : { mostWords }) };
  return { words: new SiteWords(database, options), again: () => new SiteWords(database, options), file };
}

function said(patient: string, words: readonly string[], identifying: readonly string[] = []) {
  const unknown = words.map((word) => ({ word, folded: word.toLowerCase(), attribute: 'SeriesDescription' }));
  return { patientKey: `key of ${patient}`, unknown, identifying };
}

const listed = (words: SiteWords, fromPatients = 3) => words.list('proposed', fromPatients).map(({ word }) => word);

describe('the words of a site', () => {
  it('are proposed once they stood in the texts of enough different patients, with how often and where', () => {
    const { words } = siteWords();
    words.note([said('a', ['ZZPROT7']), said('a', ['zzprot7']), said('b', ['ZZPROT7', 'Rare'])]);
    expect(listed(words)).toEqual([]);
    words.note([said('c', ['ZZPROT7'])]);
    expect(words.list('proposed', 3)).toEqual([
      {
        id: expect.any(Number),
        word: 'ZZPROT7',
        attribute: 'SeriesDescription',
        objects: 4,
        patients: 3,
        firstSeen: expect.any(String),
        lastSeen: expect.any(String),
        state: 'proposed',
        decidedBy: null,
        decidedAt: null,
        identifying: false,
      },
    ]);
    expect(words.counts(3)).toEqual({ proposed: 1, approved: 0, refused: 0 });
    expect(listed(words, 4)).toEqual([]);
  });

  it.each([
    [
      'before the others',
      [said('a', [], ['kirchgruber']), ...['b', 'c', 'd'].map((one) => said(one, ['Kirchgruber']))],
    ],
    ['after the others', [...['b', 'c', 'd'].map((one) => said(one, ['Kirchgruber'])), said('a', [], ['kirchgruber'])]],
  ])('are never proposed when a header showed them as a name %s', (_when, objects) => {
    const { words, again } = siteWords();
    for (const object of objects) words.note([object]);
    words.note(['b', 'c', 'd', 'e'].map((one) => said(one, ['Kirchgruber', 'ZZPROT7'])));
    expect(listed(words)).toEqual(['ZZPROT7']);
    expect(listed(again())).toEqual(['ZZPROT7']);
    for (let id = 1; id < 4; id += 1) {
      if (id === words.list('proposed', 3)[0]?.id) continue;
      expect(() => words.decide(id, 'approve', 'anna', 3)).toThrow(SiteWordError);
    }
  });

  it('are approved or refused once, and either can be revoked', () => {
    const { words, again } = siteWords();
    words.note(['a', 'b', 'c'].map((one) => said(one, ['ZZPROT7', 'Gibberish'])));
    const [first, second] = words.list('proposed', 3);
    const before = words.revision;
    words.decide(first!.id, 'approve', 'anna', 3);
    words.decide(second!.id, 'refuse', 'anna', 3);
    expect(words.approved()).toEqual(['ZZPROT7']);
    expect(again().revision).toBe(words.revision);
    expect(words.revision).not.toBe(before);
    words.note(['d', 'e', 'f'].map((one) => said(one, ['Gibberish'])));
    expect(words.counts(3)).toEqual({ proposed: 0, approved: 1, refused: 1 });
    expect(words.list('approved', 3)).toMatchObject([{ decidedBy: 'anna', decidedAt: expect.any(String) }]);
    words.decide(first!.id, 'revoke', 'otto', 3);
    words.decide(second!.id, 'revoke', 'otto', 3);
    expect(words.approved()).toEqual([]);
    expect(words.revision).toBe(before);
    expect(words.counts(3)).toEqual({ proposed: 2, approved: 0, refused: 0 });
    expect(() => words.decide(first!.id, 'revoke', 'otto', 3)).toThrow(/nothing to revoke/u);
    expect(() => words.decide(99, 'approve', 'otto', 3)).toThrow(/Read the list again/u);
  });

  it('say when a header shows one as a name after it was approved, and cannot be approved again then', () => {
    const { words } = siteWords();
    words.note(['a', 'b', 'c'].map((one) => said(one, ['Rosen'])));
    const { id } = words.list('proposed', 3)[0]!;
    words.decide(id, 'approve', 'anna', 3);
    const [check] = siteWordChecks(words);
    expect(check?.check()).toMatchObject({ level: 'ok' });
    words.note([said('d', [], ['rosen'])]);
    expect(check?.check()).toMatchObject({
      level: 'warning',
      sentence: expect.stringMatching(/^1 approved word has/u),
    });
    expect(words.list('approved', 3)).toMatchObject([{ word: 'Rosen', identifying: true }]);
    words.decide(id, 'refuse', 'anna', 3);
    expect(() => words.decide(id, 'approve', 'anna', 3)).toThrow(/cannot be approved/u);
    words.decide(id, 'revoke', 'anna', 3);
    expect(listed(words)).toEqual([]);
  });

  it('are no more than so many: the rarest are forgotten, what was decided is not', () => {
    const { words } = siteWords(2);
    words.note(['a', 'b', 'c'].map((one) => said(one, ['Kept', 'Decided'])));
    words.decide(words.list('proposed', 3).find(({ word }) => word === 'Decided')!.id, 'approve', 'anna', 3);
    words.note([said('a', ['Once', 'Another', 'Third'])]);
    words.note([said('b', ['Fourth'])]);
    expect(words.list('proposed', 1).map(({ word }) => word)).toHaveLength(2);
    expect(listed(words)).toEqual(['Kept']);
    expect(words.approved()).toEqual(['Decided']);
  });

  it('lie in the database sealed', () => {
    const { words, file } = siteWords();
    words.note(['a', 'b', 'c'].map((one) => said(one, ['ZZPROT7'], ['kirchgruber'])));
    const bytes = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)]);
    expect(bytes.includes('SeriesDescription')).toBe(true);
    for (const secret of ['ZZPROT7', 'zzprot7', 'kirchgruber', 'key of a']) expect(bytes.includes(secret)).toBe(false);
  });
});
