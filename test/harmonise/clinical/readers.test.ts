import { describe, expect, it } from 'vitest';
import { ClinicalFileError } from '../../../node-agent/harmonise/clinical/finding.ts';
import { readClinicalFile } from '../../../node-agent/harmonise/clinical/readers/read-clinical-file.ts';
import { SEPARATOR } from '../../../node-agent/harmonise/clinical/source-table.ts';
import { zipOf } from './workbook.ts';

const refusal = async (bytes: Buffer, options = {}) => {
  const error = await readClinicalFile(bytes, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClinicalFileError);
  return (error as ClinicalFileError).finding;
};
const read = (text: string, encoding: BufferEncoding = 'utf8') => readClinicalFile(Buffer.from(text, encoding));
const recognisedAs = ({ recognised }: Awaited<ReturnType<typeof readClinicalFile>>, what: string) =>
  recognised.find((one) => one.what === what)?.value;

describe('delimited text', () => {
  it.each([
    [',', 'comma'],
    [';', 'semicolon'],
    ['\t', 'tab'],
    ['|', 'vertical bar'],
  ])('is divided by %j without being told', async (delimiter, name) => {
    const file = await read(['id,sex,age', 'A,F,50', 'B,M,61'].join('\n').replaceAll(',', delimiter));
    expect(recognisedAs(file, 'delimiter')).toBe(name);
    expect(file.tables[0]?.rows.map(({ cells }) => cells)).toEqual([
      ['A', 'F', '50'],
      ['B', 'M', '61'],
    ]);
  });

  it('keeps quoted delimiters, doubled quotes and line ends inside cells, and the numbers of its lines', async () => {
    const file = await read('id;note;age\r\nA;"one; ""two""\r\nthree";50\r\n\r\nB;x;63,2\r\n');
    expect(file.tables[0]?.rows).toEqual([
      { line: 2, cells: ['A', 'one; "two"\r\nthree', '50'] },
      { line: 5, cells: ['B', 'x', '63,2'] },
    ]);
  });

  it('reports a line of another width with its number and goes on', async () => {
    const file = await read('id,sex,age\nA,F,50\nB,M\nC,F,44\n');
    expect(file.findings).toMatchObject([
      { code: 'wrong-number-of-cells', level: 'error', place: { line: 3, text: 'line 3' } },
    ]);
    expect(file.tables[0]?.rows).toHaveLength(2);
  });

  it.each([
    ['a quotation mark that is never closed', 'id,sex\nA,F\nB,"M\n', 'unclosed-quote', 'line 3'],
    ['text behind a closing quotation mark', 'id,sex\nA,"F"x\n', 'text-behind-quote', 'line 2'],
    ['a head with one name twice', 'id,sex,sex\nA,F,F\n', 'column-twice', 'line 1, column "sex"'],
    ['no delimiter at all', 'just a letter\nabout nothing\n', 'wrong-delimiter', 'line 1'],
    ['nothing in it', ' \n', 'empty-file', 'the file'],
  ])('is refused with its line: %s', async (_, content, code, place) => {
    expect(await refusal(Buffer.from(content))).toMatchObject({ code, place: { text: place } });
  });

  it('is refused where a person states a wrong delimiter', async () => {
    expect(await refusal(Buffer.from('id,sex\nA,F\n'), { delimiter: ';' })).toMatchObject({
      code: 'wrong-delimiter',
      place: { line: 1 },
    });
  });
});

describe('the encoding', () => {
  const lines = (word: string) => `id;sex;note\nA;${word};x\nB;F;y\n`;
  /** Bytes of a set of one byte a character, by the decoder of the platform. */
  const encoded = (text: string, encoding: string) => {
    const table = new Map(
      Array.from({ length: 256 }, (_, byte) => [new TextDecoder(encoding).decode(Uint8Array.of(byte)), byte]),
    );
    return Buffer.from([...text].map((character) => table.get(character) ?? 0x3f));
  };

  it.each([
    ['utf-8', Buffer.from(lines('männlich'))],
    ['utf-8', Buffer.from(`\ufeff${lines('männlich')}`)],
    ['utf-16le', Buffer.from(`\ufeff${lines('muž')}`, 'utf16le')],
    ['utf-16be', Buffer.from(lines('muž'), 'utf16le').swap16()],
    ['windows-1252', encoded(lines('männlich'), 'windows-1252')],
    ['windows-1250', encoded(lines('mężczyzna, płeć'), 'windows-1250')],
    ['iso-8859-2', encoded(lines('próba śledzona, wąski, źle'), 'iso-8859-2')],
    ['windows-1253', encoded(lines('άρρεν γυναίκα'), 'windows-1253')],
    ['windows-1251', encoded(lines('мъж жена'), 'windows-1251')],
  ])('%s is recognised and said', async (encoding, bytes) => {
    const file = await readClinicalFile(bytes);
    expect(recognisedAs(file, 'encoding')).toBe(encoding);
    expect(file.tables[0]?.columns.map(({ name }) => name)).toEqual(['id', 'sex', 'note']);
  });

  it('is warned of where two would read the letters differently', async () => {
    const file = await readClinicalFile(encoded(lines('señora'), 'windows-1252'));
    expect(file.findings).toMatchObject([{ code: 'encoding-guessed', level: 'warning' }]);
  });

  it('that is stated wrongly is refused with the line of the first byte that is not of it', async () => {
    const bytes = encoded('id;sex\nA;F\nB;männlich\n', 'windows-1252');
    expect(await refusal(bytes, { encoding: 'utf-8' })).toMatchObject({ code: 'wrong-encoding', place: { line: 3 } });
  });
});

describe('a workbook', () => {
  it('gives every sheet, dates as dates and numbers as numbers, with the addresses of its cells', async () => {
    const file = await readClinicalFile(
      zipOf({
        Patients: [
          ['id', 'born', 'age'],
          ['A', { date: '1958-03-12' }, 63.2],
        ],
        Empty: [],
      }),
    );
    expect(file.format).toBe('xlsx');
    expect(file.tables).toEqual([
      {
        part: 'Patients',
        columns: ['id', 'born', 'age'].map((name) => ({ name, kind: 'text' })),
        rows: [{ line: 2, cells: ['A', '1958-03-12', '63.2'] }],
      },
    ]);
  });

  it.each([
    ['an old workbook or one with a password', Buffer.from('d0cf11e0a1b11ae1000000', 'hex'), 'not-supported'],
    ['an archive that is no workbook', Buffer.from('PK\u0003\u0004 and nothing more'), 'unreadable'],
  ])('is refused: %s', async (_, bytes, code) => {
    expect(await refusal(bytes)).toMatchObject({ code });
  });
});

describe('an export of REDCap', () => {
  it('has its ticked boxes as one column of choices, raw or labelled', async () => {
    const raw = await read(
      'record_id,redcap_event_name,therapy___1,therapy___2,therapy___3,sex\nA,base_arm_1,1,0,1,2\n',
    );
    expect(raw.format).toBe('redcap');
    expect(raw.tables[0]?.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'record_id text',
      'redcap_event_name text',
      'therapy choices',
      'sex text',
    ]);
    expect(raw.tables[0]?.rows[0]?.cells).toEqual(['A', 'base_arm_1', `1${SEPARATOR}3`, '2']);
    const labelled = await read(
      'Record ID,Event Name,Therapy (choice=Surgery),Therapy (choice=RT)\nA,Base,Unchecked,Checked\n',
    );
    expect(recognisedAs(labelled, 'REDCap export')).toBe('labels');
    expect(labelled.tables[0]?.rows[0]?.cells).toEqual(['A', 'Base', 'RT']);
  });
});

describe('a bundle of FHIR R4', () => {
  const patient = {
    resourceType: 'Patient',
    id: '1',
    identifier: [{ value: 'MRN1' }],
    birthDate: '1950-01-02',
    gender: 'female',
  };
  const bundle = (...resources: object[]) =>
    Buffer.from(JSON.stringify({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) }));

  it('follows references to the identifier of the patient and reads codes with their system', async () => {
    const condition = {
      resourceType: 'Condition',
      subject: { reference: 'Patient/1' },
      code: { coding: [{ system: 's', code: 'c' }], text: 'Anna' },
    };
    const file = await readClinicalFile(bundle(patient, condition));
    expect(file.tables.map(({ part }) => part)).toEqual(['Patient', 'Condition']);
    expect(file.tables[1]?.rows[0]).toMatchObject({ line: 2, cells: expect.arrayContaining(['MRN1', 's|c']) });
    expect(JSON.stringify(file)).not.toContain('Anna');
  });

  it('reports lost references and patients without identifier by their entry, and lists what it leaves aside', async () => {
    const lost = { resourceType: 'Condition', subject: { reference: 'Patient/9' }, code: {} };
    const other = { resourceType: 'Medication' };
    const extended = { ...patient, extension: [{ url: 'http://x/StructureDefinition/ward', valueString: 'North' }] };
    const { findings } = await readClinicalFile(bundle(extended, { resourceType: 'Patient', id: '2' }, lost, other));
    expect(findings.map(({ code, place }) => `${code}: ${place.text}`)).toEqual([
      'row-without-patient: entry 2, Patient.identifier',
      'reference-lost: entry 3, Condition.subject',
      'left-aside: the bundle',
      'left-aside: the bundle',
    ]);
    expect(findings.map(({ message }) => message).join(' ')).toMatch(
      /extension ward of Patient \(1\).*type Medication \(1\)/u,
    );
  });

  it.each([
    ['JSON that is cut off', Buffer.from('{"resourceType":"Bundle"'), 'unreadable'],
    ['another resource', Buffer.from('{"resourceType":"Patient"}'), 'not-supported'],
    ['a bundle of nothing', Buffer.from('{"resourceType":"Bundle"}'), 'empty-file'],
  ])('is refused: %s', async (_, bytes, code) => {
    expect(await refusal(bytes)).toMatchObject({ code });
  });
});
