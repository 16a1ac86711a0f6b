import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Harmoniser } from '../../node-agent/harmonise/harmoniser.ts';
import { exportTable, prepareTable, tablesInUse } from '../../node-agent/harmonise/tables/table-import.ts';
import { inWords, MOST_PROBLEMS, TableError } from '../../node-agent/harmonise/tables/table-problem.ts';
import { TABLE_NAMES, TableShelf } from '../../node-agent/harmonise/tables/table-shelf.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOW = new Date('2027-03-04T05:06:07Z');
const FACTS = '# version: 2027.1\n# edition: E\n# source: S\n';
const choices = { by: 'anna', now: NOW };

/** What is said of a table; the file is given as text or bytes. */
function refused(content: string | Uint8Array, table = 'manufacturer', shelf = new TableShelf(temporaryFolder())) {
  try {
    prepareTable(shelf, Buffer.from(content as string), { ...choices, table });
  } catch (error) {
    if (error instanceof TableError) return error.problems.map(inWords);
    throw error;
  }
  return [];
}

describe('a table of manufacturers', () => {
  it.each([
    ['no columns at all', '\n\n', [/^The file: There is no line with the names of the columns/u]],
    [
      'unknown columns',
      `${FACTS}code,label,colour\nIMG1000044,Siemens,red`,
      [/^Line 4, colour: the column is not known/u],
    ],
    ['a missing column', `${FACTS}code,terms\nIMG1000044,S`, [/^Line 4, label: the column is missing/u]],
    [
      'a column that stands twice',
      `${FACTS}code,label,label\nIMG1000044,a,b`,
      [/^Line 4, label: the column stands here twice/u],
    ],
    [
      'another delimiter in a line',
      `${FACTS}code,label\nIMG1000044;Siemens`,
      [/^Line 5: there are 1 values between commas, but 2 columns/u],
    ],
    [
      'a quotation mark that is not closed',
      `${FACTS}code,label\nIMG1000044,"Siemens`,
      [/^Line 5: a quotation mark is not closed/u],
    ],
    [
      'a line break in a value',
      `${FACTS}code,label\nIMG1000044,"Sie\nmens"\nIMG1000046,Philips`,
      [/^Line 5, label: there is a line break/u],
    ],
    ['UTF-16', Buffer.from(`\ufeff${FACTS}code,label`, 'utf16le'), [/^The file: It is UTF-16/u]],
    [
      'Latin-1',
      Buffer.from(`${FACTS}code,label\nIMG1000044,Siemens\nIMG1000046,Phil\u00fcps`, 'latin1'),
      [/^Line 6: it is not UTF-8/u],
    ],
    [
      'a character that was lost',
      `${FACTS}code,label\nIMG1000044,Siem\u{fffd}ns`,
      [/^Line 5, label: a character cannot be read/u],
    ],
    [
      'a code that stands twice',
      `${FACTS}code,label\nIMG1000044,A\nIMG1000046,B\nIMG1000044,C`,
      [/^Line 7, code: IMG1000044 stands in line 5 already/u],
    ],
    ['a code without the form of one', `${FACTS}code,label\nSiemens!,A`, [/^Line 5, code: "Siemens!" is not a code/u]],
    [
      'a missing code and a missing label',
      `${FACTS}code,label,terms\n,,X`,
      [/^Line 5, label: the label is missing/u, /^Line 5, code: the code is missing/u],
    ],
    [
      'a code that the hyper-ontology does not have',
      `${FACTS}code,label\nIMG9999999,A`,
      [/^Line 5, code: IMG9999999 is not in the hyper-ontology in use \(2026/u],
    ],
    [
      'a parent that is not there',
      `${FACTS}code,label,within\nIMG1000044,A,IMG1000046`,
      [/^Line 5, within: IMG1000046 is not in the table/u],
    ],
    [
      'parents in a circle',
      `${FACTS}code,label,within\nIMG1000044,A,IMG1000046\nIMG1000046,B,IMG1000044`,
      [/within: IMG10000.. lies within itself/u],
    ],
    [
      'one spelling of two',
      `${FACTS}code,label,spellings\nIMG1000044,A,X|Same\nIMG1000046,B,SAME`,
      [/^Line 6, spellings: "SAME" stands for IMG1000046 and for IMG1000044 \(line 5\)/u],
    ],
    ['no line', `${FACTS}code,label\n`, [/^The file: There is no line below the columns/u]],
    [
      'a version that is that of the table in use',
      `# version: 2026.11.2\ncode,label\nIMG1000044,A`,
      [/^The file: It says version 2026\.11\.2/u],
    ],
  ])('is refused with its place for %s', (_, content, expected) => {
    const problems = refused(content);
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
  });

  it('is refused with all its problems at once, in order, and of very many the first', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `bad code ${index},`);
    const shelf = new TableShelf(temporaryFolder());
    const error = (() => {
      try {
        prepareTable(shelf, Buffer.from(`${FACTS}code,label\n${lines.join('\n')}`), {
          ...choices,
          table: 'manufacturer',
        });
      } catch (caught) {
        return caught as TableError;
      }
      throw new Error('It was taken.');
    })();
    expect(error.count).toBe(1000);
    expect(error.problems).toHaveLength(MOST_PROBLEMS);
    expect(error.problems.map(({ line }) => line)).toEqual(
      error.problems.map(({ line }) => line).sort((a, b) => (a ?? 0) - (b ?? 0)),
    );
    expect(error.message).toMatch(/… and 800 more\.\nNothing was imported\.$/u);
    expect(readdirSync(shelf.folder)).toEqual([]);
  });

  it('may be separated by semicolons or tabs, begin with a mark of UTF-8, and end its lines as Windows does', () => {
    for (const delimiter of [';', '\t']) {
      const text = `\ufeff# version: 2027.1${delimiter}${delimiter}\r\ncode${delimiter}label${delimiter}spellings\r\nIMG1000044${delimiter}Siemens${delimiter}"A;B|C"\r\n`;
      expect(
        prepareTable(new TableShelf(temporaryFolder()), Buffer.from(text), { ...choices, table: 'manufacturer' }),
      ).toMatchObject({
        version: '2027.1',
        entries: 1,
      });
    }
  });

  it('needs a name from the file or the person', () => {
    const bytes = Buffer.from(`${FACTS}code,label\nIMG1000044,A`);
    const shelf = new TableShelf(temporaryFolder());
    expect(() => prepareTable(shelf, bytes, choices)).toThrow(/does not say which table it is/u);
    expect(() => prepareTable(shelf, bytes, { ...choices, table: 'colours' })).toThrow(/There is no table "colours"/u);
  });
});

describe('a table of spellings alone', () => {
  it('adds to the table in use, and values are recognised by it', () => {
    const shelf = new TableShelf(temporaryFolder());
    const prepared = prepareTable(shelf, Buffer.from('code,spelling\nIMG1000044,Acme Magnetom\n'), {
      ...choices,
      table: 'manufacturer',
    });
    expect(prepared).toMatchObject({
      added: [],
      removed: [],
      changed: [{ code: 'IMG1000044', what: 'spellings more: Acme Magnetom' }],
    });
    expect(prepared.version).toMatch(/^2027\.03\.04-[0-9a-f]{8}$/u);
    shelf.install(prepared.name, prepared.content);
    const source = {
      modality: null,
      bodyPart: null,
      anatomicRegions: [],
      sex: null,
      laterality: null,
      seriesDescription: null,
      protocol: null,
      studyDescription: null,
    };
    const values = new Harmoniser(shelf.vocabularies()).harmonise({ ...source, manufacturer: 'ACME MAGNETOM 7' });
    expect(values.find(({ attribute }) => attribute === 'manufacturer')).toMatchObject({
      code: 'IMG1000044',
      rule: 'spelling',
      tableVersion: prepared.version,
    });
    expect(tablesInUse(shelf).find(({ name }) => name === 'manufacturer')?.imported).toEqual({
      by: 'anna',
      at: NOW.toISOString(),
    });
  });

  it('is refused with the line for a concept that is not there and a spelling that means another', () => {
    expect(refused('code,spelling\nIMG1000022,X\nIMG1000044,Philips\n')).toEqual([
      expect.stringMatching(/^Line 2, code: IMG1000022 is not in the table in use/u),
      expect.stringMatching(/^Line 3, spellings: "PHILIPS" stands for IMG1000046 and for IMG1000044/u),
    ]);
  });
});

describe('a table of the hyper-ontology', () => {
  const columns = 'code,label,omop_domain,parent,equivalents';
  it.each([
    ['a missing parent', 'A1,Root,,,\nA2,Child,,A9,', [/^Line 6, parent: the parent A9 of A2 is not in the table/u]],
    ['a circle of parents', 'A1,X,,A3,\nA2,Y,,A1,\nA3,Z,,A2,', [/parent: A\d is a kind of itself/u]],
    ['a code that stands twice', 'A1,X,,,\nA1,Y,,,', [/^Line 6, code: A1 stands in line 5 already/u]],
    ['a parent without the form of a code', 'A1,X,,the root,', [/^Line 5, parent: "the root" is not a code/u]],
    ['an equivalent of two classes', 'A1,X,,,B1\nA2,Y,,,B1', [/^Line 6, equivalents: B1 means A1 already/u]],
    ['an equivalent of itself', 'A1,X,,,A1', [/^Line 5, equivalents: "A1" is not the code of another class/u]],
  ])('is refused with its place for %s', (_, rows, expected) => {
    const problems = refused(`${FACTS}${columns}\n${rows}`, 'hyper-ontology');
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
  });

  it('is recognised by its columns and says which vocabularies map to codes it does not have', () => {
    const shelf = new TableShelf(temporaryFolder());
    const prepared = prepareTable(shelf, Buffer.from(`code,label,omop_domain\nIMG1000044,Siemens AG,---\n`), choices);
    expect(prepared.name).toBe('hyper-ontology');
    expect(prepared.changed).toEqual([
      { code: 'IMG1000044', label: 'Siemens AG', what: 'label: Siemens is now Siemens AG' },
    ]);
    expect(prepared.removed).toHaveLength(4067);
    expect(
      prepared.warnings.some((warning) =>
        /The table sex maps to codes that it does not have: COM1001366/u.test(warning),
      ),
    ).toBe(true);
    shelf.install(prepared.name, prepared.content);
    expect(shelf.ontology().size).toBe(1);
    expect(shelf.ontology().find('EUCAIM:IMG1000044')?.label).toBe('Siemens AG');
    expect(shelf.restore('hyper-ontology')).toBe(true);
    expect(shelf.ontology().size).toBe(4068);
  });

  it('bounds the value sets of vocabularies once it says what is a kind of what', () => {
    const shelf = new TableShelf(temporaryFolder());
    const rows = 'IMG1000010,Manufacturer,,,\nIMG1000044,Siemens,,IMG1000010,\nIMG1000022,MR,,,';
    const prepared = prepareTable(shelf, Buffer.from(`${FACTS}${columns}\n${rows}`), {
      ...choices,
      table: 'hyper-ontology',
    });
    shelf.install(prepared.name, prepared.content);
    expect(refused(`${FACTS}code,label\nIMG1000044,Siemens\nIMG1000022,MR`, 'manufacturer', shelf)).toEqual([
      expect.stringMatching(/^Line 6, code: IMG1000022 is outside the value set, which is what lies below IMG1000010/u),
    ]);
  });
});

describe('every table', () => {
  it.each(TABLE_NAMES)('%s is exported in the form that is imported, with nothing lost', (name) => {
    const shelf = new TableShelf(temporaryFolder());
    const { added, changed, removed } = prepareTable(shelf, Buffer.from(exportTable(shelf, name)), choices);
    expect({ added, changed, removed }).toEqual({ added: [], changed: [], removed: [] });
  });

  it('that was damaged by hand is named, with the way back', () => {
    const shelf = new TableShelf(temporaryFolder());
    writeFileSync(join(shelf.folder, 'vocabulary-sex.json'), '{"version": 1}');
    expect(() => shelf.vocabularies()).toThrow(/vocabulary-sex\.json cannot be used.*vocabulary restore NAME/su);
    shelf.restore('sex');
    expect(shelf.vocabularies().sex.version).toBe('2026.11.1');
    writeFileSync(join(shelf.folder, 'hyper-ontology.csv'), 'nonsense');
    expect(() => shelf.ontology()).toThrow(/hyper-ontology\.csv cannot be used/u);
  });
});
