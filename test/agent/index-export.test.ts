/** Taking the index out on the command line. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { fileOf, THREE_PATIENTS, valuesOf } from '../catalogue/fixtures.ts';
import { runCommand } from '../support/running-agent.ts';
import { scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 180_000 });

const folder = scratchFolder();
const dataFolder = join(folder, 'data');
const exported = (...words: string[]) => runCommand(['index', 'export', ...words, '--data-dir', dataFolder]);

beforeAll(() => {
  const node = openFoundation(dataFolder);
  for (const object of THREE_PATIENTS) node.catalogue.add(object, valuesOf(object), fileOf(object));
  const query = { modality: ['CT'], ageFrom: 65 };
  node.savedQueries.save({ name: 'Older', description: '', query }, { name: 'anna', role: 'viewer' });
  node.close();
});

describe('gatehouse index export', () => {
  it('writes what matches to a new file that others cannot read, and enters it in the audit log', async () => {
    const out = join(folder, 'series.parquet');
    const words = ['--table', 'series', '--format', 'parquet', '--modality', 'CT', '--out', out];
    expect(await exported(...words)).toMatchObject({ code: 0, stdout: `Wrote 2 rows of series to ${out}.\n` });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(await parquetReadObjects({ file: new Uint8Array(readFileSync(out)).buffer })).toHaveLength(2);
    const node = openFoundation(dataFolder);
    expect(node.audit.page(0, 1).rows).toMatchObject([
      { actor: 'command line', action: 'index.exported', subject: 'series', detail: '2 rows' },
    ]);
    node.close();
    const again = await exported(...words);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/cannot be written \(EEXIST\)/u);
  });

  it('takes the filters of a saved query', async () => {
    const out = join(folder, 'older.csv');
    expect(await exported('--table', 'studies', '--saved', 'Older', '--out', out)).toMatchObject({ code: 0 });
    expect(readFileSync(out, 'utf8').match(/2\.25\.\d+/gu)).toEqual(['2.25.3']);
    const none = await exported('--table', 'studies', '--saved', 'Younger', '--out', join(folder, 'none.csv'));
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/no saved query named "Younger"/u);
  });

  it.each([
    [['--table', 'patients', '--out', 'x']],
    [['--table', 'series']],
    [['--table', 'series', '--out', 'x', '--format', 'xlsx']],
    [['--table', 'series', '--out', 'x', '--age-from', 'old']],
    [['--table', 'series', '--out', 'x', '--attribute', 'plane']],
  ])('ends with 2 for %j', async (words) => {
    expect((await exported(...words)).code).toBe(2);
  });

  it('has what searching needs made anew', async () => {
    const { code, stdout } = await runCommand(['index', 'rebuild', '--data-dir', dataFolder]);
    expect([code, stdout]).toEqual([0, 'Described 4 series anew.\n']);
  });
});
