import { describe, expect, it } from 'vitest';
import type { DatasetFigures } from '../../node-agent/catalogue/dataset-figures.ts';
import { buildRecord, type DeclaredDataset } from '../../node-agent/catalogue/record/catalogue-record.ts';
import { loadRecordProfile } from '../../node-agent/catalogue/record/profile.ts';
import { triplesOfJsonLd, triplesOfTurtle } from './turtle-reader.ts';

const profile = loadRecordProfile();

const dataset: DeclaredDataset = {
  datasetId: 'ds 1/é',
  title: 'Prostate "MR"',
  description: 'First line\nsecond \\ line\twith a tab and ěščř',
  conditionCode: 'CLIN1000075',
  publisher: 'St. Anna Hospital',
  contactEmail: 'imaging@hospital.example',
  keywords: ['prostate', 'MR'],
  provenance: 'Routine care.',
  accessUrl: 'https://negotiator.example/request?a=1&b=two words',
  createdAt: '2026-03-04T05:06:07.000Z',
};

const figures: DatasetFigures = {
  patients: 47,
  studies: 61,
  series: 240,
  instances: 9000,
  bytes: 1,
  sexes: [
    { code: 'COM1001366', patients: 44 },
    { code: 'COM1001370', patients: 3 },
  ],
  modalities: [{ code: 'IMG1000022', patients: 47 }],
  bodyParts: [
    { code: 'BP1000021', patients: 40 },
    { code: 'BP1000092', patients: 9 },
  ],
  manufacturers: [
    { code: 'IMG1000044', patients: 30 },
    { code: 'IMG1000046', patients: 17 },
  ],
  ageBands: [
    { from: 30, to: 39, patients: 1 },
    { from: 50, to: 59, patients: 12 },
    { from: 60, to: 69, patients: 25 },
    { from: 80, to: 89, patients: 9 },
  ],
};

/** The policy's defaults: below 10 nothing, else rounded to 10. */
const disclose = (count: number) => (count < 10 ? 0 : Math.round(count / 10) * 10);

describe('a catalogue record', () => {
  const record = buildRecord(profile, dataset, figures, disclose);

  it('has every mandatory property of EUCAIM DCAT-AP v2.0', () => {
    expect(record.missing).toEqual([]);
    for (const property of profile.mandatory) expect(record.jsonld).toHaveProperty([property]);
  });

  it('says the same in JSON-LD and in Turtle', () => {
    const triples = triplesOfTurtle(record.turtle);
    expect(triples.length).toBeGreaterThan(40);
    expect(triples).toEqual(triplesOfJsonLd(record.jsonld));
  });

  it('holds counts only as the disclosure policy lets them out', () => {
    expect(record.jsonld).toMatchObject({
      'healthdcatap:numberOfUniqueIndividuals': { '@value': '50', '@type': 'xsd:nonNegativeInteger' },
      'healthdcatap:numberOfRecords': { '@value': '60' },
    });
    for (const exact of ['47', '61', '240', '9000']) expect(record.turtle).not.toContain(`"${exact}"`);
  });

  it('leaves out categories and ages that too few patients have', () => {
    expect(record.jsonld).toMatchObject({
      'eucaim:hasBirthSex': { '@id': 'eucaim:COM1001366' },
      'eucaim:hasImageBodyPart': { '@id': 'eucaim:BP1000021' },
      'eucaim:hasEquipmentManufacturer': [{ '@id': 'eucaim:IMG1000044' }, { '@id': 'eucaim:IMG1000046' }],
      'healthdcatap:minTypicalAge': { '@value': '50' },
      'healthdcatap:maxTypicalAge': { '@value': '69' },
    });
  });

  it('keeps what a person declared to the letter', () => {
    expect(record.jsonld).toMatchObject({
      'dct:title': { '@value': 'Prostate "MR"', '@language': 'en' },
      'dct:description': { '@value': dataset.description },
      'dcat:version': { '@value': '2026.03.04' },
      'eucaim:hasCondition': { '@id': 'eucaim:CLIN1000075' },
      'dcat:distribution': { 'dcat:accessURL': { '@id': 'https://negotiator.example/request?a=1&b=two%20words' } },
      'dcat:contactPoint': { 'vcard:hasEmail': { '@id': 'mailto:imaging@hospital.example' } },
    });
    expect(record.turtle).toContain('"First line\\nsecond \\\\ line\\twith a tab and ěščř"@en');
  });

  it('says nothing of dates of acquisition, which are shifted, nor of an undesignated health data access body', () => {
    expect(record.turtle).not.toMatch(/dct:temporal|healthdcatap:hdab/);
  });

  it('names the mandatory properties that have no value', () => {
    const tooSmall = { ...figures, patients: 9, studies: 9, modalities: [{ code: 'IMG1000022', patients: 9 }] };
    expect(buildRecord(profile, { ...dataset, keywords: [] }, tooSmall, disclose).missing).toEqual([
      'healthdcatap:numberOfUniqueIndividuals',
      'healthdcatap:numberOfRecords',
      'eucaim:hasImageModality',
      'dcat:keyword',
    ]);
  });
});

describe('the record profile', () => {
  it('states its edition and its source', () => {
    expect(profile.edition).toContain('EUCAIM DCAT-AP v2.0');
    expect(profile.source).toContain('eucaim_dcat_ap');
  });

  it('is refused with its name when it cannot be read', () => {
    expect(() => loadRecordProfile('/nowhere/profile.json')).toThrow(/\/nowhere\/profile\.json cannot be used/);
  });
});
