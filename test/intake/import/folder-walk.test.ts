import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../../../node-agent/intake/import/folder-walk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('the files below a folder', () => {
  it('come in the same order each time, a DICOMDIR first, and without the names that are passed over', async () => {
    const folder = temporaryFolder();
    for (const path of ['done/a', 'done/deep/b', 'b/done/c', 'A', 'b/DICOMDIR', 'b/A', 'dicomdir.;1']) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    const found: string[] = [];
    for await (const path of filesBelow(folder, () => {}, ['done'])) found.push(relative(folder, path));
    expect(found).toEqual(['dicomdir.;1', 'A', join('b', 'DICOMDIR'), join('b', 'A'), join('b', 'done', 'c')]);
  });
});
