import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAUSES } from '../../node-agent/deidentify/causes.ts';
import type { DataSet } from '../../node-agent/dicom/data-set.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { corpus } from '../support/corpus.ts';
import { engine } from './fixtures.ts';
import { pixelDigest } from './pixel-digest.ts';

const files = corpus() ?? [];
const MOST_MILLISECONDS = 10_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-corpus-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every non-standard UID in the data set. */
function uidsOf(dataSet: DataSet): string[] {
  return dataSet.elements.flatMap(({ tag, vr, value }) => {
    if (value.kind === 'sequence') return value.items.flatMap((item) => uidsOf(item.dataSet));
    return vr === 'UI' ? dataSet.strings(tag).filter((uid) => !uid.startsWith('1.2.840.10008.')) : [];
  });
}

describe.skipIf(files.length === 0)('real files', () => {
  it('are de-identified with their pixels untouched, or set aside for a stated cause', {
    timeout: 240_000,
  }, async () => {
    const deidentification = engine();
    let done = 0;
    for (const [number, { path, name }] of files.entries()) {
      const target = join(folder, `${number}.dcm`);
      const started = performance.now();
      const outcome = await deidentification.deidentifyAndVerify(path, target);
      expect(performance.now() - started, name).toBeLessThan(MOST_MILLISECONDS);
      if (outcome.kind === 'quarantined') {
        expect(CAUSES, name).toHaveProperty(outcome.cause);
        expect(['engine-error', 'residual-identifier'], `${name}: ${outcome.detail}`).not.toContain(outcome.cause);
        continue;
      }
      expect(outcome.kind, name).toBe('deidentified');
      done += 1;
      expect(await pixelDigest(target), name).toBe(await pixelDigest(path));
      const { dataSet, close } = await readPart10(target);
      await close();
      const allowed = (uid: string): boolean => uid.startsWith('2.25.') || uid.startsWith('2.16.840.1.113883.');
      expect(
        uidsOf(dataSet).filter((uid) => uid !== '' && !allowed(uid)),
        name,
      ).toEqual([]);
    }
    expect(done).toBeGreaterThan(100);
  });
});
