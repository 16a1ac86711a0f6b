/** Words of a site's own protocols on a running node: proposed, approved once, kept from the next object on, and revoked. */
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';
import { filesBelow } from './data-folder-evidence.ts';
import { scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const WORD = 'ZZPROT7';
const SURNAME = 'Kirchgruber';

let root: string;
let dataFolder: string;
let agent: RunningAgent;
let anna: ConsoleClient;
let number = 0;

beforeAll(async () => {
  root = scratchFolder();
  dataFolder = join(root, 'data');
  agent = await startAgent(dataFolder, ['store.reserveMegabytes=0']);
  anna = new ConsoleClient(agent.httpUrl);
  await anna.call('setUp', { body: { name: 'anna', password: 'anna has a long password' } });
}, 60_000);

afterAll(async () => {
  await agent?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** A folder with one CT of a patient of its own. */
async function ctFolder(...extra: readonly DataElement[]): Promise<string> {
  number += 1;
  const folder = join(root, `in-${number}`);
  mkdirSync(folder);
  const own = [
    text('PatientID', 'LO', `PAT-${4711 * number}`),
    text('PatientName', 'PN', `Zzfamily${'abcdefghij'.charAt(number)}^Ottilie`),
    text('StudyInstanceUID', 'UI', `1.2.276.0.${number}.1`),
    text('SeriesInstanceUID', 'UI', `1.2.276.0.${number}.2`),
    text('SOPInstanceUID', 'UI', `1.2.276.0.${number}.3`),
    text('FrameOfReferenceUID', 'UI', `1.2.276.0.${number}.4`),
    text('SeriesDescription', 'LO', `${WORD} axial`),
    text('StudyDescription', 'LO', `CT chest ${SURNAME}`),
  ];
  const given = new Set(extra.map(({ tag }) => tag));
  const elements = ctElements(...own.filter(({ tag }) => !given.has(tag)), ...extra);
  const { source } = await writeSource(folder, elements);
  rmSync(join(folder, 'nothing'));
  renameSync(source, join(folder, 'object'));
  return folder;
}

/** Imports a CT; the descriptions of the one object that came of it. */
async function imported(...extra: readonly DataElement[]): ReturnType<typeof descriptionsOf> {
  const objects = () => filesBelow(join(dataFolder, 'objects'));
  const before = new Set(objects());
  const { code, stderr } = await runCommand(['import', await ctFolder(...extra), '--data-dir', dataFolder]);
  expect(code, stderr).toBe(0);
  await expect.poll(() => objects().length, { timeout: 30_000 }).toBe(before.size + 1);
  const [file = ''] = objects().filter((name) => !before.has(name));
  return descriptionsOf(join(dataFolder, 'objects', file));
}

async function descriptionsOf(file: string) {
  const { dataSet, close } = await readPart10(file);
  await close();
  return { series: dataSet.string(tagOf('SeriesDescription')), study: dataSet.string(tagOf('StudyDescription')) };
}

const profileHash = async () => (await anna.call('getSystem')).profile.hash;

describe('a word of the site', () => {
  it('is proposed from three patients on, approved once, and stays in the next object; a surname never is', async () => {
    expect(await imported()).toMatchObject({ series: 'axial', study: 'CT chest' });
    await imported(text('PatientName', 'PN', `${SURNAME}^Ottilie`));
    expect(await anna.call('countSiteWords')).toMatchObject({ proposed: 0, fromPatients: 3 });
    await imported();
    await imported();
    expect(await anna.call('countSiteWords')).toEqual({ proposed: 1, approved: 0, refused: 0, fromPatients: 3 });
    const proposed = await anna.call('showSiteWords', { body: {} });
    expect(proposed).toMatchObject([{ word: WORD, attribute: 'SeriesDescription', objects: 4, patients: 4 }]);
    const id = String(proposed[0]?.id);

    const listed = await runCommand(['text', 'list', '--data-dir', dataFolder]);
    expect(listed.stdout).toMatch(new RegExp(`^${id}\t${WORD}\tSeriesDescription, 4 objects of 4 patients`, 'u'));
    expect(listed.stdout).not.toMatch(new RegExp(SURNAME, 'iu'));
    const before = await profileHash();
    const approved = await runCommand(['text', 'approve', id, '--data-dir', dataFolder]);
    expect(approved.code, approved.stderr).toBe(0);
    expect(approved.stdout).not.toContain(WORD);

    expect(await imported()).toMatchObject({ series: `${WORD} axial`, study: 'CT chest' });
    expect(await imported(text('PatientName', 'PN', `${WORD}^Ottilie`))).toMatchObject({ series: 'axial' });
    const now = await profileHash();
    expect(now).not.toBe(before);
    const { rows } = await anna.call('listStudies', { query: { limit: 50 } });
    const details = await Promise.all(rows.map(({ studyUid }) => anna.call('getStudy', { params: { id: studyUid } })));
    expect(JSON.stringify(details).split(before).length - 1).toBeGreaterThanOrEqual(4);
    expect(JSON.stringify(details).split(now).length - 1).toBeGreaterThanOrEqual(2);

    const out = join(root, 'out');
    const offline = await runCommand(['deidentify', await ctFolder(), out, '--data-dir', dataFolder]);
    expect(offline.code, offline.stderr).toBe(0);
    const [file = ''] = filesBelow(out);
    expect(await descriptionsOf(join(out, file))).toEqual({ series: `${WORD} axial`, study: 'CT chest' });

    await anna.call('decideSiteWord', { params: { id }, body: { decision: 'revoke' } });
    expect(await imported()).toMatchObject({ series: 'axial' });
    expect(await profileHash()).toBe(before);
  });

  it('stands in no log, no audit entry and no database as text', async () => {
    const { rows } = await anna.call('listAudit', { query: { limit: 100 } });
    const actions = rows.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['text.shown', 'text.approve', 'text.revoke']));
    const places = [JSON.stringify(rows), agent.log(), agent.output()];
    for (const folder of ['logs', 'audit'])
      for (const name of filesBelow(join(dataFolder, folder)))
        places.push(readFileSync(join(dataFolder, folder, name), 'latin1'));
    for (const name of ['vault.db', 'vault.db-wal']) places.push(readFileSync(join(dataFolder, name), 'latin1'));
    for (const place of places)
      for (const word of [WORD, SURNAME]) expect(place.toLowerCase()).not.toContain(word.toLowerCase());
  });
});
