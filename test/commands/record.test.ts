import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PUBLISHED, recordRig } from '../catalogue/record/rig.ts';
import { runCommand } from '../support/running-agent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('gatehouse record', { timeout: 240_000 }, () => {
  it('writes a record in each form and never over another file', async () => {
    const rig = recordRig();
    const id = rig.advance(rig.draft(), ...PUBLISHED);
    const cli = (...words: string[]) => runCommand(['record', ...words, '--data-dir', rig.folder]);
    const turtle = await cli(id);
    expect(turtle).toMatchObject({ code: 0, stderr: '' });
    expect(turtle.stdout.trimEnd()).toBe(rig.records.record(id).turtle.trimEnd());
    const jsonld = await cli(id, '--format', 'jsonld');
    expect(JSON.parse(jsonld.stdout)).toEqual(rig.records.record(id).jsonld);
    const out = join(temporaryFolder(), 'record.xlsx');
    expect(await cli(id, '--format', 'xlsx', '--out', out)).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(out).subarray(0, 2).toString()).toBe('PK');
    const before = statSync(out).mtimeMs;
    const again = await cli(id, '--format', 'xlsx', '--out', out);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('there is a file of this name') });
    expect(statSync(out).mtimeMs).toBe(before);
    expect(await cli(id, '--format', 'xlsx')).toMatchObject({ code: 2 });
    expect(await cli(id, '--format', 'rdf')).toMatchObject({ code: 2 });
    expect(await cli('none')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no dataset with this id.'),
    });
  });

  it('checks a dataset and a file, and names what is wrong', async () => {
    const rig = recordRig();
    const complete = rig.draft();
    const lacking = rig.draft({ keywords: [] });
    const cli = (...words: string[]) => runCommand(['record', ...words, '--data-dir', rig.folder]);
    expect(await cli('check', lacking)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^error {4}Keyword \(dcat:keyword\) of the dataset is missing\./),
    });
    const file = join(temporaryFolder(), 'record.ttl');
    const draft = await cli(complete, '--out', file);
    expect(draft).toMatchObject({ code: 0, stderr: expect.stringContaining('this is a draft, marked as one') });
    expect(existsSync(file)).toBe(true);
    expect(await cli('check', file)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^warning {2}Health data access body/),
      stderr: expect.stringContaining('passes the shapes'),
    });
    writeFileSync(file, readFileSync(file, 'utf8').replace(/dct:title [^;]*;/u, ''));
    expect(await cli('check', file)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Title (dct:title) of the dataset is missing.'),
    });
    writeFileSync(file, 'no turtle at all');
    expect(await cli('check', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('It is not Turtle') });
  });
});
