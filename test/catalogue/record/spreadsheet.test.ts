import { describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { sheetsOf, writeWorkbook } from '../../../node-agent/catalogue/record/spreadsheet.ts';
import { EVERYTHING } from './everything.ts';
import { PUBLISHED, recordRig } from './rig.ts';

/** The parts of a workbook (ECMA-376), as text. */
async function partsOf(workbook: Buffer): Promise<Map<string, string>> {
  const parts = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    fromBuffer(workbook, { lazyEntries: true }, (error, archive) => {
      if (error) return reject(error);
      archive.on('entry', (entry) => {
        archive.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            parts.set(entry.fileName, Buffer.concat(chunks).toString('utf8'));
            archive.readEntry();
          });
        });
      });
      archive.on('end', () => resolve());
      archive.readEntry();
    });
  });
  return parts;
}

function unescaped(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replaceAll(/&(amp|lt|gt|quot|apos);/gu, (_, name: string) => entities[name] ?? '');
}

/** Texts of the cells of each sheet, row by row. */
async function read(workbook: Buffer): Promise<{ name: string; rows: string[][] }[]> {
  const parts = await partsOf(workbook);
  const texts = (xml: string) =>
    [...xml.matchAll(/<t(?: [^>]*)?>([^<]*)<\/t>/gu)].map(([, text = '']) => unescaped(text)).join('');
  const shared = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gsu)].map(([, xml = '']) =>
    texts(xml),
  );
  const names = [...(parts.get('xl/workbook.xml') ?? '').matchAll(/<sheet [^>]*name="([^"]*)"/gu)].map(
    ([, name = '']) => unescaped(name),
  );
  return names.map((name, index) => {
    const xml = parts.get(`xl/worksheets/sheet${index + 1}.xml`) ?? '';
    const rows = [...xml.matchAll(/<row [^>]*>(.*?)<\/row>/gsu)].map(([, row = '']) =>
      [...row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gsu)].map(([, attributes = '', content = '']) => {
        expect(content).not.toContain('<f>');
        if (!attributes.includes('t="s"')) return texts(content);
        return shared[Number(/<v>(\d+)<\/v>/u.exec(content)?.[1])] ?? '';
      }),
    );
    return { name, rows };
  });
}

describe('the spreadsheet of a record', () => {
  it('has a sheet for each class, and a row for each property with its obligation, filled in or not', async () => {
    const rig = recordRig();
    const record = rig.records.record(rig.advance(rig.draft(), ...PUBLISHED));
    const sheets = await read(
      await writeWorkbook(sheetsOf(rig.table, record, 'Draft', rig.records.labels(record.dataset, record.fields))),
    );
    expect(sheets.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'About',
        'Dataset',
        'Distribution',
        'Publisher',
        'Health data access body',
        'Contact point of the dataset',
        'Contact point',
      ]),
    );
    const dataset = sheets.find(({ name }) => name === 'Dataset')?.rows ?? [];
    expect(dataset[0]).toEqual([
      'No.',
      'Property',
      'IRI',
      'Obligation',
      'Occurrence',
      'Value',
      'Language',
      'In words',
      'Explanation',
    ]);
    const iris = new Set(dataset.slice(1).map(([, , iri]) => iri));
    expect(iris).toEqual(new Set(rig.table.shape('dataset').properties.map(({ iri }) => iri)));
    const row = (iri: string) => dataset.find(([, , one]) => one === iri)?.slice(3, 8);
    expect(row('dct:title')).toEqual(['mandatory', '1..n', 'Breast "MR"', 'en', '']);
    expect(row('healthdcatap:numberOfRecords')).toEqual(['mandatory', '1..1', '60', '', '']);
    expect(row('eucaim:hasImageModality')).toEqual([
      'mandatory',
      '1..n',
      'https://hyperontology.eucaim.cancerimage.eu/#IMG1000022',
      '',
      expect.stringMatching(/^MR|magnetic/i),
    ]);
    expect(row('dcat:landingPage')).toEqual(['recommended', '0..n', '', '', '']);
    expect(row('dcat:distribution')).toEqual(['mandatory', '1..n', 'distribution 1', '', 'see that sheet']);
  });

  it('is what the record says, value by value, also where every property has one', async () => {
    const rig = recordRig();
    const id = rig.draft();
    rig.records.save(
      id,
      {
        ...EVERYTHING,
        'dct:alternative': [
          { text: '=1+1', language: 'en' },
          { text: '<&>"\' žluťoučký\nkůň', language: 'cs' },
        ],
      },
      0,
      'ada',
    );
    const sheets = sheetsOf(rig.table, rig.records.record(id), 'It is a draft.');
    const written = await read(await writeWorkbook(sheets));
    expect(written.map(({ name }) => name)).toEqual(sheets.map(({ name }) => name));
    expect(written.map(({ rows }) => rows)).toEqual(sheets.map(({ rows }) => rows));
    expect(JSON.stringify(written[0])).toContain('It is a draft.');
  });
});
