import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDataFolder } from '../../node-agent/store/data-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the data folder', () => {
  it('is made with everything in it for the service user alone, and again without harm', () => {
    const root = join(temporaryFolder(), 'a', 'b', 'data');
    for (const folder of [createDataFolder(root), createDataFolder(root)]) {
      for (const part of [root, folder.spool, folder.objects, folder.keys])
        expect(statSync(part).mode & 0o777).toBe(0o700);
    }
  });

  it.skipIf(!existsSync('/proc/self'))('is refused with a sentence where no folder can be made', () => {
    expect(() => createDataFolder('/proc/gatehouse/data')).toThrow(/cannot be created \(ENOENT\).*--data-dir/);
  });
});
