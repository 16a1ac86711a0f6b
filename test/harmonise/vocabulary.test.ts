import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Harmoniser } from '../../node-agent/harmonise/harmoniser.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { VocabularyLookup } from '../../node-agent/harmonise/vocabulary-lookup.ts';

const DATA = join(import.meta.dirname, '../../node-agent/harmonise/data');

describe('the vocabularies that come with Gatehouse', () => {
  const lookup = new VocabularyLookup(loadVocabularies());

  it('state edition and source of every table', () => {
    for (const table of lookup.tables()) {
      expect(table).toMatchObject({ version: expect.any(String), edition: expect.any(String) });
      expect(table.source).toContain('EUCAIM');
    }
  });

  it('understand what the hub asks with', () => {
    expect(lookup.hubConcept('modality', 'RID10312')?.code).toBe('IMG1000022');
    expect(lookup.hubConcept('modality', 'RID10334')?.code).toBe('IMG1000034');
    expect(lookup.hubConcept('sex', 'SNOMEDCT248152002')?.code).toBe('COM1001370');
    expect(lookup.hubConcept('bodyPart', 'SNOMEDCT12921003')?.code).toBe('BP1000092');
    expect(lookup.hubConcept('bodyPart', 'SNOMEDCT816092008')?.code).toBe('BP1000092');
    expect(lookup.hubConcept('manufacturer', 'birnlex_12833')?.code).toBe('IMG1000047');
    expect(lookup.hubConcept('manufacturer', 'C200140')?.code).toBe('IMG1000044');
    expect(lookup.hubConcept('condition', 'SNOMEDCT399068003')?.label).toBe('Prostate cancer');
    expect(lookup.hubConcept('modality', 'RID99999')).toBeUndefined();
  });

  it('understand both generations of the ontology', () => {
    expect(lookup.concept('sex', 'COM1000180')).toEqual({ code: 'COM1001366', label: 'Male' });
    expect(lookup.concept('modality', 'IMG1000038')?.code).toBe('IMG1000022');
    expect(lookup.concept('modality', 'IMG9999999')).toBeUndefined();
  });

  it('offer the nine cancer types as conditions of a dataset', () => {
    const labels = lookup.conditions().map(({ label }) => label.toLowerCase());
    for (const word of ['breast', 'prostate', 'lung', 'colon ', 'rectal', 'liver', 'glioma', 'glioblastoma', 'neuro']) {
      expect(labels.some((label) => label.includes(word))).toBe(true);
    }
  });
});

describe('a replaced vocabulary', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vocabulary-'));
    cpSync(DATA, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const edit = (name: string, change: (table: { version: string; concepts: Record<string, unknown>[] }) => void) => {
    const file = join(folder, `vocabulary-${name}.json`);
    const table = JSON.parse(readFileSync(file, 'utf8'));
    change(table);
    writeFileSync(file, JSON.stringify(table));
  };

  it('takes effect with its own version', () => {
    edit('modality', (table) => {
      table.version = 'local-1';
      table.concepts.push({ code: 'IMG1000083', label: 'Spectroscopy', terms: ['MS'] });
    });
    const values = new Harmoniser(loadVocabularies(folder)).harmonise({
      modality: 'MS',
      bodyPart: null,
      anatomicRegions: [],
      manufacturer: null,
      sex: null,
      laterality: null,
      seriesDescription: null,
      protocol: null,
      studyDescription: null,
    });
    expect(values.find((one) => one.attribute === 'modality')).toMatchObject({
      code: 'IMG1000083',
      tableVersion: 'local-1',
    });
  });

  it('is refused with the file and the place when it is malformed', () => {
    edit('sex', (table) => {
      table.concepts[0] = { code: 'not a code', label: 'Male' };
    });
    expect(() => loadVocabularies(folder)).toThrow(/vocabulary-sex\.json cannot be used.*concepts/s);
  });

  it('is refused when it refers to a concept it does not list', () => {
    edit('body-part', (table) => {
      table.concepts[0] = { ...table.concepts[0], within: ['BP9999999'] };
    });
    expect(() => loadVocabularies(folder)).toThrow(/BP9999999, which it does not list/);
  });

  it('is refused when it lists a code twice', () => {
    edit('laterality', (table) => table.concepts.push({ ...table.concepts[0] }));
    expect(() => loadVocabularies(folder)).toThrow(/listed twice/);
  });

  it('is refused when one spelling stands for two concepts', () => {
    edit('modality', (table) => table.concepts.push({ code: 'IMG1000083', label: 'Spectroscopy', terms: ['ct'] }));
    expect(() => new Harmoniser(loadVocabularies(folder))).toThrow(/"ct" stands for two concepts/);
  });
});
