import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AstCatalogue } from '../../node-agent/compute/ast-catalogue.ts';
import { CollectionSearch } from '../../node-agent/compute/collection-search.ts';
import { parseAst } from '../../node-agent/compute/focus-ast.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { VocabularyLookup } from '../../node-agent/harmonise/vocabulary-lookup.ts';
import { CODES, SeededIndex } from './seeded-index.ts';

const vocabularies = new VocabularyLookup(loadVocabularies());
const catalogue = new AstCatalogue(vocabularies);

const SEX = 'SNOMEDCT263495000';
const AGE = 'SNOMEDCT423493009';
const DIAGNOSIS = 'SNOMEDCT439401001';
const YEAR = 'SNOMEDCT432213005';
const MODALITY = 'RID10311';
const BODY_PART = 'SNOMEDCT123037004';
const MANUFACTURER = 'C25392';
const FEMALE = 'SNOMEDCT248152002';
const MALE = 'SNOMEDCT248153007';
const UNKNOWN = 'SNOMEDCT261665006';
const MR = 'RID10312';
const CT = 'RID10321';
const BREAST = 'SNOMEDCT76752008';
const PROSTATE = 'SNOMEDCT41216001';

const is = (key: string, type: string, value: unknown) => ({ key, type, system: '', value });
const and = (...children: unknown[]) => ({ operand: 'AND', children });
const or = (...children: unknown[]) => ({ operand: 'OR', children });

let index: SeededIndex;

beforeEach(() => {
  index = new SeededIndex();
  const mammas = index.add(
    {
      id: 'f50',
      sex: CODES.female,
      age: 50.9,
      series: [{ modality: 'MR', bodyPart: CODES.breast, manufacturer: CODES.siemens }],
    },
    {
      id: 'f60',
      sex: CODES.female,
      age: 60,
      series: [
        { modality: 'MR', bodyPart: CODES.prostate, manufacturer: CODES.ge },
        { modality: 'CT', bodyPart: CODES.breast, manufacturer: CODES.ge },
      ],
    },
    { id: 'noage', sex: null, age: null, series: [{ modality: 'PT' }] },
  );
  index.addDataset('breast', mammas);
  const prostates = index.add({
    id: 'm70',
    sex: CODES.male,
    age: 70,
    series: [{ modality: 'MR', bodyPart: CODES.prostate, manufacturer: CODES.siemens }],
  });
  index.addDataset('prostate', prostates, { condition: CODES.prostateCancer });
  for (const state of ['draft', 'checked', 'released', 'withdrawn']) index.addDataset(state, mammas, { state });
});
afterEach(() => index.close());

function patientsFound(ast: unknown): string[] {
  const search = new CollectionSearch(index.database, catalogue, vocabularies);
  return search
    .search(parseAst(ast))
    .flatMap((collection) => collection.modalities.map(({ patientId }) => patientId))
    .filter((id, at, all) => all.indexOf(id) === at)
    .sort();
}

const everyone = ['f50', 'f60', 'm70', 'noage'];

describe('a search over the published datasets', () => {
  it.each<[string, unknown, string[]]>([
    ['no children: everything published', and(), everyone],
    ['an empty OR: everything published', or(), everyone],
    ['EQUALS on sex', is(SEX, 'EQUALS', FEMALE), ['f50', 'f60']],
    ['EQUALS unknown finds what has no value', is(SEX, 'EQUALS', UNKNOWN), ['noage']],
    ['NOT_EQUALS leaves out what has no value', is(SEX, 'NOT_EQUALS', MALE), ['f50', 'f60']],
    ['NOT_EQUALS unknown finds what has a value', is(SEX, 'NOT_EQUALS', UNKNOWN), ['f50', 'f60', 'm70']],
    ['IN takes any of a list', is(SEX, 'IN', [FEMALE, MALE]), ['f50', 'f60', 'm70']],
    ['IN skips unknown items', is(SEX, 'IN', ['nonsense', MALE]), ['m70']],
    ['IN with unknown as an item', is(SEX, 'IN', [UNKNOWN, MALE]), ['m70', 'noage']],
    ['IN of nothing known', is(SEX, 'IN', ['nonsense']), []],
    ['IN with a single text is the wrong type', is(SEX, 'IN', FEMALE), []],
    ['EQUALS with a list is the wrong type', is(SEX, 'EQUALS', [FEMALE]), []],
    ['EQUALS with an unknown value', is(SEX, 'EQUALS', 'nonsense'), []],
    ['NOT_EQUALS with an unknown value', is(SEX, 'NOT_EQUALS', 'nonsense'), []],
    ['CONTAINS with a known value', is(BODY_PART, 'CONTAINS', BREAST), ['f50', 'f60']],
    ['an unknown key is false', is('SNOMEDCT1', 'EQUALS', FEMALE), []],
    ['an unknown key does not harm an OR', or(is('SNOMEDCT1', 'EQUALS', 1), is(SEX, 'EQUALS', MALE)), ['m70']],
    ['an unknown type is false', is(SEX, 'LIKE', FEMALE), []],
    ['a prototype name is no key', is('constructor', 'EQUALS', FEMALE), []],
    ['diagnosis is the declared condition', is(DIAGNOSIS, 'EQUALS', 'SNOMEDCT399068003'), ['m70']],
    ['year of diagnosis is never compared', is(YEAR, 'BETWEEN', { min: 1900, max: 2100 }), []],
    ['age EQUALS in completed years', is(AGE, 'EQUALS', 50), ['f50']],
    ['age NOT_EQUALS', is(AGE, 'NOT_EQUALS', 50), ['f60', 'm70']],
    ['age BETWEEN includes both ends', is(AGE, 'BETWEEN', { min: 50, max: 60 }), ['f50', 'f60']],
    ['age BETWEEN without an end', is(AGE, 'BETWEEN', { min: 50 }), []],
    ['age BETWEEN with texts', is(AGE, 'BETWEEN', { min: '50', max: '60' }), []],
    ['LOWER_THAN a number excludes it', is(AGE, 'LOWER_THAN', 60), ['f50']],
    ['GREATER_THAN a number excludes it', is(AGE, 'GREATER_THAN', 60), ['m70']],
    ['LOWER_THAN a range is at most its end', is(AGE, 'LOWER_THAN', { min: 0, max: 60 }), ['f50', 'f60']],
    ['GREATER_THAN a range is at least its start', is(AGE, 'GREATER_THAN', { min: 60, max: 99 }), ['f60', 'm70']],
    ['CONTAINS on an age is false', is(AGE, 'CONTAINS', 5), []],
    ['modality', is(MODALITY, 'EQUALS', CT), ['f60']],
    ['manufacturer, two codes for one', is(MANUFACTURER, 'IN', ['C200140', 'birnlex_3066']), ['f50', 'm70']],
    [
      'series conditions hold on one and the same series',
      and(is(MODALITY, 'EQUALS', MR), is(BODY_PART, 'EQUALS', BREAST)),
      ['f50'],
    ],
    [
      'the shape of the explorer: OR of AND of OR',
      or(
        and(
          or(is(SEX, 'EQUALS', FEMALE)),
          or(is(MODALITY, 'EQUALS', MR), is(MODALITY, 'EQUALS', CT)),
          or(is(BODY_PART, 'EQUALS', PROSTATE)),
        ),
      ),
      ['f60'],
    ],
    [
      'OR over levels',
      or(is(AGE, 'GREATER_THAN', 65), and(is(MODALITY, 'EQUALS', CT), is(SEX, 'EQUALS', FEMALE))),
      ['f60', 'm70'],
    ],
  ])('%s', (_, ast, expected) => {
    expect(patientsFound(ast)).toEqual(expected);
  });

  it('lists every published dataset with exact figures, and no other', () => {
    const search = new CollectionSearch(index.database, catalogue, vocabularies);
    const found = search.search(parseAst(is(SEX, 'EQUALS', FEMALE)));
    expect(found.map(({ id, patients, studies }) => ({ id, patients, studies }))).toEqual([
      { id: 'breast', patients: 2, studies: 2 },
      { id: 'prostate', patients: 0, studies: 0 },
    ]);
    expect([...search.publishedIds()]).toEqual(['breast', 'prostate']);
    expect(found[0]?.sexes.map(({ value }) => value)).toEqual(['Female', 'Female']);
    expect(found[0]?.bodyParts.map(({ value }) => value).sort()).toEqual(['Breast', 'Breast', 'Prostate']);
    expect(found[0]?.modalities.map(({ value }) => value).sort()).toEqual(['CT', 'MR', 'MR']);
    expect(found[0]?.ages.map(({ value }) => value).sort()).toEqual([50, 60]);
  });

  it('answers the widest question the limits allow', () => {
    const wide = or(...Array.from({ length: 990 }, () => is(AGE, 'EQUALS', 50)));
    expect(patientsFound(wide)).toEqual(['f50']);
    let deep: unknown = is(AGE, 'EQUALS', 50);
    for (let level = 1; level < 32; level += 1) deep = and(deep);
    expect(patientsFound(deep)).toEqual(['f50']);
  });

  it('cannot be led to run SQL', () => {
    expect(patientsFound(is(SEX, 'EQUALS', `' OR 1=1 --`))).toEqual([]);
    expect(patientsFound(is(MODALITY, 'IN', [`MR') OR (1=1`, MR, '"]']))).toEqual(['f50', 'f60', 'm70']);
  });
});
