import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import { CohortQuery } from '../../node-agent/catalogue/cohort.ts';
import { identifierRange, wordsQuestion } from '../../node-agent/catalogue/search/search-words.ts';
import { description, fileOf, indexOf, openIndex, THREE_PATIENTS, valuesOf } from './fixtures.ts';

const ALL = { offset: 0, limit: 50 };

const TEXTS = [
  ['2.25.10', 'MRT Schädel mit KM'],
  ['2.25.11', 'TC tórax "baja dosis"'],
  ['2.25.12', 'Αξονική θώρακος'],
  ['2.25.13', 'КТ грудного кошика'],
  ['2.25.14', '胸部CT 造影'],
  ['2.25.15', 'Cœur / IRM – séquence T2*'],
  ['2.25.16', 'NOT AND OR NEAR'],
  ['2.25.17', 'TK jamy brzusznej łódzka'],
] as const;

function indexOfTexts() {
  return indexOf(
    ...TEXTS.map(([studyUid, text]) =>
      description({
        studyUid,
        studyDescription: text,
        seriesUid: `${studyUid}.1`,
        seriesDescription: null,
        instanceUid: `${studyUid}.1.1`,
      }),
    ),
  );
}

describe('searching by words', () => {
  const { catalogue, database } = indexOfTexts();
  const found = (search: string) => catalogue.searchStudies({ search }, ALL).rows.map(({ studyUid }) => studyUid);

  it.each([
    ['schadel', ['2.25.10'], 'without the diacritic'],
    ['SCHÄDEL', ['2.25.10'], 'in capitals'],
    ['scha', ['2.25.10'], 'by its beginning'],
    ['scha\u0308del', ['2.25.10'], 'with a combining diacritic'],
    ['KM schädel', ['2.25.10'], 'in any order'],
    ['schädel tórax', [], 'only where all words stand'],
    ['torax dosis', ['2.25.11'], 'inside quotes of the text'],
    ['"baja dosis"', ['2.25.11'], 'typed in quotes'],
    ['θωρακος', ['2.25.12'], 'in Greek without accents'],
    ['ΑΞΟΝΙΚΉ', ['2.25.12'], 'in Greek capitals'],
    ['кошик', ['2.25.13'], 'in Cyrillic by its beginning'],
    ['胸部', ['2.25.14'], 'in Chinese by its beginning'],
    ['部CT', ['2.25.14'], 'in Chinese from the middle'],
    ['部胸', [], 'in Chinese in another order'],
    ['ct 造影', ['2.25.14'], 'between two scripts'],
    ['lodzka', ['2.25.17'], 'without the stroke of a letter'],
    ['coeur', ['2.25.15'], 'with a ligature apart'],
    ['sequence t2*', ['2.25.15'], 'with an asterisk'],
    ['t2', ['2.25.15'], 'that holds a digit'],
    ['NOT', ['2.25.16'], 'that is an operator elsewhere'],
    ['near(and or)', ['2.25.16'], 'that look like a function'],
    ['jamy brzusznej', ['2.25.17'], 'in Polish'],
  ])('finds %s: %j, %s', (search, expected, _why) => {
    expect(found(search)).toEqual(expected);
  });

  it.each([
    '"',
    '""',
    "'",
    '*',
    '^',
    'words:MRT',
    'a" OR "b',
    '(',
    'NEAR(',
    'MRT) OR (1',
    '-',
    '{words}:x',
    '\u0000',
    '%',
    '_',
  ])('takes %j as a text, not as a question to the index', (search) => {
    expect(() => found(search)).not.toThrow();
    expect(found(search).length).toBeLessThanOrEqual(1);
  });

  it('finds labels of codes, the model and the protocol, each word in a text of its own', () => {
    const { catalogue: other } = indexOf(...THREE_PATIENTS, description({ protocol: 'Mamma-Protokoll' }));
    const studies = (search: string) => other.searchStudies({ search }, ALL).rows.map(({ studyUid }) => studyUid);
    expect(studies('breast magnetic')).toEqual(['2.25.1']);
    expect(studies('skyra siemens')).toEqual(['2.25.3', '2.25.1']);
    expect(studies('mamma t1')).toEqual(['2.25.1']);
    expect(studies('Computed lung philips')).toEqual(['2.25.2']);
  });

  it('means one series in a cohort, not another one of the same study', () => {
    const cohort = new CohortQuery(indexOf(...THREE_PATIENTS).database);
    expect(cohort.series({ search: 'thorax lung' })).toEqual(['2.25.2.1']);
    expect(cohort.series({ search: 'thorax' })).toEqual(['2.25.2.1', '2.25.2.2']);
    expect(cohort.series({ search: 'lung' })).toEqual(['2.25.2.1', '2.25.3.1']);
  });

  it('finds what a later object of the series filled in, and no longer what is gone with its patient', () => {
    const { database: own, catalogue: other } = indexOf(description({ bodyPart: null, seriesDescription: null }));
    expect(other.searchStudies({ search: 'Nachtrag' }, ALL).total).toBe(0);
    const later = description({ instanceUid: '2.25.1.1.2', seriesDescription: 'Nachtrag' });
    other.add(later, valuesOf(later), fileOf(later));
    expect(other.searchStudies({ search: 'nachtrag breast' }, ALL).total).toBe(1);
    own.transaction(() => other.removePatient(later.patientId))();
    expect(other.searchStudies({ search: 'nachtrag' }, ALL)).toEqual({ total: 0, rows: [] });
    own.exec("INSERT INTO series_words (series_words) VALUES ('optimize')");
    const leftovers = own.prepare('SELECT block FROM series_words_data').pluck().all() as Buffer[];
    expect(leftovers.some((block) => block.includes('nachtrag'))).toBe(false);
  });

  it('is undone with the transaction of the caller', () => {
    const own = openIndex();
    const other = new Catalogue(own);
    const attempt = own.transaction(() => {
      other.add(description(), valuesOf(description()), fileOf(description()));
      throw new Error('settling failed');
    });
    expect(attempt).toThrow('settling failed');
    expect(own.prepare('SELECT COUNT(*) FROM series_words').pluck().get()).toBe(0);
  });

  it('makes the words anew where they were lost', () => {
    database.exec('DELETE FROM series_words');
    expect(found('schädel')).toEqual([]);
    expect(catalogue.completeSearch()).toBe(true);
    expect(found('schädel')).toEqual(['2.25.10']);
    expect(catalogue.completeSearch()).toBe(false);
    database.exec('DROP TABLE series_words');
    catalogue.rebuildSearch();
    expect(found('schädel')).toEqual(['2.25.10']);
  });
});

describe('what is typed', () => {
  it('becomes words in quotes, each a beginning', () => {
    expect(wordsQuestion('T2-weighted  "x')).toBe('"t2" * "weighted" * "x" *');
    expect(wordsQuestion('胸部CT')).toBe('"胸  部 ct" *');
    expect(wordsQuestion(' -- ')).toBeUndefined();
    expect(wordsQuestion('a '.repeat(100))?.split(' * ').length).toBeLessThanOrEqual(17);
  });

  it('is the beginning of an identifier only where it can be', () => {
    expect(identifierRange('2.25.1')).toEqual({ from: '2.25.1', to: '2.25.1\u{10FFFF}' });
    expect(identifierRange('GH-00 x')).toBeUndefined();
    expect(identifierRange('%')).toBeUndefined();
  });
});
