import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { objectionToImport } from '../../node-agent/pipeline/import-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a folder to import', () => {
  it('may be any readable folder given by its full path', () => {
    expect(objectionToImport(temporaryFolder(), temporaryFolder())).toBeUndefined();
  });

  it('is refused at once, with a sentence that does not repeat the path', () => {
    const own = temporaryFolder();
    mkdirSync(join(own, 'objects'));
    const other = temporaryFolder();
    writeFileSync(join(other, 'file'), '');
    symlinkSync(join(own, 'objects'), join(other, 'link'));
    const refused = [
      'studies/SMITH',
      '/nul\0byte',
      join(other, 'not-there'),
      join(other, 'file'),
      own,
      join(own, 'objects'),
      join(other, 'link'),
      '/',
    ];
    for (const folder of refused) {
      const sentence = objectionToImport(folder, own);
      expect(sentence, folder).toMatch(/\.$/);
      expect(sentence).not.toContain(other);
    }
  });
});
