import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BlockPool } from '../../node-agent/intake/block-pool.ts';
import { PreparedFiles } from '../../node-agent/intake/prepared-files.ts';
import { createDataFolder } from '../../node-agent/store/data-folder.ts';
import { Spool } from '../../node-agent/store/spool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function prepared() {
  const spool = new Spool(createDataFolder(join(temporaryFolder(), 'data')));
  return { spool, files: new PreparedFiles(spool) };
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('files made ready ahead', () => {
  it('are there while somebody may send, with durable names, and gone when nobody can any more', async () => {
    const { spool, files } = prepared();
    files.open();
    files.open();
    await until(() => spool.list().length > 0);
    await files.close();
    const { objectId, file, nameDurable } = files.take();
    expect(nameDurable).toBe(true);
    const taken = await file;
    const block = new BlockPool().take();
    await taken.append(block, block.write('bytes'));
    taken.close();
    await files.close();
    expect(spool.list()).toEqual([objectId]);
    expect(readFileSync(spool.pathOf(objectId), 'utf8')).toBe('bytes');
  });

  it('never run out, and never serve two objects', async () => {
    const { spool, files } = prepared();
    files.open();
    const taken = Array.from({ length: 100 }, () => files.take());
    expect(new Set(taken.map(({ objectId }) => objectId)).size).toBe(100);
    for (const { file } of taken) (await file).close();
    await files.close();
    expect(spool.list()).toHaveLength(100);
  });

  it('are not made where nobody sends', async () => {
    const { spool, files } = prepared();
    const { file, objectId, nameDurable } = files.take();
    (await file).close();
    expect(nameDurable).toBe(false);
    expect(spool.list()).toEqual([objectId]);
  });

  it('are made again after the disk refused them', async () => {
    const { spool, files } = prepared();
    const newObject = spool.newObject.bind(spool);
    spool.newObject = () => ({ objectId: 'x', path: '/proc/no-such-folder/x' });
    files.open();
    await expect(files.take().file).rejects.toMatchObject({ code: 'ENOENT' });
    spool.newObject = newObject;
    await until(() => files.take().nameDurable);
    await files.close();
  });
});
