import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../node-agent/store/database.ts';
import { SOURCE_NAME_MIGRATIONS, SourceNames } from '../../node-agent/vault/source-names.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function opened() {
  const database = openDatabase(`${temporaryFolder()}/vault.db`, SOURCE_NAME_MIGRATIONS);
  return { database, names: new SourceNames(database, Buffer.alloc(32, 5)) };
}

describe('the names under which objects were imported', () => {
  it('are kept sealed until the object is settled', () => {
    const { database, names } = opened();
    names.remember('one', 'Meier_Hans/CT/IM1.dcm');
    names.remember('two', 'Weber_Eva/CT/IM1.dcm');
    expect(names.of('one')).toEqual(['Meier_Hans/CT/IM1.dcm']);
    const stored = database.prepare('SELECT path FROM source_names').pluck().all() as Buffer[];
    for (const path of stored) expect(path.toString('latin1')).not.toMatch(/Meier|Weber|IM1/);
    names.forget(['one', 'three']);
    expect(names.of('one')).toEqual([]);
    expect(names.of('two')).toEqual(['Weber_Eva/CT/IM1.dcm']);
  });

  it('are not there for an object that came over the network', () => {
    expect(opened().names.of('one')).toEqual([]);
  });

  it('are forgotten at the start where the original has gone meanwhile', () => {
    const { names } = opened();
    names.remember('held', 'a');
    names.remember('gone', 'b');
    names.sweep((objectId) => objectId === 'held');
    expect([names.of('held'), names.of('gone')]).toEqual([['a'], []]);
  });
});
