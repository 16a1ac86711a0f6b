import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import { SERIES_SQL } from '../../node-agent/catalogue/series/series-store.ts';
import { CurationError } from '../../node-agent/governance/curation/errors.ts';
import { SeriesDesk } from '../../node-agent/governance/curation/series-desk.ts';
import { loadEvidenceTables } from '../../node-agent/harmonise/series/evidence-table.ts';
import { SeriesClassifier } from '../../node-agent/harmonise/series/series-classifier.ts';
import { seriesEvidence } from '../../node-agent/harmonise/series/series-evidence.ts';
import { loadVocabularies } from '../../node-agent/harmonise/vocabulary.ts';
import { type Attributes, dataSetOf, description, fileOf, openIndex } from '../catalogue/fixtures.ts';

const tables = loadEvidenceTables();
const vocabularies = loadVocabularies();
const MR = { Modality: 'MR', SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', ImageType: 'ORIGINAL\\PRIMARY\\OTHER' };
const T2 = { ...MR, ScanningSequence: 'SE', RepetitionTime: 4500, EchoTime: 100, FlipAngle: 90 };
/** A name that no table knows, of images whose header tells nothing. */
const UNKNOWN = { ...MR, SeriesDescription: 'wunderbar 7' };

function rig(options: { askBelow?: number; tableVersion?: string } = {}) {
  const database = openIndex();
  const recorded: { action: string; detail?: string | undefined; actor: string }[] = [];
  const make = ({ askBelow = 0.6, tableVersion }: typeof options = {}) =>
    new SeriesDesk({
      database,
      audit: { record: (event: (typeof recorded)[number]) => void recorded.push(event) } as never,
      classifier: new SeriesClassifier(
        tableVersion === undefined ? tables : tables.map((table) => ({ ...table, version: tableVersion })),
        vocabularies,
      ),
      askBelow,
      now: () => new Date('2026-05-06T07:08:09Z'),
    });
  const catalogue = new Catalogue(database);
  const desk = make(options);
  let number = 0;
  const add = (seriesUid: string, attributes: Attributes, by = desk) => {
    number += 1;
    const object = description({ seriesUid, instanceUid: `${seriesUid}.${number}` });
    catalogue.add(object, [], fileOf(object));
    by.note(object, seriesEvidence(dataSetOf(attributes)));
  };
  const value = (seriesUid: string, attribute = 'contrast') =>
    catalogue
      .getStudy('2.25.1')
      ?.seriesList.find((series) => series.seriesUid === seriesUid)
      ?.harmonised.find((one) => one.attribute === attribute);
  return { database, catalogue, desk, make, add, value, recorded };
}

describe('a series', () => {
  it('is decided from all its objects, in whatever order they come', () => {
    const objects = [
      T2,
      { ...T2, ScanningSequence: 'EP\\SE', DiffusionBValue: 800 },
      { ...T2, ScanningSequence: 'EP\\SE', DiffusionBValue: 0 },
    ];
    const { add, value } = rig();
    for (const object of objects) add('2.25.1.1', object);
    for (const object of [...objects].reverse()) add('2.25.1.2', object);
    expect(value('2.25.1.1')?.label).toBe('Diffusion weighted');
    expect(value('2.25.1.2')).toEqual(value('2.25.1.1'));
  });

  it('is written once for all objects that say the same', () => {
    const { database, add } = rig();
    for (let count = 0; count < 20; count += 1) add('2.25.1.1', T2);
    expect(database.prepare('SELECT COUNT(*) FROM series_fact_sets').pluck().get()).toBe(1);
    expect(database.prepare('SELECT COUNT(DISTINCT facts_id) FROM instances').pluck().get()).toBe(1);
  });

  it('keeps original, code, label, rule, confidence, candidates, table and time', () => {
    const { add, value, database } = rig();
    add('2.25.1.1', T2);
    expect(value('2.25.1.1')).toEqual({
      attribute: 'contrast',
      original: 'SE; TR 4500; TE 100; flip 90; ORIGINAL\\PRIMARY\\OTHER',
      code: 'IMG1016647',
      label: 'T2 weighted',
      rule: 'spin-echo-long + spin-echo-very-long-echo',
      tableVersion: tables.find(({ attribute }) => attribute === 'contrast')?.version,
      confidence: 0.82,
      candidates: [{ code: 'IMG1016647', label: 'T2 weighted', confidence: 0.82 }],
      chosenBy: null,
    });
    expect(database.prepare('SELECT at FROM harmonised_values').pluck().get()).toBe('2026-05-06T07:08:09.000Z');
  });
});

describe('a pattern that the rules are not sure of', () => {
  it('waits for a person once for all its series', () => {
    const { add, desk } = rig();
    for (const seriesUid of ['2.25.1.1', '2.25.1.2', '2.25.1.3']) add(seriesUid, UNKNOWN);
    add('2.25.1.4', T2);
    expect(desk.counts()).toEqual({ open: 1, settled: 0 });
    expect(desk.patterns('open', { offset: 0, limit: 10 })).toMatchObject([
      { attribute: 'contrast', series: 3, asked: 3, exampleSeriesUid: '2.25.1.1', ruling: null },
    ]);
  });

  it('is settled for its series, indexed and to come, and nobody else’s', () => {
    const { add, desk, value, recorded } = rig();
    add('2.25.1.1', UNKNOWN);
    add('2.25.1.9', { ...UNKNOWN, SeriesDescription: 'another' });
    const [pattern] = desk.patterns('open', { offset: 0, limit: 10 });
    expect(desk.settle(pattern?.patternId ?? 0, 'IMG1016650', 'anna')).toBe(1);
    add('2.25.1.2', { ...UNKNOWN, SeriesDescription: 'WUNDERBAR_8' });
    for (const seriesUid of ['2.25.1.1', '2.25.1.2']) {
      expect(value(seriesUid)).toMatchObject({
        code: 'IMG1016650',
        label: 'T2* weighted',
        chosenBy: 'anna',
        confidence: 1,
        rule: 'settled-by-a-person',
      });
    }
    expect(value('2.25.1.9')).toMatchObject({ code: null, chosenBy: null });
    expect(desk.counts()).toEqual({ open: 1, settled: 1 });
    expect(recorded).toEqual([
      {
        actor: 'anna',
        action: 'curation.settled',
        subject: `pattern ${pattern?.patternId}`,
        detail: 'contrast IMG1016650, 1 series',
      },
    ]);
  });

  it('can be none of the concepts, and then is not asked again', () => {
    const { add, desk, value } = rig();
    add('2.25.1.1', UNKNOWN);
    const [pattern] = desk.patterns('open', { offset: 0, limit: 10 });
    desk.settle(pattern?.patternId ?? 0, null, 'anna');
    expect(value('2.25.1.1')).toMatchObject({ code: null, label: null, chosenBy: 'anna' });
    expect(desk.counts()).toEqual({ open: 0, settled: 1 });
  });

  it('is what the rules say again when the answer is taken back', () => {
    const { add, desk, value, database } = rig();
    add('2.25.1.1', UNKNOWN);
    const before = value('2.25.1.1');
    const [pattern] = desk.patterns('open', { offset: 0, limit: 10 });
    const patternId = pattern?.patternId ?? 0;
    desk.settle(patternId, 'IMG1016650', 'anna');
    expect(desk.revoke(patternId, 'ben')).toBe(1);
    expect(value('2.25.1.1')).toEqual(before);
    expect(() => desk.revoke(patternId, 'ben')).toThrow(CurationError);
    expect(database.prepare('SELECT decided_by, revoked_by FROM curation_rulings').all()).toEqual([
      { decided_by: 'anna', revoked_by: 'ben' },
    ]);
  });

  it('takes no concept that the attribute does not have', () => {
    const { add, desk } = rig();
    add('2.25.1.1', UNKNOWN);
    const [pattern] = desk.patterns('open', { offset: 0, limit: 10 });
    expect(() => desk.settle(pattern?.patternId ?? 0, 'IMG1000022', 'anna')).toThrow(/none of the attribute contrast/u);
    expect(() => desk.settle(999, null, 'anna')).toThrow(/no such pattern/u);
  });

  it('is asked about only below the threshold of the site', () => {
    const { add, desk } = rig({ askBelow: 0.9 });
    add('2.25.1.1', T2);
    expect(desk.counts().open).toBe(1);
  });
});

describe('newer tables', () => {
  it('make every series be decided again, once, and keep what a person settled', () => {
    const { add, desk, make, value } = rig();
    desk.followTables();
    add('2.25.1.1', T2);
    add('2.25.1.2', UNKNOWN);
    const [pattern] = desk.patterns('open', { offset: 0, limit: 10 });
    desk.settle(pattern?.patternId ?? 0, 'IMG1016650', 'anna');
    desk.work(10);
    expect(desk.followTables()).toBe(false);
    const newer = make({ tableVersion: '2027.1' });
    expect(newer.followTables()).toBe(true);
    // Cut short after one; the rest is done later.
    newer.work(1);
    while (newer.work(10) > 0);
    expect(value('2.25.1.1')?.tableVersion).toBe('2027.1');
    expect(value('2.25.1.2')).toMatchObject({ tableVersion: '2027.1', chosenBy: 'anna' });
    expect(newer.followTables()).toBe(false);
  });
});

describe('the geometry of a series', () => {
  it('is looked at after its objects have come, and again after more', () => {
    const { add, desk, catalogue } = rig();
    const slice = (z: number) => ({
      ...T2,
      SliceThickness: 3,
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      ImagePositionPatient: [0, 0, z],
    });
    for (const z of [0, 3, 6, 12, 15]) add('2.25.1.1', slice(z));
    const geometry = () => catalogue.getStudy('2.25.1')?.seriesList[0]?.geometry;
    expect(geometry()).toBeNull();
    expect(desk.work(10)).toBe(1);
    expect(geometry()).toMatchObject({
      slices: 5,
      spacing: 3,
      findings: [{ name: 'missing-slices', severity: 'warning' }],
    });
    expect(desk.work(10)).toBe(0);
    add('2.25.1.1', slice(9));
    desk.work(10);
    expect(geometry()).toMatchObject({ slices: 6, spacing: 3, findings: [] });
  });
});

describe('a patient who is taken out', () => {
  it('leaves no facts, states and members of patterns behind', () => {
    const { add, database, catalogue } = rig();
    add('2.25.1.1', UNKNOWN);
    database.transaction(() => catalogue.removePatient('GH-0000000000000001'))();
    for (const table of [
      'series_fact_sets',
      'series_facts',
      'series_states',
      'curation_series',
      'curation_patterns',
      'harmonised_values',
    ]) {
      expect([table, database.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get()]).toEqual([table, 0]);
    }
  });
});

describe('what runs for every object', () => {
  it.each([
    'factSet',
    'factsId',
    'factsOfSeries',
    'place',
    'geometryDue',
    'facts',
    'places',
    'seriesWithGeometryDue',
    'seriesWithClassificationDue',
  ] as const)('reads no whole table: %s', (name) => {
    const { database } = rig();
    const sql = SERIES_SQL[name];
    const named = Object.fromEntries([...sql.matchAll(/@(\w+)/gu)].map(([, word = '']) => [word, 'x']));
    const places = [...sql.matchAll(/\?/gu)].map(() => 1);
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...places, ...(Object.keys(named).length > 0 ? [named] : [])) as {
      detail: string;
    }[];
    const scans = plan
      .map(({ detail }) => detail)
      .filter((detail) => /^SCAN/u.test(detail) && !/USING (COVERING )?INDEX series_with/u.test(detail));
    expect(scans).toEqual([]);
  });
});
