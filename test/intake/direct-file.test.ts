import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BlockPool } from '../../node-agent/intake/block-pool.ts';
import { DirectFile } from '../../node-agent/intake/direct-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Bytes that are nowhere the same for long. */
function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}

async function written(path: string, content: Buffer, pool: BlockPool): Promise<void> {
  const file = await DirectFile.create(path);
  for (let offset = 0; offset < content.length; offset += BLOCK_BYTES) {
    const block = pool.take();
    const length = content.copy(block, 0, offset);
    await file.append(block, length);
    pool.give(block);
  }
  await file.flush();
  file.close();
}

/** A file system in memory, where this machine has one: it takes direct writes in its own way. */
const PLACES = [tmpdir(), '/dev/shm'].filter((folder) => existsSync(folder));

describe.each(PLACES)('a file below %s', (place) => {
  const folder = () => temporaryFolder(place);

  it.each([0, 1, 4095, 4096, 4097, 8192, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES + 4097])(
    'holds exactly the %i bytes that were appended',
    async (length) => {
      const path = join(folder(), 'file');
      const content = pattern(length);
      await written(path, content, new BlockPool());
      expect(readFileSync(path).equals(content)).toBe(true);
    },
  );

  it('never carries what an earlier object left in a block', async () => {
    const pool = new BlockPool();
    const [first, second] = [join(folder(), 'first'), join(folder(), 'second')];
    await written(first, Buffer.alloc(BLOCK_BYTES, 0xaa), pool);
    await written(second, Buffer.alloc(5000, 0xbb), pool);
    expect(readFileSync(second).equals(Buffer.alloc(5000, 0xbb))).toBe(true);
  });

  it('does not overwrite a file that is there', async () => {
    const path = join(folder(), 'file');
    await written(path, pattern(10), new BlockPool());
    await expect(DirectFile.create(path)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(path).equals(pattern(10))).toBe(true);
  });
});

describe('a block that does not lie on a page boundary', () => {
  it('is written all the same', async () => {
    const path = join(temporaryFolder(), 'file');
    const file = await DirectFile.create(path);
    const block = Buffer.alloc(BLOCK_BYTES + 1).subarray(1);
    pattern(BLOCK_BYTES).copy(block);
    await file.append(block, BLOCK_BYTES);
    await file.append(block, 5000);
    await file.flush();
    file.close();
    expect(readFileSync(path).equals(Buffer.concat([pattern(BLOCK_BYTES), pattern(5000)]))).toBe(true);
  });
});
