import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examine } from '../../node-agent/governance/quality/examination.ts';
import { Examiner } from '../../node-agent/governance/quality/examiner.ts';
import { loadObjectKinds } from '../../node-agent/governance/quality/object-kinds.ts';
import { manyPatients, SeededIndex } from '../compute/seeded-index.ts';
import { element } from '../phantom/elements.ts';
import { type StoredObject, storeObject } from '../support/stored-object.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const kinds = loadObjectKinds();
const SEG = '1.2.840.10008.5.1.4.1.1.66.4';
const wave = (row: number, column: number) =>
  Math.round(100 + 50 * Math.sin(row / 5) + 40 * Math.cos(column / 7 + row));

function examined(object: Partial<StoredObject>, file = 'one.dcm') {
  const root = temporaryFolder();
  const { contentHash } = storeObject(root, file, { instanceUid: '2.25.1', ...object });
  return examine(join(root, file), contentHash, kinds);
}

describe('reading a stored object', () => {
  it.each(['implicitLittle', 'explicitLittle', 'explicitBig', 'runLength', 'deflated'] as const)(
    'finds the same picture in %s',
    async (transferSyntax) => {
      const native = await examined({ sample: wave });
      const found = await examined({ sample: wave, transferSyntax });
      expect(found).toMatchObject({ file: 'sound', instanceUid: '2.25.1', frames: 'decoded', references: [] });
      expect(found.imageHash).toBe(native.imageHash);
      expect(found.imageHash).toMatch(/^[0-9a-f]{64}$/u);
      if (transferSyntax !== 'runLength') expect(found.pixelHash).toBe(native.pixelHash);
    },
  );

  it('makes another picture of other pixels, and almost the same of almost the same', async () => {
    const one = await examined({ sample: wave });
    const brighter = await examined({ sample: (row, column) => wave(row, column) + 3 });
    const turned = await examined({ sample: (row, column) => wave(column, row) });
    expect(brighter.pixelHash).not.toBe(one.pixelHash);
    expect(brighter.imageHash).toBe(one.imageHash);
    expect(turned.imageHash).not.toBe(one.imageHash);
  });

  it('takes a picture that is the same everywhere for no picture: two black frames are no duplicates', async () => {
    expect(await examined({ sample: () => 7 })).toMatchObject({ frames: 'decoded', pixelHash: null, imageHash: null });
  });

  it('finds pixels that are too short or missing', async () => {
    expect(await examined({ sample: wave, missing: 8 })).toMatchObject({ file: 'sound', frames: 'broken' });
    expect(await examined({ elements: [element('Rows', [8])] })).toMatchObject({ frames: 'broken' });
    expect(await examined({})).toMatchObject({ file: 'sound', frames: 'none', pixelHash: null });
  });

  it('finds what a segmentation is made of, at any depth, and no study that is merely named', async () => {
    const reference = (uid: string, sopClass = '1.2.840.10008.5.1.4.1.1.4') => [
      element('ReferencedSOPClassUID', sopClass),
      element('ReferencedSOPInstanceUID', uid),
    ];
    const elements = [
      element('ReferencedSeriesSequence', [
        [element('ReferencedInstanceSequence', [reference('2.25.7'), reference('2.25.8')])],
      ]),
      element('ReferencedStudySequence', [reference('2.25.9', '1.2.840.10008.3.1.2.3.1')]),
    ];
    expect((await examined({ sopClassUid: SEG, elements })).references).toEqual(['2.25.7', '2.25.8']);
    // an image is understood without the localiser it was planned on
    expect((await examined({ elements })).references).toEqual([]);
  });

  it('says that a file is missing, changed or unreadable', async () => {
    const root = temporaryFolder();
    const file = join(root, 'one.dcm');
    const { contentHash } = storeObject(root, 'one.dcm', { instanceUid: '2.25.1', sample: wave });
    expect((await examine(join(root, 'other.dcm'), contentHash, kinds)).file).toBe('missing');
    expect((await examine(root, contentHash, kinds)).file).toBe('unreadable');
    appendFileSync(file, '  ');
    expect(await examine(file, contentHash, kinds)).toMatchObject({ file: 'changed', pixelHash: null });
    writeFileSync(file, 'no DICOM');
    const { createHash } = await import('node:crypto');
    expect((await examine(file, createHash('sha256').update('no DICOM').digest('hex'), kinds)).file).toBe('unreadable');
  });
});

describe('the examiner', () => {
  let index: SeededIndex;
  let examiner: Examiner;
  let series: string[];
  let now: Date;

  beforeEach(() => {
    index = new SeededIndex();
    now = new Date('2026-06-01T00:00:00.000Z');
    examiner = new Examiner({ database: index.database, root: index.folder, now: () => now });
    series = index.add(...manyPatients('p', 3, {}));
    index.database.exec('DELETE FROM object_examinations');
    for (const [at, uid] of instanceUids().entries()) {
      const file = `objects/${at}.dcm`;
      const { contentHash } = storeObject(index.folder, file, {
        instanceUid: uid,
        sample: (row, column) => wave(row, column) + at * row,
      });
      index.database
        .prepare('UPDATE instances SET file = ?, content_hash = ? WHERE instance_uid = ?')
        .run(file, contentHash, uid);
    }
  });
  afterEach(async () => {
    await examiner.stop();
    index.close();
  });

  const instanceUids = () =>
    index.database.prepare('SELECT instance_uid FROM instances ORDER BY 1').pluck().all() as string[];
  const kept = () => index.database.prepare('SELECT file, examined_at FROM object_examinations ORDER BY 1, 2').all();

  it('reads every file in a process of its own, once a day', async () => {
    await Promise.all([examiner.examine('d', series), examiner.examine('d', series)]);
    expect(kept()).toEqual(Array(3).fill({ file: 'sound', examined_at: '2026-06-01T00:00:00.000Z' }));
    expect(examiner.progress('d')).toBeNull();
    now = new Date('2026-06-01T23:00:00.000Z');
    await examiner.examine('d', series);
    expect(kept()).toContainEqual({ file: 'sound', examined_at: '2026-06-01T00:00:00.000Z' });
    now = new Date('2026-06-02T01:00:00.000Z');
    await examiner.examine('d', series);
    expect(kept()).toEqual(Array(3).fill({ file: 'sound', examined_at: '2026-06-02T01:00:00.000Z' }));
  });

  it('reads a file again that was not sound, as soon as it is asked', async () => {
    rmSync(join(index.folder, 'objects/1.dcm'));
    await examiner.examine('d', series);
    expect(kept().map((row) => (row as { file: string }).file)).toEqual(['missing', 'sound', 'sound']);
    const uid = instanceUids()[1] ?? '';
    storeObject(index.folder, 'objects/1.dcm', { instanceUid: uid, sample: (row, column) => wave(row, column) + row });
    await examiner.examine('d', series);
    expect(kept().map((row) => (row as { file: string }).file)).toEqual(['sound', 'sound', 'sound']);
  });

  it('takes an object that brings its reader down for unreadable, and goes on with the others', async () => {
    const script = join(index.folder, 'falls.mjs');
    writeFileSync(
      script,
      `process.on('message', ({ file }) => file.endsWith('1.dcm') ? process.exit(3) : process.send({ edition: 1, file: 'sound',
        instanceUid: null, pixelHash: null, imageHash: null, frames: 'none', references: [] }));`,
    );
    const other = new Examiner({
      database: index.database,
      root: index.folder,
      now: () => now,
      worker: new URL(`file://${script}`),
    });
    await other.examine('d', series);
    expect(kept().map((row) => (row as { file: string }).file)).toEqual(['sound', 'sound', 'unreadable']);
    await other.stop();
  });

  it('gives up an object that takes too long', async () => {
    const script = join(index.folder, 'hangs.mjs');
    writeFileSync(script, `process.on('message', () => {});`);
    const other = new Examiner({
      database: index.database,
      root: index.folder,
      timeLimitMs: 500,
      worker: new URL(`file://${script}`),
    });
    await other.examine('d', series.slice(0, 1));
    expect(kept()).toMatchObject([{ file: 'unreadable' }]);
    await other.stop();
  });

  it('ends at once when the node stops; the files that are left are read next time', async () => {
    const running = examiner.examine('d', series);
    await examiner.stop();
    await running;
    expect(kept().length).toBeLessThanOrEqual(3);
  });
});
