import { describe, expect, it } from 'vitest';
import { fdpMount } from '../../../node-agent/assembly/record-side.ts';
import { sheetsOf } from '../../../node-agent/catalogue/record/spreadsheet.ts';
import { DisclosurePolicy } from '../../../node-agent/governance/disclosure-policy.ts';
import { ada, PUBLISHED, recordRig } from './rig.ts';

const policy = new DisclosurePolicy();

/** Every form in which a record can leave, as text. */
async function everyForm(rig: ReturnType<typeof recordRig>, id: string): Promise<Record<string, string>> {
  const record = rig.records.record(id);
  const mount = fdpMount(rig.records, { ...rig.settings, 'fdp.access': 'open' });
  const ask = async (path: string, accept: string) =>
    (
      await mount.handle({
        method: 'GET',
        path,
        headers: { host: 'node.example', accept },
        body: (async function* () {})(),
        tokenName: 'test',
        remoteAddress: '',
      })
    ).body;
  const port = rig.hub.record;
  return {
    turtle: record.turtle,
    jsonld: JSON.stringify(record.jsonld),
    workbook: JSON.stringify(sheetsOf(rig.table, record, '')),
    form: JSON.stringify({ ...port.form(id), savedAt: null }),
    point: await ask(`/dataset/${id}`, 'text/turtle'),
    pointJson: await ask(`/dataset/${id}`, 'application/ld+json'),
    page: await ask(`/dataset/${id}`, 'text/html'),
    catalogue: await ask('/catalog/datasets', 'text/turtle'),
  };
}

/** Whole numbers a text states by themselves, outside of dates, identifiers and addresses. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/(?<=^|[\s>,:;("'\\]|&quot;)(\d{1,6})(?=$|[\s<,;)"'\\^]|&quot;)/gu)].map(([, digits]) =>
    Number(digits),
  );
}

describe('what a record discloses', () => {
  it('is no exact count anywhere, in any form', async () => {
    const rig = recordRig({ segmented: 12 });
    const { patients, studies, series, instances } = rig.hub.datasets.detail(rig.draft(), {
      name: 'ada',
      role: 'viewer',
    });
    // 47 patients, 61 studies, 44 women, 44 of 50 to 69, 20 with clinical data: none is a count that may leave
    expect([patients, studies, series, instances]).toEqual([47, 61, 73, 73]);
    const id = rig.advance(rig.draft(), ...PUBLISHED);
    const forms = await everyForm(rig, id);
    for (const [form, text] of Object.entries(forms)) {
      const stated = numbersIn(text);
      for (const exact of [47, 61, 73, 44, 14, 12, 4, 3]) {
        // occurrences such as 0..1 or "v2.0" are no counts; the numbers of sheets are small
        if (form === 'workbook' && exact < 5) continue;
        expect([form, exact, stated.includes(exact)]).toEqual([form, exact, false]);
      }
    }
    for (const form of ['turtle', 'jsonld', 'workbook', 'form', 'point', 'pointJson'] as const) {
      expect(numbersIn(forms[form] ?? '')).toEqual(expect.arrayContaining([50, 60]));
    }
  });

  it('is the same in every form', () => {
    const rig = recordRig({ segmented: 12 });
    const record = rig.records.record(rig.advance(rig.draft(), ...PUBLISHED));
    const rows = sheetsOf(rig.table, record, '').find(({ name }) => name === 'Dataset')?.rows ?? [];
    for (const [iri, shown] of [
      ['healthdcatap:numberOfUniqueIndividuals', '50'],
      ['healthdcatap:numberOfRecords', '60'],
      ['eucaim:nbrOfSegmentations', '10'],
      ['healthdcatap:minTypicalAge', '50'],
      ['healthdcatap:maxTypicalAge', '69'],
    ] as const) {
      expect(record.fields[iri]).toEqual([shown]);
      expect(record.turtle).toContain(`${iri} "${shown}"^^xsd:nonNegativeInteger`);
      expect(record.jsonld).toMatchObject({ [iri]: { '@value': shown } });
      expect(rows.filter(([, , property]) => property === iri).map(([, , , , , value]) => value)).toEqual([shown]);
      if (!iri.endsWith('Age')) expect(policy.mayLeave(Number(shown))).toBe(true);
    }
  });

  it('leaves out sexes, manufacturers, ages, years, segmentations and columns that too few patients have', async () => {
    const rig = recordRig();
    const forms = await everyForm(rig, rig.advance(rig.draft(), ...PUBLISHED));
    const [male, canon] = ['COM1001366', 'IMG1000050'];
    for (const form of ['turtle', 'jsonld', 'point', 'pointJson', 'page'] as const) {
      const text = forms[form] ?? '';
      for (const rare of [male, canon, '1999-', 'nbrOfSegmentations', 'ethnicity', 'minTypicalAge "30"']) {
        expect([form, rare, text.includes(rare)]).toEqual([form, rare, false]);
      }
      for (const common of [
        'COM1001370',
        'IMG1000044',
        'IMG1000046',
        '2015-01-01',
        '2017-12-31',
        'patient_birth_sex',
      ]) {
        expect([form, common, text.includes(common)]).toEqual([form, common, true]);
      }
    }
  });

  it('says of the period that both ends are approximate, because de-identification changes dates', () => {
    const rig = recordRig();
    const { turtle } = rig.records.record(rig.draft());
    expect(turtle).toMatch(/dct:temporal \[[^\]]*De-identification changes the dates, so both ends are approximate\./);
  });

  it('is nothing of what the dataset itself leaves out: dates, and columns of the clinical tables', () => {
    const rig = recordRig();
    const id = rig.draft();
    const hide = rig.foundation.indexDatabase.prepare('UPDATE datasets SET generalisation_json = ?');
    hide.run(JSON.stringify({ date: 'dropped', clinicalColumns: ['patient_birth_sex'] }));
    const { turtle } = rig.records.record(id);
    expect(turtle).not.toMatch(/dct:temporal|patient_birth_sex/);
    expect(turtle).toContain('patient_id');
  });

  it('is no structured data where too few patients have clinical rows', () => {
    const rig = recordRig({ clinical: 9 });
    const { jsonld, turtle } = rig.records.record(rig.draft());
    expect(jsonld).toMatchObject({ 'healthdcatap:hasStructuredData': { '@value': 'false' } });
    expect(turtle).not.toContain('csvw:');
  });

  it('is too little to be published where too few patients share anything; the gate names what is missing', () => {
    const rig = recordRig({ patients: 9, clinical: 0 });
    const id = rig.draft();
    const objections = rig.records.objections(id);
    for (const missing of [
      'Number of patients',
      'Number of imaging studies',
      'Birth sex',
      'Image modality',
      'Manufacturer',
      'Body part',
    ]) {
      expect(objections.join('\n')).toContain('shared by enough patients to be shown. Widen the cohort');
      expect(objections.join('\n')).toMatch(new RegExp(`^${missing} \\(\\S+\\) of the dataset is missing\\.`, 'm'));
    }
    const check = () => rig.hub.datasets.advance(id, { to: 'checked' }, ada);
    expect(check).toThrow(/The catalogue record is complete: not passed\. Number of patients/);
    expect(rig.hub.datasets.detail(id, ada).state).toBe('draft');
  });

  it('states the score of the newest quality report of the objects that were checked, in whole numbers', () => {
    const rig = recordRig();
    const id = rig.advance(rig.draft(), 'checked');
    const add = rig.foundation.indexDatabase.prepare(`INSERT INTO dataset_quality
      (dataset_id, at, content_hash, rules_version, total, scores_json, findings_json)
      SELECT dataset_id, '2026', COALESCE(@hash, content_hash), '7', @total, @scores, '[]' FROM datasets`);
    const scores = JSON.stringify([
      { dimension: 'completeness', score: 91.2 },
      { dimension: 'integrity', score: null },
    ]);
    expect(rig.records.record(id).turtle).not.toContain('dqv:');
    add.run({ hash: 'of other objects', total: 1, scores });
    expect(rig.records.record(id).turtle).not.toContain('dqv:');
    add.run({ hash: null, total: 87.4, scores });
    expect(rig.records.record(id).turtle).toContain(
      'rdfs:label "Quality score 87 of 100 by the rules of Gatehouse 7: completeness 91."@en',
    );
  });
});
