import { describe, expect, it } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { MATERIALISATION_SQL } from '../../node-agent/materialise/materialisations-sql.ts';
import { MEMBER_SQL } from '../../node-agent/materialise/members.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Asked for each dataset, series or twice a second: none may read a table from end to end. */
const HOT: readonly [name: string, sql: string][] = [
  ...Object.entries(MEMBER_SQL),
  ...(['ofDataset', 'underWayAt', 'standing', 'leftOver', 'takeNext', 'isCancelAsked', 'replaced'] as const).map(
    (name): [string, string] => [name, MATERIALISATION_SQL[name]],
  ),
  ['objectionGroups', MATERIALISATION_SQL.objectionGroups],
];

describe('queries of materialised datasets', () => {
  it.each(HOT)('%s reads no table from end to end', (_name, sql) => {
    const foundation = openFoundation(temporaryFolder());
    const plan = foundation.indexDatabase
      .prepare(`EXPLAIN QUERY PLAN ${sql.replaceAll(/[@?][a-zA-Z]*/gu, "'x'")}`)
      .all();
    foundation.close();
    expect((plan as { detail: string }[]).map(({ detail }) => detail).join('\n')).not.toMatch(
      /^SCAN (?!CONSTANT|json_each|\()/m,
    );
  });
});
