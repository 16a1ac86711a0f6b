import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileMetaOf } from '../../node-agent/dicom/file-meta-head.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { TRANSFER_SYNTAX_UID } from '../../node-agent/dicom/tags.ts';
import { corpus } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const files = corpus();
const HEAD_BYTES = 64 * 1024;

describe('file meta information from the beginning of a file', () => {
  it.skipIf(!files)('is what the whole file says, for every file of the corpus', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    let compared = 0;
    for (const { path, name } of files ?? []) {
      const options = { tolerant: true, stopBefore: 0x00080019, temporaryFolder: folder };
      const whole = await readPart10(path, options).catch(() => undefined);
      if (!whole) continue;
      await whole.close();
      const head = await fileMetaOf(new Uint8Array(readFileSync(path).subarray(0, HEAD_BYTES)));
      expect(head?.dataSetOffset, name).toBe(whole.dataSetOffset);
      expect(head?.meta?.string(TRANSFER_SYNTAX_UID), name).toBe(whole.meta?.string(TRANSFER_SYNTAX_UID));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('is nothing while it has not come whole, and where there is no DICOM', async () => {
    const meta = Buffer.concat([
      Buffer.alloc(128),
      Buffer.from('DICM'),
      Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49, 20, 0]),
      Buffer.from('1.2.840.10008.1.2.1\0'),
    ]);
    expect(await fileMetaOf(new Uint8Array(meta.subarray(0, -1)))).toBeUndefined();
    expect(await fileMetaOf(new Uint8Array(meta))).toMatchObject({ dataSetOffset: meta.length });
    expect(await fileMetaOf(new Uint8Array(Buffer.alloc(1000, 'x')))).toBeUndefined();
    expect(await fileMetaOf(new Uint8Array(0))).toBeUndefined();
  });
});
