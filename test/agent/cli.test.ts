/** The command line as a person or a script meets it: what is printed, and the exit code. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Route, routes } from '../../node-agent/api/contract.ts';
import type { RunReportDocument } from '../../node-agent/pipeline/run-report.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';
import { disagreements, filesBelow, ledgerRows, outputOf } from './data-folder-evidence.ts';
import { type PhantomFolder, phantomFolder, scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const NO_RESERVE = ['--set', 'store.reserveMegabytes=0'];
const PASSWORD = 'a long enough password\n';
const COUNTS = ['received', 'indexed', 'quarantined', 'excluded', 'rejected', 'waiting'] as const;
const STATUS = [...COUNTS, 'patients', 'studies', 'series', 'bytes'];

let root: string;
let dataFolder: string;
let phantoms: PhantomFolder;

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  phantoms = await phantomFolder(root, { seed: 6, count: 4 });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command on the data folder of these tests. */
function gatehouse(words: readonly string[], input = '') {
  return runCommand([...words, '--data-dir', dataFolder], input);
}

async function statusOf(folder = dataFolder): Promise<Record<string, number>> {
  const { code, stdout } = await runCommand(['status', '--json', '--data-dir', folder]);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, number>;
}

/** The account that the officer signs: totals that add up, what was done, and nothing claimed that was not. */
function expectAccount(report: RunReportDocument, page: string, clean: number): void {
  const { objects, profile, residualScan, conformance } = report;
  expect(objects.read).toBe(phantoms.objects.length);
  expect(objects.deidentified).toBe(clean);
  expect(objects.deidentified + objects.quarantined + objects.excluded).toBe(objects.read);
  expect(report.causes.reduce((sum, cause) => sum + cause.objects, 0)).toBe(objects.read - clean);
  expect(profile).toMatchObject({ id: 'eucaim', hash: expect.stringMatching(/^[0-9a-f]{64}$/u) });
  expect(residualScan.searched).toBeGreaterThanOrEqual(clean);
  expect(conformance.compared).toBeGreaterThanOrEqual(clean);
  const codes = report.claimedCodes.map(({ code }) => code);
  expect(codes).toContain('113100');
  expect(codes).not.toContain('113101');
  expect(codes).not.toContain('113102');
  const name = report.actions.find(({ attribute }) => attribute === '(0010,0010)');
  expect(name).toMatchObject({ objects: clean, elements: clean });
  for (const value of [profile.hash, report.edition, ...codes]) expect(page).toContain(value);
}

/** Every original that was kept back lies in the quarantine folder, whole, under its cause and no name of its own. */
function expectKeptBack(report: RunReportDocument, folder: string): void {
  const kept = filesBelow(folder).filter((name) => name.endsWith('.dcm'));
  expect(kept).toHaveLength(report.objects.quarantined);
  for (const { cause, objects } of report.causes.filter((entry) => !entry.cause.startsWith('excluded'))) {
    expect(kept.filter((name) => name.startsWith(`${cause}/`))).toHaveLength(objects);
  }
  const originals = new Set(phantoms.objects.map(({ path }) => readFileSync(path).toString('base64')));
  for (const name of kept) {
    expect(name).toMatch(/^[a-z-]+\/[0-9a-f]{32}\.dcm$/u);
    expect(originals.has(readFileSync(join(folder, name)).toString('base64'))).toBe(true);
    const note = JSON.parse(readFileSync(join(folder, name.replace('.dcm', '.json')), 'utf8')) as { cause: string };
    expect(name.startsWith(`${note.cause}/`)).toBe(true);
  }
}

describe('gatehouse', () => {
  it('explains itself, and takes wrong words for what they are', async () => {
    const help = await runCommand(['--help']);
    expect(help.code).toBe(0);
    for (const command of [
      'serve',
      'import',
      'deidentify',
      'status',
      'doctor',
      'audit verify',
      'user add',
      'openapi',
    ]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command}`, 'mu'));
    }
    const wrong: [string[], RegExp][] = [
      [[], /^$/u],
      [['fly'], /There is no command "fly"\. Commands are: serve, import/u],
      [['audit', 'forge'], /There is no command "audit forge"\./u],
      [['--json', 'status'], /The command comes first, its options after it\./u],
      [['status', 'now'], /"status" takes no argument.*Usage: gatehouse status/u],
      [['import'], /"import" takes 1 argument/u],
      [['deidentify', 'in'], /"deidentify" takes 2 arguments/u],
      [['status', '--yaml'], /--yaml.*Usage: gatehouse status/u],
      [['doctor', '--set', 'nonsense'], /--set nonsense: write it as --set name=value/u],
      [['user', 'add', 'x', '--role', 'king'], /The role is one of administrator, officer, viewer/u],
    ];
    for (const [words, sentence] of wrong) {
      const { code, stderr } = words.length === 0 ? await runCommand([]) : await gatehouse(words, PASSWORD);
      expect({ code, words }).toEqual({ code: 2, words });
      expect(stderr).toMatch(sentence);
    }
  });

  it.each(['status', 'doctor', 'audit verify'])(
    'takes a data folder where no node is for a mistyped one: %s',
    async (words) => {
      const nowhere = join(root, 'mistyped');
      const { code, stderr } = await runCommand([...words.split(' '), '--data-dir', nowhere]);
      expect(code).toBe(1);
      expect(stderr).toContain(`There is no node in ${nowhere} yet.`);
      expect(existsSync(nowhere)).toBe(false);
    },
  );

  it('imports without a node running, and again without counting twice', async () => {
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await gatehouse(['import', phantoms.folder, ...NO_RESERVE]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(
        `${phantoms.objects.length} files read: ${phantoms.objects.length} accepted, 0 refused.`,
      );
      const status = await statusOf();
      expect(Object.keys(status)).toEqual(STATUS);
      const { received = 0, ...rest } = status;
      expect(received).toBe(phantoms.objects.length);
      expect(COUNTS.slice(1).reduce((sum, name) => sum + (rest[name] ?? 0), 0)).toBe(received);
      expect(status).toMatchObject({ waiting: 0, patients: phantoms.key.counts.patients });
    }
    expect(disagreements(dataFolder)).toEqual([]);
  });

  it('imports through the node that runs on the folder', async () => {
    const folder = join(root, 'running');
    const agent = await startAgent(folder, ['store.reserveMegabytes=0']);
    try {
      const words = ['import', phantoms.folder, '--data-dir', folder];
      const { code, stdout, stderr } = await runCommand(words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`${phantoms.objects.length} files read`);
      expect(await statusOf(folder)).toMatchObject({ received: phantoms.objects.length, waiting: 0 });
    } finally {
      expect(await agent.stop()).toBe(0);
    }
    expect(disagreements(folder)).toEqual([]);
  });

  it('refuses to import what is not there', async () => {
    for (const path of [join(root, 'missing'), phantoms.objects[0]?.path ?? '']) {
      const { code, stderr } = await gatehouse(['import', path]);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /does not exist or may not be read by the service user|neither a folder nor a ZIP archive/u,
      );
    }
  });

  it('de-identifies a folder as the node does, with a map and a report that only the user may read', async () => {
    const [out, map, report] = [join(root, 'offline', 'out'), join(root, 'uids.csv'), join(root, 'report.json')];
    const patients = join(root, 'patients.csv');
    const words = ['deidentify', phantoms.folder, out, '--map', map, '--patients', patients, '--report', report];
    const { code, stdout } = await gatehouse(words);
    expect(code).toBe(0);
    const clean = phantoms.objects.filter(({ expected }) => expected === 'indexed');
    expect(stdout).toContain(`${phantoms.objects.length} files: ${clean.length} de-identified`);
    const written = filesBelow(out);
    expect(written).toHaveLength(clean.length);
    for (const object of clean) {
      const ofNode = outputOf(dataFolder, object.sopInstanceUid);
      const name = ofNode.slice(join(dataFolder, 'objects').length + 1);
      expect(readFileSync(join(out, name)).equals(readFileSync(ofNode)), object.name).toBe(true);
    }
    const uids = readFileSync(map, 'utf8').trim().split('\n');
    expect(uids[0]).toBe('original_sop_uid,new_sop_uid');
    expect(uids).toHaveLength(1 + clean.length);
    for (const { sopInstanceUid } of clean) {
      const made = uids.find((line) => line.startsWith(`${sopInstanceUid},`))?.split(',')[1];
      expect(written.some((name) => name.endsWith(`${made}.dcm`))).toBe(true);
    }
    const lines = readFileSync(patients, 'utf8').trim().split('\n');
    expect(lines[0]).toBe('id_old,id_new');
    expect(lines).toHaveLength(1 + phantoms.key.counts.patients);
    for (const { patientId } of phantoms.key.patients) {
      expect(lines.some((line) => line.replaceAll('"', '').startsWith(`${patientId},GH-`))).toBe(true);
    }
    const document = JSON.parse(readFileSync(report, 'utf8')) as RunReportDocument;
    const rows = document.perObject;
    expect(rows).toHaveLength(phantoms.objects.length);
    expect(
      rows
        .filter(({ outcome }) => outcome === 'deidentified')
        .map(({ output }) => output)
        .sort(),
    ).toEqual(written);
    const text = JSON.stringify(document) + readFileSync(join(root, 'report.html'), 'utf8');
    for (const { patientId, name } of phantoms.key.patients) {
      expect(text).not.toContain(patientId);
      expect(text).not.toContain(name);
    }
    const page = join(root, 'report.html');
    for (const file of [map, patients, report, page]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expectAccount(document, readFileSync(page, 'utf8'), clean.length);
    expectKeptBack(document, join(root, 'offline', 'quarantine'));
    expect(ledgerRows(dataFolder)).toHaveLength(phantoms.objects.length);
    const unknown = await gatehouse(['deidentify', phantoms.folder, out, '--profile', 'lenient']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/There is no profile "lenient"/u);
    const nothing = await gatehouse(['deidentify', join(root, 'missing'), out]);
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toMatch(/The input does not exist or may not be read/u);
  });

  it('explains what it does to an object, with the values of the original only where they are asked for', async () => {
    const original = phantoms.objects.find(({ expected }) => expected === 'indexed');
    const patient = phantoms.key.patients.find(({ patientId }) => {
      return readFileSync(original?.path ?? '').includes(patientId);
    });
    const plain = await gatehouse(['explain', original?.path ?? '']);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(/^\(0010,0020\) LO Patient ID$/mu);
    expect(plain.stdout).toMatch(/E\.1-1 .*PS3\.15 Table E\.1-1/u);
    expect(plain.stdout).not.toContain(patient?.patientId);
    const full = await gatehouse(['explain', original?.path ?? '', '--values', '--json']);
    const { elements } = JSON.parse(full.stdout) as { elements: { path: string; before?: string; after?: string }[] };
    expect(elements.find(({ path }) => path === '(0010,0020)')).toMatchObject({
      before: patient?.patientId,
      after: expect.stringMatching(/^GH-/u),
    });
    const noObject = await gatehouse(['explain', import.meta.filename]);
    expect(noObject).toMatchObject({ code: 1, stderr: expect.stringMatching(/^The object cannot be read\./u) });
  });

  it('says what another profile would change, before it is used', async () => {
    const same = await gatehouse(['profile', 'compare', 'eucaim', phantoms.folder]);
    expect(same).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 attributes on 0 devices would change/u) });
    const basic = await gatehouse(['profile', 'compare', 'basic', phantoms.folder]);
    expect(basic.stdout).toMatch(/^[1-9]\d* attributes on [1-9]\d* devices would change, in [1-9]\d* of/u);
    for (const { patientId, name } of phantoms.key.patients) {
      expect(basic.stdout).not.toContain(patientId);
      expect(basic.stdout).not.toContain(name);
    }
    expect((await gatehouse(['profile', 'compare', 'lenient', phantoms.folder])).code).toBe(2);
  });

  it('de-identifies without overwriting, and keeps back what does not belong together', async () => {
    const [from, out, report] = [join(root, 'twins'), join(root, 'twins-out'), join(root, 'twins.json')];
    mkdirSync(from);
    const original = phantoms.objects.find(({ expected }) => expected === 'indexed');
    const bytes = readFileSync(original?.path ?? '');
    const other = Buffer.from(bytes);
    const last = other.length - 1;
    other[last] = (other[last] ?? 0) ^ 1;
    writeFileSync(join(from, 'a.dcm'), bytes);
    writeFileSync(join(from, 'b.dcm'), other);
    writeFileSync(join(from, 'c.dcm'), bytes);
    const words = ['deidentify', from, out, '--report', report];
    const first = await gatehouse(words);
    expect(first.stdout).toContain('3 files: 2 de-identified (1 there already), 1 kept back.');
    expect(first.stdout).toContain('1 × Same UID, other content');
    const [written = ''] = filesBelow(out);
    expect(filesBelow(out)).toEqual([written]);
    const kept = readFileSync(join(out, written));
    const second = await gatehouse(words);
    expect(second.stdout).toContain('3 files: 2 de-identified (2 there already), 1 kept back.');
    expect(readFileSync(join(out, written)).equals(kept)).toBe(true);
    const { perObject } = JSON.parse(readFileSync(report, 'utf8')) as RunReportDocument;
    expect(perObject).toMatchObject([
      { outcome: 'deidentified', output: written, alreadyThere: true },
      { outcome: 'quarantined', cause: 'conflict' },
      { outcome: 'deidentified', output: written, alreadyThere: true },
    ]);
  });

  it('adds a user once, with a password that is long enough', async () => {
    const short = await gatehouse(['user', 'add', 'anna'], 'short\n');
    expect(short.code).toBe(1);
    expect(short.stderr).toMatch(/password/iu);
    const first = await gatehouse(['user', 'add', 'anna', '--role', 'officer'], PASSWORD);
    expect(first).toMatchObject({ code: 0, stdout: 'Added anna with the role officer.\n' });
    const second = await gatehouse(['user', 'add', 'anna'], PASSWORD);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/anna/u);
  });

  it('finds the data folder healthy, and says what is wrong where it is not', async () => {
    const healthy = await gatehouse(['doctor', ...NO_RESERVE]);
    expect(healthy.code).toBe(0);
    expect(healthy.stdout).toMatch(/^ok +.*are free on the disk/mu);
    expect(healthy.stdout).toMatch(/^ok +The audit log is intact/mu);
    const full = await gatehouse(['doctor', '--set', 'store.reserveMegabytes=100000000']);
    expect(full.code).toBe(1);
    expect(full.stdout).toMatch(/^ERROR +.*New objects are refused.* Free space on this disk/mu);
  });

  it('tells a whole audit log from one that was changed, cut, or added to', async () => {
    const whole = await gatehouse(['audit', 'verify']);
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(/^The audit log is intact: \d+ entries/u);
    const file = join(dataFolder, 'audit', 'audit.jsonl');
    const text = readFileSync(file, 'utf8');
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    const tampered: Record<string, string> = {
      'a word changed': text.replace('officer', 'viewer'),
      'an entry removed': `${lines.slice(1).join('\n')}\n`,
      'two entries swapped': `${[lines[1], lines[0], ...lines.slice(2)].join('\n')}\n`,
      'an entry put in': `${[...lines, lines.at(-1)].join('\n')}\n`,
    };
    for (const [how, content] of Object.entries(tampered)) {
      writeFileSync(file, content);
      const { code, stdout } = await gatehouse(['audit', 'verify']);
      expect({ code, how }).toEqual({ code: 1, how });
      expect(stdout).toMatch(/^The audit log is not intact: entry \d+ was changed, removed or put in afterwards\./u);
      expect((await gatehouse(['doctor', ...NO_RESERVE])).code).toBe(1);
    }
    writeFileSync(file, text);
    expect((await gatehouse(['audit', 'verify'])).code).toBe(0);
  });

  it('prints an OpenAPI document with every route', async () => {
    const { code, stdout } = await runCommand(['openapi']);
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as { openapi: string; paths: Record<string, Record<string, unknown>> };
    expect(document.openapi).toMatch(/^3\.1/u);
    for (const [name, { method, path }] of Object.entries(routes) as [string, Route][]) {
      const found = Object.entries(document.paths).some(([documented, methods]) => {
        return documented.endsWith(path.replace(/:(\w+)/gu, '{$1}')) && methods[method] !== undefined;
      });
      expect(found, name).toBe(true);
    }
  });

  it('starts, answers at both of its addresses, and stops with exit code 0 the moment it is asked', async () => {
    const agent = await startAgent(join(root, 'short-lived'));
    expect(JSON.parse(agent.output())).toMatchObject({ ready: true, dicomPort: agent.dicomPort });
    expect(agent.dicomPort).toBeGreaterThan(0);
    const session = await fetch(new URL('api/v1/session', agent.httpUrl));
    expect(session.status).toBe(200);
    expect(await agent.stop()).toBe(0);
    for (let start = 0; start < 4; start += 1) {
      expect(await (await startAgent(join(root, 'short-lived'))).stop()).toBe(0);
    }
    expect(filesBelow(join(root, 'short-lived'))).not.toContain('run.json');
  });

  it.skipIf(process.getuid?.() === 0)('says that a data folder may not be written', async () => {
    const locked = join(root, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const { code, stderr } = await runCommand(['doctor', '--data-dir', join(locked, 'data')]);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/^\s+at /mu);
  });
});
