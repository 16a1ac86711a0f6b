import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDataFolder } from '../../node-agent/store/data-folder.ts';
import { Spool } from '../../node-agent/store/spool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the spool', () => {
  it('gives every object a file of its own, whose name says nothing', async () => {
    const spool = new Spool(createDataFolder(join(temporaryFolder(), 'data')));
    const [one, other] = [spool.newObject(), spool.newObject()];
    for (const { path } of [one, other]) writeFileSync(path, 'bytes');
    await spool.syncNames();
    expect(new Set(spool.list())).toEqual(new Set([one.objectId, other.objectId]));
    expect(one.path).toBe(spool.pathOf(one.objectId));
    await spool.remove(one.objectId);
    await spool.remove(one.objectId);
    expect(spool.list()).toEqual([other.objectId]);
    spool.close();
  });

  it('moves an object to quarantine and back, also when the step is repeated', async () => {
    const spool = new Spool(createDataFolder(join(temporaryFolder(), 'data')));
    const { objectId, path } = spool.newObject();
    writeFileSync(path, 'bytes');
    await spool.keepInQuarantine(objectId);
    await spool.keepInQuarantine(objectId);
    expect(existsSync(spool.quarantinePathOf(objectId))).toBe(true);
    await spool.takeFromQuarantine(objectId);
    await spool.takeFromQuarantine(objectId);
    expect(existsSync(spool.pathOf(objectId))).toBe(true);
  });
});
