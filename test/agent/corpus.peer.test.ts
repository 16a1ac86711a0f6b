/** The corpus of real files through the whole node: by import and, as far as DCMTK can read them, by storescu. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Part10Object, readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { isValidUid } from '../../node-agent/dicom/uids.ts';
import { type CorpusFile, corpus, corpusFolder } from '../support/corpus.ts';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';
import { disagreements, type EvidenceRow, filesBelow, ledgerRows, pseudonymiserOf } from './data-folder-evidence.ts';
import { scratchFolder } from './phantom-folder.ts';
import { pixelBytes } from './pixel-bytes.ts';

const execute = promisify(execFile);
const files = corpus();
const storescu = peer('storescu');
const gdcmraw = peer('gdcmraw');
const SETTINGS = ['store.reserveMegabytes=0', 'log.level=warn'];
const IMPORT_WITHIN_MS = 120_000;
/** What an object that is not damaged may be set aside for, and why a person would agree. */
const ACCEPTABLE: Readonly<Record<string, string>> = {
  'burned-in-text': 'ultrasound, captures and scans: nobody has looked at the pixels',
  conflict: 'the corpus holds one object in several encodings under one UID',
  'missing-patient-id': 'nothing says whose object it is',
  'missing-uid': 'class, instance, series or study is not stated',
  'private-sop-class': 'its content is not published',
  'unsupported-object': 'a document, a directory, a hanging protocol or a retired kind of report',
};
const SOP_CLASS = 0x00080016;
const SOP_INSTANCE = 0x00080018;
/** The same files in DCMTK's words. */
const SENT = /^I: Sending file: (.+)$|^I: Received Store Response \((.+)\)$|^E: (.+)$/gmu;

describe.skipIf(files === undefined)('The corpus', () => {
  const all = files ?? [];
  const sound = all.filter(({ theme }) => theme !== 'malformed');
  let root: string;
  let imported: string;
  let byHash: Map<string, CorpusFile>;

  beforeAll(() => {
    root = scratchFolder();
    imported = join(root, 'imported');
    byHash = new Map(all.map((file) => [sha256(readFileSync(file.path)), file]));
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** The corpus file of a quarantined object, which is kept byte for byte. */
  function original(row: EvidenceRow): CorpusFile | undefined {
    return byHash.get(sha256(readFileSync(join(imported, 'quarantine', `${row.objectId}.dcm`))));
  }

  it('is imported to the last file, each with an end and no crash', async () => {
    const started = performance.now();
    const { code, stdout, stderr } = await runCommand(['import', corpusFolder(), '--data-dir', imported]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - started).toBeLessThan(IMPORT_WITHIN_MS);
    console.log(`${stdout.trim()} ${((performance.now() - started) / 1000).toFixed(1)} s`);
    const rows = ledgerRows(imported);
    expect(rows.reduce((sum, { resends }) => sum + 1 + resends, 0)).toBe(filesBelow(corpusFolder()).length);
    expect(rows.filter(({ state }) => !['indexed', 'quarantined', 'rejected'].includes(state))).toEqual([]);
    expect(disagreements(imported)).toEqual([]);
  }, 180_000);

  it('has every sound object indexed, or set aside for a cause a person would accept', () => {
    const rows = ledgerRows(imported);
    const table = new Map<string, number>();
    const unacceptable: string[] = [];
    for (const row of rows) {
      const file = row.state === 'quarantined' ? original(row) : undefined;
      const from = row.state !== 'quarantined' ? '' : file?.theme === 'malformed' ? 'malformed' : 'sound';
      const line = [row.state, row.cause ?? '', row.detail ?? '', from].join(' | ');
      table.set(line, (table.get(line) ?? 0) + 1);
      if (from === 'sound' && !Object.hasOwn(ACCEPTABLE, row.cause ?? '')) unacceptable.push(`${file?.name}: ${line}`);
      if (row.state === 'rejected' && row.cause !== 'not-dicom' && row.cause !== 'dicomdir') unacceptable.push(line);
    }
    const lines = [...table]
      .sort(([, a], [, b]) => b - a)
      .map(([line, count]) => `${String(count).padStart(5)} ${line}`);
    console.log(`What became of the corpus\n${lines.join('\n')}`);
    expect(unacceptable).toEqual([]);
    expect(rows.filter(({ state }) => state === 'indexed').length).toBeGreaterThanOrEqual(90);
  });

  it('keeps the pixel data of every indexed object byte for byte', async () => {
    const pseudonymiser = pseudonymiserOf(imported);
    const sources = new Map<string, CorpusFile[]>();
    for (const file of all) {
      const uid = await sopInstanceUidOf(file.path);
      if (uid === undefined) continue;
      const name = `${pseudonymiser.uid(uid)}.dcm`;
      sources.set(name, [...(sources.get(name) ?? []), file]);
    }
    const differing: string[] = [];
    const notReadByPeer: string[] = [];
    let [compared, withPixels, byPeer] = [0, 0, 0];
    for (const { file } of ledgerRows(imported)) {
      if (file === null) continue;
      const output = join(imported, file);
      // Several files of the corpus may share a UID; the one that was indexed is among them.
      const candidates = sources.get(file.split('/').at(-1) ?? '') ?? [];
      const after = await pixelHash(output);
      const same = await asyncFind(candidates, async ({ path }) => (await pixelHash(path)) === after);
      if (same === undefined) {
        differing.push(candidates.map(({ name }) => name).join(', '));
        continue;
      }
      compared += 1;
      if (after === sha256('')) continue;
      withPixels += 1;
      if (gdcmraw === undefined) continue;
      const [independentBefore, independentAfter] = [await rawByPeer(same.path), await rawByPeer(output)];
      if (independentBefore === undefined || independentAfter === undefined) {
        notReadByPeer.push(same.name);
        continue;
      }
      if (!independentBefore.equals(independentAfter)) differing.push(`${same.name} (by gdcmraw)`);
      byPeer += 1;
    }
    console.log(
      `Pixel data: ${compared} objects compared, ${withPixels} have any, ${byPeer} compared by gdcmraw as well` +
        `${notReadByPeer.length > 0 ? `; it could not read ${notReadByPeer.join(', ')}` : ''}.`,
    );
    expect(differing).toEqual([]);
    if (gdcmraw !== undefined) expect(byPeer).toBeGreaterThan(withPixels * 0.8);
  }, 120_000);

  /** The value of Pixel Data as GDCM finds it; undefined where it cannot read the file. */
  async function rawByPeer(path: string): Promise<Buffer | undefined> {
    const target = join(root, 'pixels.raw');
    rmSync(target, { force: true });
    await execute(gdcmraw ?? '', ['-t', '7fe0,0010', '-i', path, '-o', target]).catch(() => undefined);
    try {
      return readFileSync(target);
    } catch {
      return undefined;
    }
  }

  it.skipIf(storescu === undefined)(
    'is taken from storescu, every object it can read, in its own encoding',
    async () => {
      const contexts = new Set<string>();
      for (const { path } of sound) {
        const object = await readPart10(path, { tolerant: true });
        const sopClass = object.dataSet.string(SOP_CLASS) ?? object.meta?.string(0x00020002);
        if (sopClass !== undefined) contexts.add(`${sopClass}\\${object.transferSyntaxUid}`);
        await object.close();
      }
      const profile = join(root, 'storescu.cfg');
      writeFileSync(profile, negotiation([...contexts]));
      const dataFolder = join(root, 'sent');
      const agent = await startAgent(dataFolder, SETTINGS);
      let output = '';
      try {
        for (const batch of [sound.slice(0, sound.length / 2), sound.slice(sound.length / 2)]) {
          const words = [
            '-v',
            '-nh',
            '-aec',
            'GATEHOUSE',
            '-xf',
            profile,
            'Default',
            '127.0.0.1',
            `${agent.dicomPort}`,
          ];
          const send = execute(storescu ?? '', [...words, ...batch.map(({ path }) => path)], {
            env: PEER_ENVIRONMENT,
            maxBuffer: 2 ** 26,
          });
          const { stdout, stderr } = await send.catch((error: { stdout: string; stderr: string }) => error);
          output += stdout + stderr;
        }
        for (;;) {
          const waiting = ledgerRows(dataFolder).filter(({ state }) => state === 'received' || state === 'processing');
          if (waiting.length === 0) break;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      } finally {
        expect(await agent.stop()).toBe(0);
      }
      const { answers, complaints } = answersIn(output);
      const acknowledged = [...answers].filter(([, answer]) => answer === 'Success').map(([path]) => path);
      const others = sound.filter(({ path }) => answers.get(path) !== 'Success');
      console.log(
        `storescu: ${acknowledged.length} of ${sound.length} acknowledged; not sent or not accepted:\n` +
          others
            .map(({ name, path }) => `  ${name}: ${answers.get(path) ?? complaints.get(path) ?? 'not sent'}`)
            .join('\n'),
      );
      // A SOP Instance UID that is no UID cannot stand in a C-STORE request (PS3.7 §9.1.1): the sender is told.
      const refused = others.filter(({ path }) => answers.has(path));
      const lawful = await asyncFilter(refused, async ({ path }) => isValidUid((await sopInstanceUidOf(path)) ?? ''));
      expect(lawful.map(({ name, path }) => `${name}: ${answers.get(path)}`)).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(sound.length * 0.9);
      const rows = ledgerRows(dataFolder);
      expect(rows.reduce((sum, { resends }) => sum + 1 + resends, 0)).toBe(acknowledged.length);
      expect(disagreements(dataFolder)).toEqual([]);
      const causes = Map.groupBy(rows, ({ state, cause }) => `${state} ${cause ?? ''}`.trim());
      console.log([...causes].map(([cause, group]) => `  ${String(group.length).padStart(4)} ${cause}`).join('\n'));
      const unacceptable = rows.filter(
        ({ state, cause }) => state !== 'indexed' && !Object.hasOwn(ACCEPTABLE, cause ?? ''),
      );
      expect(unacceptable).toEqual([]);
    },
    180_000,
  );
});

/** DCMTK's association negotiation profile: each pair of class and syntax in a context of its own. */
function negotiation(pairs: readonly string[]): string {
  const syntaxes = [...new Set(pairs.map((pair) => pair.split('\\')[1] ?? ''))];
  const nameOf = (syntax: string): string => `TS${syntaxes.indexOf(syntax)}`;
  return [
    '[[TransferSyntaxes]]',
    ...syntaxes.flatMap((syntax) => [`[${nameOf(syntax)}]`, `TransferSyntax1 = ${syntax}`]),
    '[[PresentationContexts]]',
    '[All]',
    ...pairs.map((pair, index) => {
      const [sopClass = '', syntax = ''] = pair.split('\\');
      return `PresentationContext${index + 1} = ${sopClass}\\${nameOf(syntax)}`;
    }),
    '[[Profiles]]',
    '[Default]',
    'PresentationContexts = All',
    '',
  ].join('\n');
}

/** By path: the status each sent file was answered with, and why storescu itself could not send one. */
function answersIn(output: string): { answers: Map<string, string>; complaints: Map<string, string> } {
  const [answers, complaints] = [new Map<string, string>(), new Map<string, string>()];
  let current = '';
  for (const [, path, status, complaint] of output.matchAll(SENT)) {
    if (path !== undefined) current = path;
    else if (status !== undefined) answers.set(current, status);
    else if (complaint !== undefined && !complaints.has(current))
      complaints.set(current, complaint.split(': /')[0] ?? '');
  }
  return { answers, complaints };
}

async function pixelHash(path: string): Promise<string> {
  const object: Part10Object = await readPart10(path, { tolerant: true });
  try {
    return sha256(pixelBytes(object));
  } finally {
    await object.close();
  }
}

/** SOP Instance UID as the data set states it; undefined where there is none or the file cannot be read. */
async function sopInstanceUidOf(path: string): Promise<string | undefined> {
  const object = await readPart10(path, { tolerant: true }).catch(() => undefined);
  await object?.close();
  return object?.dataSet.string(SOP_INSTANCE);
}

async function asyncFilter<T>(list: readonly T[], test: (value: T) => Promise<boolean>): Promise<T[]> {
  const verdicts = await Promise.all(list.map(test));
  return list.filter((_, index) => verdicts[index]);
}

async function asyncFind<T>(list: readonly T[], test: (value: T) => Promise<boolean>): Promise<T | undefined> {
  for (const value of list) if (await test(value)) return value;
  return undefined;
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
