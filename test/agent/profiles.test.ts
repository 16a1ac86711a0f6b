/** De-identification profiles as a site chooses them: by name, by file, and refused with the line and the remedy. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import type { ReportedObject, RunReportDocument } from '../../node-agent/pipeline/run-report.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';
import { filesBelow } from './data-folder-evidence.ts';
import { type PhantomFolder, phantomFolder, scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const LETHE_SECRET = '019a39ba16da7edb9e906440a48e9ed32';
const SITE = {
  name: 'our-site',
  version: '3',
  title: 'The profile of a hospital',
  edition: 'PS3.15 2024b',
  source: 'the radiology department',
  extends: 'eucaim',
  rules: [{ tag: '(0008,0080)', action: 'replace', value: 'SITE A', why: 'one name for all our houses' }],
};

let root: string;
let dataFolder: string;
let phantoms: PhantomFolder;

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  phantoms = await phantomFolder(root, { seed: 6, count: 2 });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function cleanedUnder(
  profile: string,
  name: string,
): Promise<{ rows: readonly ReportedObject[]; files: string[] }> {
  const [out, report] = [join(root, name), join(root, `${name}.json`)];
  const words = [
    'deidentify',
    phantoms.folder,
    out,
    '--profile',
    profile,
    '--report',
    report,
    '--data-dir',
    dataFolder,
  ];
  const { code, stderr } = await runCommand(words);
  expect(code, stderr).toBe(0);
  return {
    rows: (JSON.parse(readFileSync(report, 'utf8')) as RunReportDocument).perObject,
    files: filesBelow(out).map((file) => join(out, file)),
  };
}

async function textsOf(files: readonly string[], keyword: string): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for (const file of files) {
    const object = await readPart10(file);
    texts.push(object.dataSet.string(tagOf(keyword)));
    await object.close();
  }
  return texts;
}

describe('a de-identification profile', () => {
  it('is one of the site, and every object says by which it was cleaned', async () => {
    const file = join(root, 'our-site.json');
    writeFileSync(file, JSON.stringify(SITE));
    const own = await cleanedUnder(file, 'own');
    const shipped = await cleanedUnder('eucaim', 'shipped');
    expect(own.files.length).toBeGreaterThan(0);
    expect(own.files).toHaveLength(shipped.files.length);
    expect(new Set(await textsOf(own.files, 'DeidentificationMethod'))).toEqual(new Set(['Gatehouse our-site 3']));
    expect(await textsOf(own.files, 'InstitutionName')).toContain('SITE A');
    expect(await textsOf(shipped.files, 'InstitutionName')).not.toContain('SITE A');
    const hashes = ({ rows }: { rows: readonly ReportedObject[] }) =>
      new Set(rows.filter(({ outcome }) => outcome === 'deidentified').map(({ profileHash }) => profileHash));
    expect(hashes(own).size).toBe(1);
    expect(hashes(shipped).size).toBe(1);
    expect(hashes(own)).not.toEqual(hashes(shipped));
  });

  it('that names patients as EUCAIM does takes the secret from the keys folder', async () => {
    mkdirSync(join(dataFolder, 'keys'), { recursive: true });
    writeFileSync(join(dataFolder, 'keys', 'lethe-secret'), `${LETHE_SECRET}\n`, { mode: 0o600 });
    const { files } = await cleanedUnder('lethe-compatible', 'lethe');
    for (const id of await textsOf(files, 'PatientID')) expect(id).toMatch(/^EUCAIM-\d+$/u);
    for (const uid of await textsOf(files, 'StudyInstanceUID'))
      expect(uid).toMatch(/^1\.3\.6\.1\.4\.1\.58108\.2023\.\d+$/u);
    writeFileSync(join(dataFolder, 'keys', 'lethe-secret'), `${LETHE_SECRET.slice(1)}\n`, { mode: 0o600 });
    const words = ['deidentify', phantoms.folder, join(root, 'never'), '--profile', 'lethe-compatible'];
    const refused = await runCommand([...words, '--data-dir', dataFolder]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/does not hold a secret of Lethe/u);
  });

  it('is refused with the line and the remedy, by the command and by the node', async () => {
    const file = join(root, 'wrong.json');
    writeFileSync(
      file,
      JSON.stringify({ ...SITE, rules: [{ tag: '(0010,1000)', action: 'keep', why: 'we like to have it' }] }, null, 2),
    );
    const remedy =
      /line 11, rules\[0\]\.action: "keep" lets everything through .* say in "overrides" why this is allowed/u;
    const command = await runCommand([
      'deidentify',
      phantoms.folder,
      join(root, 'never'),
      '--profile',
      file,
      '--data-dir',
      dataFolder,
    ]);
    expect(command.code).toBe(2);
    expect(command.stderr).toMatch(remedy);
    const node = await runCommand(['serve', '--data-dir', join(root, 'other'), '--set', `deidentify.profile=${file}`]);
    expect(node.code).toBe(1);
    expect(node.stderr).toMatch(remedy);
  });

  it('of the setting is that of the running node', async () => {
    const file = join(root, 'our-site.json');
    writeFileSync(file, JSON.stringify(SITE));
    const agent = await startAgent(join(root, 'running'), ['store.reserveMegabytes=0', `deidentify.profile=${file}`]);
    try {
      const done = await runCommand(['import', phantoms.folder, '--data-dir', join(root, 'running')]);
      expect(done.code, done.stderr).toBe(0);
      const objects = filesBelow(join(root, 'running', 'objects')).map((name) =>
        join(root, 'running', 'objects', name),
      );
      expect(objects.length).toBeGreaterThan(0);
      expect(new Set(await textsOf(objects, 'DeidentificationMethod'))).toEqual(new Set(['Gatehouse our-site 3']));
    } finally {
      await agent.stop();
    }
  });
});
