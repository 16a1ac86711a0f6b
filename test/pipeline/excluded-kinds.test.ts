import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WorkerPool } from '../../node-agent/pipeline/worker-pool.ts';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { emptyVault } from '../support/vault.ts';

const PDF = '1.2.840.10008.5.1.4.1.1.104.1';

describe('an encapsulated document in the pipeline', () => {
  it.each([
    [[], { kind: 'quarantined', cause: 'unsupported-object' }],
    [['video'], { kind: 'quarantined', cause: 'unsupported-object' }],
    [['document'], { kind: 'excluded', rule: 'excluded-document' }],
  ])('with the kinds %j left out ends as %j', async (excludedKinds, end) => {
    const pool = new WorkerPool({
      size: 1,
      setUp: { vault: emptyVault(temporaryFolder()), excludedKinds },
      timeLimitMs: 20_000,
      heapLimitMegabytes: 512,
    });
    try {
      const { source, target } = await writeSource(temporaryFolder(), ctElements(text('SOPClassUID', 'UI', PDF)));
      expect(await pool.run({ objectId: 'one', source, target, fileNames: [] })).toMatchObject(end);
      expect(existsSync(target)).toBe(false);
    } finally {
      await pool.stop();
    }
  });
});
