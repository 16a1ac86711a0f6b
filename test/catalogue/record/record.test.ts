import { describe, expect, it } from 'vitest';
import { sheetsOf } from '../../../node-agent/catalogue/record/spreadsheet.ts';
import { canonicalJsonLd, canonicalTurtle } from './other-engines.ts';
import { ada, PUBLISHED, recordRig } from './rig.ts';

const HDAB = {
  'healthdcatap:hdab': [
    {
      'foaf:name': [{ text: 'National access body', language: 'en' }],
      'cv:contactPoint': [{ 'cv:email': ['access@body.example'] }],
    },
  ],
};

describe('a catalogue record', () => {
  it('says the same in JSON-LD and in Turtle, by the readings of others', async () => {
    const rig = recordRig();
    const { turtle, jsonld } = rig.records.record(rig.advance(rig.draft(), ...PUBLISHED));
    const canonical = await canonicalTurtle(turtle);
    expect(canonical.split('\n').length).toBeGreaterThan(60);
    expect(await canonicalJsonLd(jsonld)).toBe(canonical);
  });

  it('says the same in both also where every property has a value', async () => {
    const { EVERYTHING } = await import('./everything.ts');
    const rig = recordRig();
    const id = rig.draft();
    rig.records.save(id, EVERYTHING, 0, 'ada');
    const { turtle, jsonld, findings } = rig.records.record(id);
    expect(findings).toEqual([]);
    expect(await canonicalJsonLd(jsonld)).toBe(await canonicalTurtle(turtle));
  });

  it('keeps what a person declared to the letter', () => {
    const rig = recordRig();
    const { jsonld, turtle } = rig.records.record(rig.draft());
    expect(jsonld).toMatchObject({
      'dct:title': { '@value': 'Breast "MR"', '@language': 'en' },
      'dct:description': { '@value': 'First line\nsecond \\ line\twith a tab and ěščř' },
      'dcat:version': { '@value': '1.0.0' },
      'eucaim:hasCondition': { '@id': 'eucaim:CLIN1000075' },
      'dcat:distribution': { 'dcat:accessURL': { '@id': 'https://negotiator.example/request?a=1&b=two%20words' } },
      'dcat:contactPoint': { 'vcard:hasEmail': { '@id': 'mailto:imaging@hospital.example' } },
    });
    expect(turtle).toContain('"First line\\nsecond \\\\ line\\twith a tab and ěščř"@en');
  });

  it('is a draft, and says so in every form, until a second person released it and it was published', () => {
    const rig = recordRig();
    const id = rig.draft();
    const workbookOf = () => JSON.stringify(sheetsOf(rig.table, rig.records.record(id), 'It is a draft.'));
    for (const step of ['checked', 'released'] as const) {
      const record = rig.records.record(id);
      expect(record.approved).toBe(false);
      expect(record.turtle).toMatch(/^# Draft: /);
      expect(record.turtle).toContain('rdfs:comment "Draft: ');
      expect(record.jsonld).toMatchObject({ 'rdfs:comment': { '@value': expect.stringMatching(/^Draft: /) } });
      expect(workbookOf()).toContain('It is a draft.');
      rig.advance(id, step);
    }
    rig.advance(id, 'published');
    const record = rig.records.record(id);
    expect(record.approved).toBe(true);
    expect(JSON.stringify([record.turtle, record.jsonld])).not.toContain('Draft');
    expect(workbookOf()).not.toContain('draft');
    rig.advance(id, 'withdrawn');
    expect(rig.records.record(id).approved).toBe(false);
  });

  it('describes a draft as it would be if its members were fixed now, and fixes nothing', () => {
    const rig = recordRig();
    const id = rig.draft();
    const before = rig.records.record(id).fields;
    expect(rig.foundation.indexDatabase.prepare('SELECT COUNT(*) FROM dataset_series').pluck().get()).toBe(0);
    rig.advance(id, 'checked');
    const { 'dct:modified': modified, ...after } = rig.records.record(id).fields;
    expect(modified).toHaveLength(1);
    expect(after).toEqual(before);
  });
});

describe('the answers to a record', () => {
  it('begin with what was declared when the dataset was drafted', () => {
    const rig = recordRig();
    const { answers } = rig.records.answers(rig.draft());
    expect(answers).toMatchObject({ version: 0, by: null });
    expect(answers.fields).toMatchObject({
      'dct:publisher': [{ 'foaf:name': [{ text: 'St. Anna Hospital', language: 'en' }] }],
      'dcat:keyword': [{ text: 'breast' }, { text: 'MR' }],
      'dcat:distribution': [{ 'dcat:accessURL': ['https://negotiator.example/request?a=1&b=two words'] }],
    });
  });

  it('are kept by version with who and when, and the dataset shows the new ones', () => {
    const rig = recordRig();
    const id = rig.draft();
    const { fields } = rig.records.answers(id).answers;
    rig.records.save(
      id,
      {
        ...fields,
        'dct:title': [
          { text: ' Mamma ', language: 'de' },
          { text: 'Breast MR', language: 'en' },
        ],
        ...HDAB,
      },
      0,
      'ada',
    );
    expect(rig.records.answers(id).answers).toMatchObject({ version: 1, by: 'ada', at: expect.stringMatching(/Z$/) });
    expect(rig.hub.datasets.detail(id, ada)).toMatchObject({
      title: 'Breast MR',
      publisher: 'St. Anna Hospital',
      contactEmail: 'imaging@hospital.example',
    });
    const { turtle, findings } = rig.records.record(id);
    expect(turtle).toContain('"Mamma"@de');
    expect(findings).toEqual([]);
    rig.records.save(id, fields, 1, 'ada');
    const kept = rig.foundation.indexDatabase.prepare('SELECT version, by FROM dataset_record_fields ORDER BY version');
    expect(kept.all()).toEqual([
      { version: 1, by: 'ada' },
      { version: 2, by: 'ada' },
    ]);
    expect(rig.foundation.audit.page(0, 9).rows.filter(({ action }) => action === 'record.saved')).toHaveLength(2);
  });

  it('of another person, saved meanwhile, are not overwritten', () => {
    const rig = recordRig();
    const id = rig.draft();
    rig.records.save(id, {}, 0, 'olga');
    expect(() => rig.records.save(id, {}, 0, 'ada')).toThrow(/^olga saved other answers meanwhile\. Reload/);
  });

  it.each([
    [
      'what is computed',
      { 'healthdcatap:numberOfRecords': ['7'] },
      /Number of imaging studies .* is not typed in: Counted in the index/,
    ],
    ['a property nobody knows', { 'dct:nonsense': ['x'] }, /^The dataset has no property dct:nonsense\.$/],
    [
      'a nested property nobody knows',
      { 'dct:publisher': [{ 'foaf:age': ['x'] }] },
      /^Publisher: The publisher has no property foaf:age\.$/,
    ],
    ['a text that is none', { 'dct:title': [7] }, /^Title takes texts of up to 8000 characters\.$/],
    [
      'a language that is none',
      { 'dct:title': [{ text: 'x', language: 'English please' }] },
      /^Title: the language is a code/,
    ],
    ['no list', { 'dct:title': 'x' }, /^Title takes a list/],
  ])('never hold %s', (_, document, sentence) => {
    const rig = recordRig({ patients: 1, segmented: 0, clinical: 0 });
    expect(() => rig.records.save(rig.draft(), document, 0, 'ada')).toThrow(sentence);
  });

  it('can be changed in draft only; the sentence says what to do', () => {
    const rig = recordRig();
    const id = rig.draft();
    for (const state of ['checked', 'released', 'published', 'withdrawn'] as const) {
      rig.advance(id, state);
      expect(() => rig.records.save(id, {}, 0, 'ada')).toThrow(
        `The record of a ${state} dataset is fixed. Take a checked dataset back to draft, or make a new version of it.`,
      );
    }
  });
});

describe('the answers of the site', () => {
  it('stand where a dataset has none, and a dataset can say otherwise', () => {
    const rig = recordRig();
    const id = rig.draft();
    const ours = {
      'foaf:name': [{ text: 'Our hospital', language: 'en' }],
      'cv:contactPoint': [{ 'cv:email': ['we@hospital.example'] }],
    };
    rig.records.saveSite({ catalogue: {}, dataset: { ...HDAB, 'dct:publisher': [ours] } }, 0, 'ada');
    const { fields } = rig.records.record(id);
    expect(fields['healthdcatap:hdab']).toMatchObject(HDAB['healthdcatap:hdab']);
    expect(fields['dct:publisher']).toMatchObject([{ 'foaf:name': [{ text: 'St. Anna Hospital' }] }]);
    rig.records.save(id, {}, 0, 'ada');
    expect(rig.records.record(id).fields['dct:publisher']).toMatchObject([{ 'foaf:name': [{ text: 'Our hospital' }] }]);
  });

  it('that change later do not change a record that was checked', async () => {
    const rig = recordRig();
    const id = rig.advance(rig.draft(), ...PUBLISHED);
    const before = rig.records.record(id).turtle;
    await new Promise((resolve) => setTimeout(resolve, 5));
    rig.records.saveSite({ catalogue: {}, dataset: HDAB }, 0, 'ada');
    expect(rig.records.record(id).turtle).toBe(before);
    expect(rig.records.record(rig.draft()).turtle).toContain('National access body');
  });
});
