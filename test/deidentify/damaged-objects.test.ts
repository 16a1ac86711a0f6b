import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../../node-agent/dicom/uids.ts';
import { offlinePool } from '../../node-agent/pipeline/offline-pool.ts';
import { counted, SOAKING } from '../support/soak.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emptyVault } from '../support/vault.ts';
import { nested, runDamaged } from './damaged-objects.ts';
import { ctElements, engine, writeSource } from './fixtures.ts';
import { ecgElements, keyObjectElements, presentationElements, reportElements } from './structured-objects.ts';

const SEED = process.env.FUZZ_SEED ?? (SOAKING ? String(Date.now()) : '20261127');
const COUNT = counted(300, 10_000);

describe(`damaged objects (FUZZ_SEED=${SEED})`, () => {
  it('are cleaned or kept back with a sentence; none hangs, none leaves anything behind', {
    timeout: counted(120_000, 3_600_000),
  }, async () => {
    const made = [ctElements(), reportElements(), keyObjectElements(), presentationElements(), ecgElements()];
    const originals = await Promise.all(
      made.map(async (elements) => (await writeSource(temporaryFolder(), elements)).source),
    );
    const { ends, faults } = await runDamaged({ seed: SEED, count: COUNT, folder: temporaryFolder(), originals });
    expect(faults).toEqual([]);
    expect(Object.values(ends).reduce((sum, some) => sum + some, 0)).toBe(COUNT);
    expect(ends.deidentified).toBeGreaterThan(0);
    expect(ends.unreadable).toBeGreaterThan(0);
  });

  it.each([65, 200, 20_000])('nested %i deep are kept back', async (depth) => {
    const { source, target } = await writeSource(temporaryFolder(), ctElements(), EXPLICIT_VR_LITTLE_ENDIAN);
    const bytes = readFileSync(source);
    const at = bytes.indexOf(Buffer.from('10001000504e', 'hex'));
    const deep = join(temporaryFolder(), 'deep.dcm');
    writeFileSync(deep, Buffer.concat([bytes.subarray(0, at), nested(depth), bytes.subarray(at)]));
    expect(await engine().deidentifyAndVerify(deep, target)).toMatchObject({
      kind: 'quarantined',
      cause: 'beyond-limits',
    });
  });

  it('that take too long cost their worker and nothing else', async () => {
    const pool = offlinePool(
      { vault: emptyVault(temporaryFolder()) },
      { size: 1, timeLimitMs: 1, heapLimitMegabytes: 512 },
    );
    try {
      const { source, target } = await writeSource(temporaryFolder(), ctElements());
      expect(await pool.run({ source, target, fileNames: [] })).toMatchObject({
        kind: 'quarantined',
        cause: 'time-limit',
      });
    } finally {
      await pool.stop();
    }
  });
});
