/** Planted identifiers against the answer key: gone from every byte of the output, and from everything else a node writes. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RouteName, routes } from '../../node-agent/api/contract.ts';
import type { DataSet } from '../../node-agent/dicom/data-set.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';
import { disagreements, filesBelow, ledgerRows, pseudonymiserOf } from './data-folder-evidence.ts';
import { type PhantomFolder, type PlacedObject, phantomFolder, runSeed, scratchFolder } from './phantom-folder.ts';
import { bytesBesidePixels, wholeBytes } from './pixel-bytes.ts';
import { needlesOf, occurrences, spellings } from './planted-needles.ts';

const PATIENTS = 24;
const PASSWORD = 'a long enough password';
const PREAMBLE_BYTES = 128;
const STEP = /^\(([0-9a-f]{4}),([0-9a-f]{4})\)(?:\[(\d+)\])?$/u;
/** Shorter names stand in tables and codes by chance. */
const SHORTEST_NAME = 6;

let root: string;
let dataFolder: string;
let phantoms: PhantomFolder;
/** What the node said: standard error, standard output, and the answers of its API. */
let said: Record<string, string>;

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  phantoms = await phantomFolder(root, { seed: runSeed('planted identifiers'), count: PATIENTS });
  said = await importThroughTheApi();
}, 150_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Imports as an administrator would, from a folder that bears a patient's name, and asks every question of the API. */
async function importThroughTheApi(): Promise<Record<string, string>> {
  const add = await runCommand(['user', 'add', 'anna', '--data-dir', dataFolder], `${PASSWORD}\n`);
  expect(add.code).toBe(0);
  const named = join(root, phantoms.key.patients[0]?.name.split('^')[0] ?? '');
  mkdirSync(named);
  const folder = join(named, phantoms.key.patients[0]?.patientId ?? '');
  renameSync(phantoms.folder, folder);
  const agent = await startAgent(dataFolder, ['log.level=debug', 'store.reserveMegabytes=0']);
  try {
    const client = await new ConsoleClient(agent.httpUrl).signIn('anna', PASSWORD);
    const { id } = await client.call('startImport', { body: { folder } });
    await expect(client.call('startImport', { body: { folder: join(folder, 'not-there') } })).rejects.toThrow(
      /does not exist/,
    );
    for (;;) {
      const run = (await client.call('listImports')).find((candidate) => candidate.id === id);
      const { counts } = await client.call('getOverview');
      if (run?.state === 'done' && counts.waiting === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const answers: Record<string, string> = {};
    for (const [name, route] of Object.entries(routes) as [RouteName, (typeof routes)[RouteName]][]) {
      if (route.method !== 'get' || route.path.includes(':')) continue;
      answers[`API ${name}`] = JSON.stringify(await client.call(name));
    }
    for (const { studyUid } of (await client.call('listStudies')).rows) {
      answers[`API getStudy ${studyUid}`] = JSON.stringify(await client.call('getStudy', { params: { id: studyUid } }));
    }
    answers['API metrics'] = await (await fetch(new URL('metrics', agent.httpUrl))).text();
    answers['run.json'] = readFileSync(join(dataFolder, 'run.json'), 'utf8');
    return { ...answers, 'standard error': agent.log(), 'standard output': agent.output() };
  } finally {
    await agent.stop();
    renameSync(folder, phantoms.folder);
  }
}

/** Files of the data folder outside the identified folders and the vault, as bytes. */
function filesWithoutIdentity(): Record<string, Buffer> {
  const names = filesBelow(dataFolder).filter((name) => !/^(?:quarantine|objects|spool|keys)\//u.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dataFolder, name))]));
}

/** Values at a path of the answer key in an output; undefined when the path leads nowhere. */
function valueAt(dataSet: DataSet, path: string): string | undefined {
  let at: DataSet | undefined = dataSet;
  for (const [, group = '', element = '', item] of path.split('/').map((step) => STEP.exec(step) ?? [])) {
    const tag = Number.parseInt(group + element, 16);
    if (item === undefined) return at?.has(tag) ? at.strings(tag).join('\\') || String(at.number(tag)) : undefined;
    at = at?.items(tag)[Number(item)];
  }
  return undefined;
}

/** Dates and times in the output, by value: a date that was shifted may by chance be one that was planted. */
function shiftedDates(dataSet: DataSet, original: DataSet | undefined): string[] {
  return dataSet.elements.flatMap(({ tag, vr, value }) => {
    if (value.kind === 'sequence') {
      return value.items.flatMap((item, index) => shiftedDates(item.dataSet, original?.items(tag)[index]));
    }
    if (vr !== 'DA' && vr !== 'DT') return [];
    const before = original?.strings(tag) ?? [];
    return dataSet.strings(tag).filter((date, index) => date !== before[index]);
  });
}

/** What is still there of the planted values, or no longer there of the retained ones, as sentences without values. */
async function faultsOf(object: PlacedObject, output: string): Promise<string[]> {
  const [original, copy] = [await readPart10(object.path), await readPart10(output)];
  try {
    const faults: string[] = [];
    const [whole, besidePixels] = [wholeBytes(output, copy), bytesBesidePixels(output, copy)];
    const dates = shiftedDates(copy.dataSet, original.dataSet);
    for (const { path, kind, value } of object.planted) {
      if (path.startsWith('(')) {
        if (valueAt(copy.dataSet, path)?.includes(value)) faults.push(`${path}: the ${kind} is still in its place`);
      }
      for (const needle of needlesOf(kind, value)) {
        const lawful = kind === 'date' ? dates.filter((date) => date.startsWith(needle)).length : 0;
        const found = spellings(needle, object.characterSet).some(
          // Short needles turn up in pixels by chance; pixels are compared elsewhere.
          (bytes) => occurrences(bytes.length < 8 ? besidePixels : whole, bytes) > lawful,
        );
        if (found) faults.push(`${path}: the ${kind} is somewhere in the bytes`);
      }
    }
    if (!readFileSync(output).subarray(0, PREAMBLE_BYTES).equals(Buffer.alloc(PREAMBLE_BYTES))) {
      faults.push('the preamble is not empty');
    }
    if (copy.meta?.has(0x00020016)) faults.push('meta/(0002,0016) is there');
    for (const { path, value } of object.retained) {
      if (!valueAt(copy.dataSet, path)?.includes(value)) faults.push(`${path}: the value to retain is gone`);
    }
    return faults;
  } finally {
    await original.close();
    await copy.close();
  }
}

describe('Planted identifiers', () => {
  it('are all found in the originals, so that not finding them means something', async () => {
    const missed: string[] = [];
    for (const object of phantoms.objects) {
      const original = await readPart10(object.path);
      const whole = wholeBytes(object.path, original);
      await original.close();
      for (const { path, kind, value } of object.planted) {
        if (!spellings(value, object.characterSet).some((bytes) => occurrences(whole, bytes) > 0)) {
          missed.push(`${kind} at ${path} of ${object.name}`);
        }
      }
    }
    expect(missed).toEqual([]);
  }, 60_000);

  it('are in no byte of any indexed object, and what should stay has stayed', async () => {
    const pseudonymiser = pseudonymiserOf(dataFolder);
    const outputs = new Map(filesBelow(join(dataFolder, 'objects')).map((file) => [file.split('/').at(-1), file]));
    const faults = new Map<string, number>();
    let [objects, planted, retained] = [0, 0, 0];
    for (const object of phantoms.objects) {
      const file = outputs.get(`${pseudonymiser.uid(object.sopInstanceUid)}.dcm`);
      expect(file === undefined, `${object.name} ${object.modality} is ${object.expected}`).toBe(
        object.expected === 'quarantined',
      );
      if (file === undefined) continue;
      objects += 1;
      planted += object.planted.length;
      retained += object.retained.length;
      for (const fault of await faultsOf(object, join(dataFolder, 'objects', file))) {
        faults.set(fault, (faults.get(fault) ?? 0) + 1);
      }
    }
    console.log(`${objects} objects searched for ${planted} planted values; ${retained} values looked up that stay.`);
    expect(objects).toBeGreaterThanOrEqual(200);
    expect([...faults].map(([fault, count]) => `${count} × ${fault}`)).toEqual([]);
    expect(ledgerRows(dataFolder).filter(({ cause }) => cause === 'residual-identifier')).toEqual([]);
    expect(disagreements(dataFolder)).toEqual([]);
  }, 120_000);

  it('are in no log, index, audit log, vault or answer of the API', () => {
    const files = filesWithoutIdentity();
    const places: [string, Buffer][] = [
      ...Object.entries(files),
      ...Object.entries(said).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]),
    ];
    const needles = new Set<string>();
    for (const { name, patientId } of phantoms.key.patients) {
      for (const part of needlesOf('name', name))
        if (part.length >= SHORTEST_NAME || !/^\w+$/u.test(part)) needles.add(part);
      needles.add(patientId);
    }
    for (const { sopInstanceUid, studyInstanceUid, seriesInstanceUid, planted } of phantoms.objects) {
      for (const uid of [sopInstanceUid, studyInstanceUid, seriesInstanceUid]) needles.add(uid);
      for (const { kind, value } of planted) if (kind === 'accession' || kind === 'phone') needles.add(value);
    }
    const found: string[] = [];
    for (const [place, content] of places) {
      for (const needle of needles) {
        if (spellings(needle, []).some((bytes) => occurrences(content, bytes) > 0)) found.push(place);
      }
    }
    console.log(
      `${needles.size} values searched in ${places.length} places: ${Object.keys(files).sort().join(', ')}, …`,
    );
    expect(found).toEqual([]);
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.db', 'vault.db', 'audit/audit.jsonl']));
    expect(readdirSync(join(dataFolder, 'logs')).length).toBeGreaterThan(0);
  }, 60_000);
});
