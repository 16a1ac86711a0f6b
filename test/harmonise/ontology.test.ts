import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HyperOntology, readHyperOntology } from '../../node-agent/harmonise/ontology/hyper-ontology.ts';
import { readOntologyTable } from '../../node-agent/harmonise/ontology/ontology-table.ts';
import { loadValueSets } from '../../node-agent/harmonise/ontology/value-sets.ts';
import { Units } from '../../node-agent/harmonise/values/units.ts';
import { loadValueRules } from '../../node-agent/harmonise/values/value-rules.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { parseCsv } from '../support/csv.ts';

const ontology = readHyperOntology();
const REFERENCE = new URL('../../../shared/reference/hyper-ontology.csv', import.meta.url);
const tableOf = (rows: string, columns = 'code,label,omop_domain,parent') =>
  new HyperOntology(readOntologyTable(Buffer.from(`# version: t\n# edition: t\n# source: t\n${columns}\n${rows}\n`)));

describe('the hyper-ontology that comes with Gatehouse', () => {
  it('has 4,068 classes, and names its source and licence', () => {
    expect(ontology.size).toBe(4068);
    expect(ontology.table.source).toMatch(/EUCAIM\/etl-toolset \(Apache-2\.0\)/u);
  });

  it.skipIf(!existsSync(REFERENCE))('has every code with label and OMOP domain of the published table', () => {
    const [, ...published] = parseCsv(readFileSync(REFERENCE, 'utf8'));
    expect(published).toHaveLength(4068);
    const shipped = new Map(ontology.table.classes.map((one) => [one.code, one]));
    const different = published.filter(([code = '', label, domain]) => {
      const found = shipped.get(code);
      return found?.label !== label || (found?.omopDomain ?? '---') !== domain;
    });
    expect(different).toEqual([]);
  });

  it('finds a class by its code, with the prefix of a cell and as an IRI', () => {
    for (const code of ['BP1000021', 'EUCAIM:BP1000021', 'https://cancerimage.eu/ontology/EUCAIM#BP1000021']) {
      expect(ontology.find(code)?.label).toBe('Prostate');
    }
    expect(ontology.find('BP9999999')).toBeUndefined();
  });

  it.each([
    ['COM1000180', 'COM1001366'],
    ['COM1000177', 'COM1001370'],
    ['COM1000176', 'COM1001366'],
    ['IMG1000038', 'IMG1000022'],
    ['IMG1000062', 'IMG1000037'],
  ])('resolves %s of the other generation to %s', (older, current) => {
    expect(ontology.find(older)?.code).toBe(current);
    expect(ontology.knows(older)).toBe(true);
  });

  it('finds classes by label without regard to case and punctuation', () => {
    expect(ontology.byLabel('malignant neoplasm of BREAST').map(({ code }) => code)).toContain('CLIN1000060');
    expect(ontology.byLabel('no such thing')).toEqual([]);
  });

  it('knows every code that a vocabulary, a value set, a unit or a rule of values names', () => {
    const vocabularies = Object.values(loadVocabularies()).flatMap(({ concepts }) =>
      concepts.flatMap(({ code, alternatives }) => [code, ...alternatives]),
    );
    const sets = [...loadValueSets().values()].flatMap(({ root, codes }) => [root, ...codes]);
    const units = new Units().all.flatMap(({ ontology: code }) => (code === undefined ? [] : [code]));
    const all = [...vocabularies, ...sets, ...units, ...loadValueRules().unpairedParts];
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter((code) => !ontology.knows(code))).toEqual([]);
  });

  it('has a unit of UCUM for every unit of measure in it', () => {
    const named = new Set(new Units().all.map(({ ontology: code }) => code));
    const classes = ontology.table.classes.filter(({ omopDomain }) => omopDomain === 'Unit');
    // Headings of the ontology, and the second class of one unit.
    const without = new Set(['COM1000143', 'COM1000147', 'COM1000150', 'COM1001968']);
    expect(classes.filter(({ code }) => !named.has(code) && !without.has(code))).toEqual([]);
  });
});

describe('a range', () => {
  it('is an explicit list as long as no class says what it is a kind of', () => {
    expect(ontology.isInRange('IMG1000010', 'IMG1000044')).toBe(true);
    expect(ontology.isInRange('IMG1000010', 'BP1000021')).toBe(false);
    expect(ontology.isInRange('COM1001396', 'COM1000180')).toBe(true);
    expect(ontology.isInRange('BP1000024', 'BP1000021')).toBe(true);
    expect(ontology.isInRange('GEN1000001', 'BP1000021')).toBeUndefined();
    expect(ontology.range('IMG1000010')?.certain).toBe(false);
  });

  it('is all classes below its root, over several steps, where the table says so', () => {
    const small = tableOf('IMG1000010,Manufacturer,,\nA1,Siemens,,IMG1000010\nA2,Varian,,A1|IMG1000010\nA3,Other,,');
    expect([...(small.range('IMG1000010')?.codes ?? [])].sort()).toEqual(['A1', 'A2']);
    expect(small.range('IMG1000010')?.certain).toBe(true);
    expect(small.isInRange('IMG1000010', 'A3')).toBe(false);
    expect(small.isInRange('IMG1000010', 'IMG1000044')).toBe(false);
  });
});
