import { describe, expect, it } from 'vitest';
import { currentTables } from '../../node-agent/assembly/vocabulary-desk.ts';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import type { InstanceDescription } from '../../node-agent/catalogue/instance-description.ts';
import { RECODING_SQL, Recoding } from '../../node-agent/catalogue/recoding/recoding.ts';
import { RecodingRun } from '../../node-agent/catalogue/recoding/recoding-run.ts';
import { Harmoniser } from '../../node-agent/harmonise/harmoniser.ts';
import { loadVocabularies, type Vocabularies, type VocabularyName } from '../../node-agent/harmonise/vocabulary.ts';
import { description, fileOf, openIndex } from './fixtures.ts';

const shipped = loadVocabularies();
const SHIPPED = shipped.manufacturer.version;

/** The shipped vocabularies, one of them changed and with a version of its own. */
function newer(
  name: VocabularyName,
  change: (concepts: Vocabularies['sex']['concepts']) => Vocabularies['sex']['concepts'],
): Vocabularies {
  return { ...shipped, [name]: { ...shipped[name], version: 'newer', concepts: change(shipped[name].concepts) } };
}

const withSpelling = (name: VocabularyName, code: string, spelling: string) =>
  newer(name, (concepts) =>
    concepts.map((one) => (one.code === code ? { ...one, spellings: [...one.spellings, spelling] } : one)),
  );

function indexed(...descriptions: readonly InstanceDescription[]) {
  const database = openIndex();
  const catalogue = new Catalogue(database, () => new Date('2026-01-01T00:00:00Z'));
  const harmoniser = new Harmoniser(shipped);
  for (const one of descriptions) catalogue.add(one, harmoniser.harmonise(one), fileOf(one));
  const recoding = new Recoding(database, () => new Date('2027-01-01T00:00:00Z'));
  const all = (vocabularies: Vocabularies) => {
    const tables = currentTables(vocabularies);
    let values = 0;
    for (let step = recoding.step(tables, 2); step > 0; step = recoding.step(tables, 2)) values += step;
    return values;
  };
  const value = (attribute: string, seriesUid = '2.25.1.1') =>
    catalogue
      .getStudy('2.25.1')
      ?.seriesList.find((one) => one.seriesUid === seriesUid)
      ?.harmonised.find((one) => one.attribute === attribute);
  return { database, catalogue, recoding, all, value };
}

describe('a newer table', () => {
  it('gives a code to what had none, also to the columns that searches look at', () => {
    const { all, value, catalogue, recoding } = indexed(description({ manufacturer: 'ACME SCANS' }));
    expect(value('manufacturer')).toMatchObject({ code: null, rule: 'unmapped', tableVersion: SHIPPED });
    const vocabularies = withSpelling('manufacturer', 'IMG1000044', 'Acme');
    expect(recoding.waiting(currentTables(vocabularies))).toBe(1);
    expect(all(vocabularies)).toBe(1);
    expect(value('manufacturer')).toMatchObject({
      original: 'ACME SCANS',
      code: 'IMG1000044',
      rule: 'spelling',
      tableVersion: 'newer',
    });
    expect(catalogue.searchStudies({ manufacturer: ['IMG1000044'] }, { offset: 0, limit: 10 }).total).toBe(1);
    expect(recoding.waiting(currentTables(vocabularies))).toBe(0);
  });

  it('takes a code away that it does not have any more, and keeps it with the version that chose it', () => {
    const { all, value, catalogue } = indexed(description());
    const without = newer('manufacturer', (concepts) => concepts.filter(({ code }) => code !== 'IMG1000044'));
    all(without);
    expect(value('manufacturer')).toMatchObject({
      original: 'SIEMENS',
      code: null,
      rule: 'unmapped',
      tableVersion: 'newer',
    });
    expect(catalogue.getStudy('2.25.1')?.seriesList[0]?.earlier).toEqual([
      expect.objectContaining({
        attribute: 'manufacturer',
        code: 'IMG1000044',
        tableVersion: SHIPPED,
        at: '2026-01-01T00:00:00.000Z',
        until: '2027-01-01T00:00:00.000Z',
      }),
    ]);
    expect(catalogue.searchStudies({ manufacturer: ['IMG1000044'] }, { offset: 0, limit: 10 }).total).toBe(0);
  });

  it('is applied to region codes that the one before did not know, and to patients', () => {
    const region = { code: '123456789', scheme: 'SCT' };
    const { all, value, database } = indexed(
      description({
        anatomicRegions: [region],
        bodyPart: null,
        studyDescription: null,
        seriesDescription: null,
        sex: 'XX',
      }),
    );
    expect(value('body_part')).toMatchObject({ code: null });
    all(
      newer('bodyPart', (concepts) =>
        concepts.map((one) => (one.code === 'BP1000021' ? { ...one, snomed: [...one.snomed, region.code] } : one)),
      ),
    );
    expect(value('body_part')).toMatchObject({
      original: 'SCT 123456789',
      code: 'BP1000021',
      rule: 'anatomic-region-code',
    });
    all(withSpelling('sex', 'COM1001366', 'XX'));
    expect(database.prepare('SELECT sex_code FROM patients').pluck().get()).toBe('COM1001366');
  });

  it('does not touch what a person chose', () => {
    const { all, value, database, recoding } = indexed(description());
    database.exec(
      `UPDATE harmonised_values SET code = 'IMG1000046', label = 'Philips', chosen_by = 'anna' WHERE attribute = 'manufacturer'`,
    );
    const vocabularies = withSpelling('manufacturer', 'IMG1000047', 'X');
    expect(recoding.waiting(currentTables(vocabularies))).toBe(0);
    all(vocabularies);
    expect(value('manufacturer')).toMatchObject({ code: 'IMG1000046', tableVersion: SHIPPED, chosenBy: 'anna' });
  });

  it('ends also where the index keeps no original', () => {
    const { all, database, value } = indexed(description({ laterality: 'L' }));
    database.exec('UPDATE series SET laterality = NULL');
    expect(all(withSpelling('laterality', 'IMG1016670', 'X'))).toBe(1);
    expect(value('laterality')).toMatchObject({ original: 'L', code: 'IMG1016670', tableVersion: 'newer' });
  });

  it('is counted before it is applied', () => {
    const { recoding } = indexed(
      description(),
      description({ seriesUid: '2.25.1.2', instanceUid: '2.25.1.2.1', manufacturer: 'NOBODY' }),
    );
    expect(recoding.touched('manufacturer', ['IMG1000044'])).toEqual({ values: 2, withoutCode: 1, withCodes: 1 });
    expect(recoding.carrying(['IMG1000044', 'COM1001370'])).toBe(2);
  });

  it('is found without reading the whole index', () => {
    const { database } = indexed();
    for (const sql of [RECODING_SQL.stale, RECODING_SQL.staleCount]) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({ attribute: 'a', version: 'v', limit: 1 }) as {
        detail: string;
      }[];
      const steps = plan.map(({ detail }) => detail).filter((detail) => /harmonised_values/u.test(detail));
      expect(steps).toHaveLength(2);
      for (const step of steps)
        expect(step).toMatch(
          /USING (?:COVERING )?INDEX harmonised_values_by_table \(attribute=\? AND table_version[<>]\?\)/u,
        );
    }
  });
});

describe('the run in the background', () => {
  it('goes on until all is done, says so once, and tries again after a fault', async () => {
    const waiting = [100, 100, 7, 0];
    const told: string[] = [];
    let faults = 1;
    const run = new RecodingRun({
      recoding: { step: () => waiting.shift() ?? 0, waiting: () => 0 },
      tables: () => {
        if (faults-- > 0) throw Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' });
        return currentTables(shipped);
      },
      onChanged: (values) => void told.push(`changed ${values}`),
      onDone: (values) => void told.push(`done ${values}`),
      onFault: (reason) => void told.push(reason),
    });
    run.start();
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
    run.nudge();
    await expect.poll(() => told.at(-1), { timeout: 10_000 }).toBe('done 207');
    run.stop();
    expect(told).toEqual(['SQLITE_BUSY', 'changed 100', 'changed 100', 'changed 7', 'done 207']);
  });
});
