import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Needle } from '../../node-agent/deidentify/residual/needles.ts';
import { findResidualIdentifiers, scanOutput } from '../../node-agent/deidentify/residual/residual-scan.ts';
import { SearchMemory } from '../../node-agent/deidentify/residual/search-memory.ts';
import { SearchTargets } from '../../node-agent/deidentify/residual/search-targets.ts';
import { dateSpellings, nameSpellings } from '../../node-agent/deidentify/residual/spellings.ts';
import { fileMeta } from '../../node-agent/deidentify/stamps.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet, sequenceElement } from '../../node-agent/dicom/element.ts';
import { writePart10 } from '../../node-agent/dicom/part10-writer.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../../node-agent/dicom/uids.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { CT, ctElements, ENCODING, text, UIDS } from './fixtures.ts';

const vocabulary = new Vocabulary();
const memory = new SearchMemory(vocabulary);
const OUTPUT = [
  text('SOPClassUID', 'UI', CT),
  text('SOPInstanceUID', 'UI', '2.25.1'),
  text('StudyDate', 'DA', '20180101'),
];

/** Kinds found in an output of these elements, for a CT of the fixture's patient with these elements. */
async function scan(
  output: readonly DataElement[],
  options: { original?: readonly DataElement[]; syntax?: string; tail?: Buffer; paths?: readonly string[] } = {},
) {
  const original = makeDataSet(ENCODING, ctElements(...(options.original ?? [])));
  const path = join(temporaryFolder(), 'output.dcm');
  const syntax = options.syntax ?? EXPLICIT_VR_LITTLE_ENDIAN;
  const replaced = new Set(output.map(({ tag }) => tag));
  const elements = [...OUTPUT.filter(({ tag }) => !replaced.has(tag)), ...output].sort((a, b) => a.tag - b.tag);
  await writePart10(path, {
    meta: fileMeta(CT, '2.25.1', syntax),
    dataSet: makeDataSet(ENCODING, elements),
    transferSyntaxUid: syntax,
    source: path,
  });
  if (options.tail !== undefined) appendFileSync(path, options.tail);
  const ownValues = new Set(['GH-OTTILIE00000000']);
  return findResidualIdentifiers({ dataSet: original, meta: undefined }, path, memory, ownValues, options.paths);
}

describe('the residual scan of a deflated file', () => {
  it('takes no chance likeness in the compressed bytes for a name; the inflated text is what counts', async () => {
    const path = join(temporaryFolder(), 'output.dcm');
    const syntax = '1.2.840.10008.1.2.1.99';
    const dataSet = makeDataSet(ENCODING, [...OUTPUT, text('StudyDescription', 'LO', 'CT CHEST CONTRAST')]);
    await writePart10(path, { meta: fileMeta(CT, '2.25.1', syntax), dataSet, transferSyntaxUid: syntax, source: path });
    const compressed = readFileSync(path).subarray(-30);
    const needle = { kind: 'name', text: 'unlikely', bytes: compressed.subarray(4, 8) } as const;
    const context = { vocabulary, original: dataSet, ownValues: new Set<string>() };
    const wanting = (wanted: Needle) => () => {
      const targets = new SearchTargets();
      targets.add(wanted, dataSet.characterSet);
      return { targets, dates: [] };
    };
    expect(await scanOutput(path, wanting(needle), context)).toEqual([]);
    expect(await scanOutput(path, wanting({ kind: 'name', text: 'CONTRAST' }), context)).not.toEqual([]);
  });
});

describe('the residual scan finds', () => {
  it.each<[string, string, DataElement]>([
    ['a family name', 'name', text('SeriesDescription', 'LO', 'xx brandstetter yy')],
    ['a name of another person', 'name', text('ImageComments', 'LT', 'seen by PAPADOPOULOS')],
    ['a patient ID', 'id', text('ImageComments', 'LT', 'id MRN-4711-0815')],
    ['a patient ID without its separators', 'id', text('ImageComments', 'LT', 'MRN47110815')],
    ['an accession number', 'accession', text('StudyDescription', 'LO', 'ACC-778899')],
    ['a birth date as in DICOM', 'date', text('ImageComments', 'LT', 'born 19580312')],
    ['a birth date as in Europe', 'date', text('ImageComments', 'LT', 'born 12.3.1958')],
    ['a birth date as in the United States', 'date', text('ImageComments', 'LT', 'born 03/12/1958')],
    ['a study date that was not shifted', 'date', text('StudyDate', 'DA', '20200315')],
    ['an instance UID', 'uid', text('FrameOfReferenceUID', 'UI', UIDS.instance)],
    ['a UID inside a text', 'uid', text('ImageComments', 'LT', `see ${UIDS.study} there`)],
    ['a name in a private element', 'name', bytesElement(0x00091001, 'UN', Buffer.from('..Ottilie..'))],
    ['a name in UTF-16', 'name', bytesElement(0x00091001, 'UN', Buffer.from('Brandstetter', 'utf16le'))],
    ['a name in the samples', 'name', bytesElement(tagOf('PixelData'), 'OW', Buffer.from('....BRANDSTETTER....'))],
    [
      'a name six sequences deep',
      'name',
      [1, 2, 3, 4, 5, 6].reduce<DataElement>(
        (inner) => sequenceElement(tagOf('ReferencedStudySequence'), [makeDataSet(ENCODING, [inner])]),
        text('RetrieveAETitle', 'AE', 'OTTILIE'),
      ),
    ],
  ])('%s', async (_what, kind, element) => {
    const hits = await scan([element]);
    expect(hits.map((hit) => hit.kind)).toContain(kind);
    expect(JSON.stringify(hits)).not.toMatch(/brandstetter|4711|19580312/i);
  });

  it('an accented name in any spelling', async () => {
    const original = [
      text('SpecificCharacterSet', 'CS', 'ISO_IR 100'),
      text('PatientName', 'PN', 'Müßener^Zoë', 'ISO_IR 100'),
    ];
    for (const spelling of ['MUSSENER', 'mussener']) {
      expect(await scan([text('ImageComments', 'LT', spelling)], { original })).toHaveLength(1);
    }
    for (const encoding of ['utf8', 'latin1', 'utf16le'] as const) {
      expect(await scan([bytesElement(0x00091001, 'UN', Buffer.from('Müßener', encoding))], { original })).not.toEqual(
        [],
      );
    }
  });

  it('a short name as a word of its own', async () => {
    const original = [text('PatientName', 'PN', 'Wu^Xiu')];
    expect(await scan([text('ImageComments', 'LT', 'for Wu today')], { original })).toHaveLength(1);
    expect(await scan([text('ImageComments', 'LT', 'wundt')], { original })).toEqual([]);
  });

  it('both orders of a name whose parts are imaging words', async () => {
    const original = [text('PatientName', 'PN', 'Head^Knee')];
    expect(await scan([text('ImageComments', 'LT', 'of Knee Head')], { original })).toHaveLength(1);
    expect(await scan([text('ImageComments', 'LT', 'Head and Knee')], { original })).toEqual([]);
  });

  it.each<[string, string, DataElement]>([
    ['run together in a code', 'SMITH^JOHN', text('BodyPartExamined', 'CS', 'SMITHJOHN')],
    ['with an initial in a code of several values', 'SMITH^JOHN', text('ImageType', 'CS', 'DERIVED\\JSMITH')],
    ['of two letters each run together', 'LI^NA', text('ImageComments', 'LT', 'for LINA')],
    ['transliterated', 'Mueller^Joerg', text('ImageComments', 'LT', 'MULLER')],
    ['declined', 'Nowak^Jan', text('ImageComments', 'LT', 'Nowakowa')],
    ['among the samples', 'SMITH^JOHN', bytesElement(tagOf('PixelData'), 'OW', Buffer.from('....SMITH^JOHN....'))],
    [
      'beside the ID among the samples',
      'LI^NA',
      bytesElement(tagOf('PixelData'), 'OW', Buffer.from('..LI^NA 12345..')),
    ],
  ])('a name %s', async (_what, name, element) => {
    const original = [text('PatientName', 'PN', name), text('PatientID', 'LO', '12345')];
    expect((await scan([element], { original })).map(({ kind }) => kind)).toEqual(['name']);
  });

  it('the digits of an ID, and a date as EXIF or six digits have it', async () => {
    const original = [text('PatientID', 'LO', 'PX7734921')];
    for (const [value, kind] of [
      ['no 7734921', 'id'],
      ['1958:03:12', 'date'],
      ['of 150320', 'date'],
    ] as const) {
      expect((await scan([text('ImageComments', 'LT', value)], { original })).map((hit) => hit.kind)).toEqual([kind]);
    }
  });

  it.each<[string, string, string]>([
    ['UTF-8', 'Dvořáčková', '44766fc599c3a1c48d6b6f76c3a1'],
    ['Latin-2 (ISO_IR 101)', 'Dvořáčková', '44766ff8e1e86b6f76e1'],
    ['Latin-3 (ISO_IR 109)', 'Buħaġjar', '4275b161f56a6172'],
    ['Latin-4 (ISO_IR 110)', 'Bērziņš', '42ba727a69f1b9'],
    ['Cyrillic (ISO_IR 144)', 'Иванов', 'b8d2d0ddded2'],
    ['Greek (ISO_IR 126)', 'Ξενάκης', 'ceE5EDDceae7f2'],
    ['Latin-5 (ISO_IR 148)', 'Yıldız', '59fd6c64fd7a'],
    ['GB18030', '欧阳文', 'c5b7d1f4cec4'],
    ['ISO 2022 IR 87 in G0', '山田', '1b2442' + '3b334544' + '1b2842'],
    ['ISO 2022 IR 149 in G1', '김희중', '1b242943' + 'b1e8c8f1c1df'],
    ['UTF-16, little end first', 'Dvořáčková', '440076006f005901e1000d016b006f007600e100'],
    ['UTF-16, big end first', 'Иванов', '041804320430043d043e0432'],
  ])('a name in %s, whatever the header was written in', async (_encoding, name, hex) => {
    const original = [text('SpecificCharacterSet', 'CS', 'ISO_IR 192'), text('PatientName', 'PN', name, 'ISO_IR 192')];
    const bytes = Buffer.concat([Buffer.from('  '), Buffer.from(hex, 'hex'), Buffer.from('  ')]);
    const hits = await scan([bytesElement(0x00091001, 'UN', bytes)], { original });
    expect(hits.map(({ kind }) => kind)).toEqual(['name']);
    expect(await scan([bytesElement(0x00091001, 'UN', Buffer.alloc(16, 0xb0))], { original })).toEqual([]);
  });

  it.each([
    'born 12 March 1958',
    'geb. 12. März 1958',
    'née le 12 mars 1958',
    '12 de marzo de 1958',
    '1958. március 12.',
    '1958 m. kovo 12 d.',
    '1958. gada 12. martā marts',
    '12 marca 1958',
    '12 μαρτίου 1958',
    '12 март 1958',
    'MAR 12, 1958',
    '12-Mar-1958',
  ])('a birth date with its month in words: %s', async (spelling) => {
    const set = [text('SpecificCharacterSet', 'CS', 'ISO_IR 192')];
    const hits = await scan([...set, text('ImageComments', 'LT', spelling, 'ISO_IR 192')]);
    expect(hits.map(({ kind }) => kind)).toEqual(['date']);
    const other = spelling.replace('12', '13');
    expect(await scan([...set, text('ImageComments', 'LT', other, 'ISO_IR 192')])).toEqual([]);
  });

  it.each(['12.03.58', '12/03/58', '03-12-58', '1958_03_12', '58-03-12'])(
    'a birth date in figures: %s',
    async (spelling) => {
      expect((await scan([text('ImageComments', 'LT', `of ${spelling},`)])).map(({ kind }) => kind)).toEqual(['date']);
    },
  );

  it('what the folders and the file of the original were called', async () => {
    const paths = ['export/Kowalczyk_Zenobia/4712-99887/CT_THORAX/IM_KAPPENSTEIN.dcm'];
    for (const left of ['Kowalczyk', 'zenobia', '99887', 'Kappenstein'])
      expect((await scan([text('ImageComments', 'LT', `by ${left} now`)], { paths })).map(({ kind }) => kind)).toEqual([
        'file-name',
      ]);
    expect(await scan([text('StudyDescription', 'LO', 'CT THORAX')], { paths })).toEqual([]);
  });

  it.each([
    ['1.2.840.113619.2.5.1762583153.dcm', '113619 and 1762583153'],
    ['1.2.840.113619.2.5.1762583153', '113619 and 1762583153'],
    ['series/00001234.dcm', 'No 00001234'],
    ['00000001', 'No 00000001'],
  ])('not the numbers of a registry or of a file among others: %s', async (path, comments) => {
    expect(await scan([text('ImageComments', 'LT', comments)], { paths: [path] })).toEqual([]);
  });

  it('the UID after which a file is called', async () => {
    const paths = ['out/1.2.840.113619.2.5.1762583153.dcm'];
    const output = [text('ImageComments', 'LT', 'see 1.2.840.113619.2.5.1762583153')];
    expect((await scan(output, { paths })).map(({ kind }) => kind)).toEqual(['file-name']);
  });

  it('not a term of the standard, after which exports are called', async () => {
    const paths = ['seg_image_tessellated.dcm'];
    expect(await scan([text('SegmentationType', 'CS', 'TESSELLATED')], { paths })).toEqual([]);
    expect(await scan([text('ImageComments', 'LT', 'TESSELLATED')], { paths })).not.toEqual([]);
    expect(await scan([text('ImageComments', 'LT', 'TessellatedFactory')], { paths })).toEqual([]);
  });

  it('not the name of the device, after which exports are called', async () => {
    const original = [text('ManufacturerModelName', 'LO', 'Zubehoer 3000X')];
    const paths = ['D:\\Zubehoer 3000X\\IM0001'];
    const output = [text('ManufacturerModelName', 'LO', 'Zubehoer 3000X')];
    expect(await scan(output, { original, paths })).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['an e-mail address', 'ask otto.k@mail.example please', 'OTTO.K@mail.example'],
    ['an address on the net', 'see https://pacs.example.org/k/7 there', 'https://pacs.example.org/k/7'],
    ['a national number', 'NHS 943 476 5919', '9434765919'],
    ['a national number with letters', 'CF RSSMRA85T10A562S', 'rssmra85t10a562s'],
  ])('%s that stood in a text of the original', async (_what, comment, left) => {
    const original = [text('ImageComments', 'LT', comment)];
    expect(await scan([text('SeriesDescription', 'LO', `to ${left}`)], { original })).not.toEqual([]);
  });

  it('a place in the escape sequences of the original', async () => {
    const place = Buffer.concat([
      Buffer.from('1b2442', 'hex'),
      Buffer.from('3b3345444261', 'hex'),
      Buffer.from('1b2842', 'hex'),
    ]);
    const original = [
      text('SpecificCharacterSet', 'CS', '\\ISO 2022 IR 87'),
      bytesElement(tagOf('InstitutionName'), 'LO', place),
    ];
    expect((await scan([bytesElement(0x00091001, 'UN', place)], { original })).map(({ kind }) => kind)).toEqual([
      'institution',
    ]);
  });

  it('what is hidden in a deflated data set', async () => {
    const hits = await scan([text('ImageComments', 'LT', 'Brandstetter')], {
      syntax: '1.2.840.10008.1.2.1.99',
    });
    expect(hits).toHaveLength(1);
  });
});

describe('the residual scan is not misled by', () => {
  it.each<[string, DataElement]>([
    ['a shifted date that equals another date of the original', text('SeriesDate', 'DA', '20200315')],
    ['digits inside a new UID', text('FrameOfReferenceUID', 'UI', '2.25.1195803129958031')],
    ['digits inside a measurement', text('SliceLocation', 'DS', '19580312.5')],
    ['the pseudonym', text('PatientName', 'PN', 'GH-OTTILIE00000000')],
    ['a code that is an imaging word', text('BodyPartExamined', 'CS', 'CHEST')],
    ['a published code that reads like a date', text('CodeValue', 'SH', '120358')],
    ['a time that reads like a date', text('StudyTime', 'TM', '120358')],
  ])('%s', async (_what, element) => {
    expect(await scan([element])).toEqual([]);
  });

  it('a syllable', async () => {
    const original = [text('PatientName', 'PN', 'Alan^Eric')];
    expect(await scan([text('ImageComments', 'LT', 'balanced generic')], { original })).toEqual([]);
  });
});

describe('spellings', () => {
  it('of a name are its words in all component groups', () => {
    const spellings = nameSpellings('Yamada^Tarou=山田^太郎=やまだ^たろう', () => false);
    expect(spellings).toEqual(expect.arrayContaining(['Yamada', 'Tarou', '山田', '太郎', 'やまだ', 'たろう']));
  });

  it('of a date are those of DICOM, ISO, Europe and the United States', () => {
    expect(dateSpellings('19580312')).toEqual(
      expect.arrayContaining([
        '19580312',
        '1958-03-12',
        '12.03.1958',
        '12.3.1958',
        '03/12/1958',
        '3/12/1958',
        '12031958',
      ]),
    );
    expect(dateSpellings('19000101')).toEqual([]);
    expect(dateSpellings('not a date')).toEqual([]);
  });
});
