/** `gatehouse profile import` and `profile check` as a person meets them: files, sentences, exit codes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCommand } from '../support/running-agent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const SCRIPT = [
  '<script>',
  '<e en="T" t="00100040" n="PatientSex">@keep()</e>',
  '<e en="T" t="00080090" n="ReferringPhysicianName">@call(plugin)</e>',
  '</script>',
].join('\n');

function folderWith(name: string, text: string | Uint8Array): { file: string; out: string; report: string } {
  const folder = temporaryFolder();
  const file = join(folder, name);
  writeFileSync(file, text);
  return { file, out: join(folder, 'our-trial.json'), report: join(folder, 'report.json') };
}

describe('gatehouse profile import', () => {
  it('writes a profile that can be used, and says what it could not translate', async () => {
    const { file, out, report } = folderWith('script.xml', SCRIPT);
    const words = [
      'profile',
      'import',
      file,
      '--format',
      'ctp',
      '--out',
      out,
      '--report',
      report,
      '--extends',
      'eucaim',
    ];
    const { code, stdout, stderr } = await runCommand(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Profile our-trial: 1 lines translated/);
    expect(stdout).toMatch(
      /1 lines could not be translated:\n {2}line 3, \(0008,0090\) ReferringPhysicianName @call\(\): @call runs a program/,
    );
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      profile: 'our-trial',
      counts: { untranslated: 1 },
    });
    const check = await runCommand(['profile', 'check', out]);
    expect(check).toMatchObject({ code: 0, stderr: '' });
    expect(check.stdout).toMatch(/The profile our-trial 1 can be used: \d+ rules/);
    // A second import does not write over the first.
    const again = await runCommand(words);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/cannot be written \(EEXIST\)\. Name a new file/);
  });

  it('writes nothing of a script that it refuses', async () => {
    const { file, out, report } = folderWith('script.xml', SCRIPT.replace('@call', '@shred'));
    const words = ['profile', 'import', file, '--format', 'ctp', '--out', out, '--report', report];
    const { code, stderr } = await runCommand(words);
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot be imported; nothing was written\.\n {2}line 3: There is no function @shred/);
    expect(existsSync(out) || existsSync(report)).toBe(false);
  });

  it('takes no text that is not UTF-8, and no file of ten megabytes', async () => {
    const latin = folderWith('script.xml', Buffer.from('<script><p t="A">é</p></script>', 'latin1'));
    const one = await runCommand(['profile', 'import', latin.file, '--format', 'ctp', '--out', latin.out]);
    expect(one).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/line 1: The file is not a text in UTF-8; save it/),
    });
    const large = folderWith('script.xml', Buffer.alloc(10 * 1024 * 1024, 32));
    const two = await runCommand(['profile', 'import', large.file, '--format', 'ctp', '--out', large.out]);
    expect(two).toMatchObject({ code: 1, stderr: expect.stringMatching(/line 1: The file is longer than 4 MB/) });
  });

  it('knows wrong arguments', async () => {
    const { file, out } = folderWith('script.xml', SCRIPT);
    const wrong: [string[], RegExp][] = [
      [[file, '--out', out], /--format is one of ctp, deid, karnak/],
      [[file, '--format', 'ctp'], /--out names the profile to write/],
      [[file, '--format', 'ctp', '--out', out, '--extends', 'mine'], /--extends is one of basic/],
      [[file, '--format', 'ctp', '--out', out, '--override-reason', 'ok'], /--override-reason is a sentence/],
      [[file, '--format', 'deid', '--out', out, '--lookup', file], /--lookup is for scripts of CTP alone/],
      [['--format', 'ctp'], /takes 1 argument/],
    ];
    for (const [words, sentence] of wrong) {
      const { code, stderr } = await runCommand(['profile', 'import', ...words]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(sentence) });
    }
  });
});

describe('gatehouse profile check', () => {
  it('names every line that stands in the way', async () => {
    const { file } = folderWith('mine.json', '{\n"name": "mine",\n"colour": "red"\n}');
    const { code, stderr } = await runCommand(['profile', 'check', file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 3, colour: There is no such line/);
  });
});
