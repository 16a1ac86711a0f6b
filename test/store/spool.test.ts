import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDataFolder } from '../../node-agent/store/data-folder.ts';
import { Spool } from '../../node-agent/store/spool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the spool', () => {
  it('shows an object under its final name only once it is whole', async () => {
    const spool = new Spool(createDataFolder(join(temporaryFolder(), 'data')));
    const { objectId, path } = spool.newPart();
    writeFileSync(path, 'bytes');
    expect(spool.list()).toEqual({ whole: [], parts: [objectId] });
    await spool.adopt(objectId);
    expect(spool.list()).toEqual({ whole: [objectId], parts: [] });
    expect(readFileSync(spool.pathOf(objectId), 'utf8')).toBe('bytes');
  });

  it('moves an object to quarantine and back, also when the step is repeated', async () => {
    const spool = new Spool(createDataFolder(join(temporaryFolder(), 'data')));
    const { objectId, path } = spool.newPart();
    writeFileSync(path, 'bytes');
    await spool.adopt(objectId);
    await spool.keepInQuarantine(objectId);
    await spool.keepInQuarantine(objectId);
    expect(existsSync(spool.quarantinePathOf(objectId))).toBe(true);
    await spool.takeFromQuarantine(objectId);
    await spool.takeFromQuarantine(objectId);
    expect(existsSync(spool.pathOf(objectId))).toBe(true);
  });
});
