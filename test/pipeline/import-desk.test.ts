import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ImportDesk, type ImportDeskOptions } from '../../node-agent/pipeline/import-desk.ts';
import { IMPORT_MIGRATIONS, ImportRequests, type ImportRun } from '../../node-agent/pipeline/import-requests.ts';
import { openDatabase } from '../../node-agent/store/database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from './rig.ts';

const NOTHING = { files: 0, accepted: 0, refused: 0 };

function newDesk(importFolder: ImportDeskOptions['importFolder'], requests = newRequests()) {
  const done: ImportRun[] = [];
  const faults: string[] = [];
  const desk = new ImportDesk({
    requests,
    importFolder,
    onChanged: () => {},
    onDone: (run) => void done.push(run),
    onFault: (reason) => void faults.push(reason),
  });
  onTestFinished(() => desk.stop());
  return { desk, requests, done, faults };
}

function newRequests(): ImportRequests {
  const database = openDatabase(':memory:', IMPORT_MIGRATIONS);
  onTestFinished(() => void database.close());
  return new ImportRequests(database, Buffer.alloc(32, 5));
}

describe('the import desk', () => {
  it('keeps the name of a folder, which may be the name of a patient, out of the database file', () => {
    const database = openDatabase(':memory:', IMPORT_MIGRATIONS);
    const requests = new ImportRequests(database, Buffer.alloc(32, 5));
    requests.request('/studies/PLANTED^NAME');
    expect(Buffer.from(database.serialize()).includes('PLANTED')).toBe(false);
    expect(requests.takeNext()?.folder).toBe('/studies/PLANTED^NAME');
    database.close();
  });

  it('imports one folder after another, in the order they were asked for', async () => {
    const seen: string[] = [];
    let [atOnce, most] = [0, 0];
    const { desk, requests, done } = newDesk(async (folder) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      seen.push(folder);
      await new Promise((resolve) => setTimeout(resolve, 10));
      atOnce -= 1;
      return NOTHING;
    });
    for (const folder of ['/first', '/second', '/third']) requests.request(folder);
    desk.start();
    await until(() => done.length === 3);
    expect(seen).toEqual(['/first', '/second', '/third']);
    expect(most).toBe(1);
  });

  it('shows what was read while it runs and says at the end what came of it', async () => {
    const states: unknown[] = [];
    const { desk, requests, done } = newDesk(async (_folder, onProgress) => {
      onProgress({ files: 3, accepted: 2, refused: 1 });
      states.push(requests.list()[0]);
      return { files: 5, accepted: 4, refused: 1 };
    });
    requests.request('/folder');
    desk.start();
    await until(() => done.length === 1);
    expect(states[0]).toMatchObject({ state: 'running', files: 3, accepted: 2, refused: 1 });
    expect(done[0]).toMatchObject({ state: 'done', sentence: '5 files read: 4 accepted, 1 refused.' });
    expect(done[0]?.endedAt).not.toBeNull();
  });

  it('tells in a sentence what is wrong with the folder, without its path', async () => {
    const codes = ['ENOENT', 'ENOTDIR', 'EACCES', 'ENOSPC', 'EWHATEVER'];
    const { desk, requests, done } = newDesk(async (folder) => {
      throw Object.assign(new Error(`no such file, open '${folder}'`), { code: folder.slice('/doe^jane/'.length) });
    });
    for (const code of codes) requests.request(`/doe^jane/${code}`);
    desk.start();
    await until(() => done.length === codes.length);
    expect(done.every(({ state }) => state === 'failed')).toBe(true);
    expect(done[0]?.sentence).toBe('The folder does not exist. Check the path and start the import again.');
    expect(new Set(done.map(({ sentence }) => sentence)).size).toBe(codes.length);
    expect(JSON.stringify([done, requests.list()])).not.toContain('doe^jane');
  });

  it('starts an import again that was running when the node crashed', async () => {
    const requests = newRequests();
    const run = requests.request('/folder');
    requests.takeNext();
    expect(requests.find(run.id)?.state).toBe('running');
    const { desk, done } = newDesk(async () => NOTHING, requests);
    desk.start();
    await until(() => done.length === 1);
    expect(requests.find(run.id)?.state).toBe('done');
  });

  it('stops in the middle of an import, and takes it up again with the next start', async () => {
    const { desk, requests, done } = newDesk(async (_folder, _onProgress, signal) => {
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return NOTHING;
    });
    const [first, second] = [requests.request('/first'), requests.request('/second')];
    desk.start();
    await until(() => requests.find(first.id)?.state === 'running');
    await desk.stop();
    expect(done).toEqual([]);
    expect(requests.find(second.id)?.state).toBe('waiting');

    const again = newDesk(async () => NOTHING, requests);
    again.desk.start();
    await until(() => again.done.length === 2);
    expect(again.done.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('gives up the import it is told to, and goes on with the next', async () => {
    const { desk, requests, done } = newDesk(async (folder, onProgress, signal) => {
      if (folder !== '/first') return NOTHING;
      onProgress({ files: 3, accepted: 3, refused: 0 });
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return NOTHING;
    });
    const [first, second, third] = ['/first', '/second', '/third'].map((folder) => requests.request(folder));
    desk.start();
    await until(() => requests.find(first?.id ?? '')?.state === 'running');
    expect(requests.cancel(second?.id ?? '')).toMatchObject({ state: 'cancelled', endedAt: expect.any(String) });
    expect(requests.cancel(first?.id ?? '')?.state).toBe('running');
    desk.nudge();
    await until(() => done.length === 2);
    expect(done).toMatchObject([
      { id: first?.id, state: 'cancelled', files: 3, sentence: expect.stringContaining('kept') },
      { id: third?.id, state: 'done' },
    ]);
    expect(requests.cancel(third?.id ?? '')?.state).toBe('done');
    expect(requests.cancel('unknown')).toBeUndefined();
  });

  it('does not start an import again that was being cancelled when the node crashed', () => {
    const requests = newRequests();
    const run = requests.request('/folder');
    requests.takeNext();
    requests.cancel(run.id);
    requests.restart();
    expect(requests.find(run.id)?.state).toBe('cancelled');
    expect(requests.takeNext()).toBeUndefined();
  });

  it('keeps the requests of an older data folder when cancelling comes', () => {
    const folder = join(temporaryFolder(), 'vault.db');
    const before = openDatabase(folder, IMPORT_MIGRATIONS.slice(0, 1));
    before.exec(
      `INSERT INTO import_requests (id, folder, state, requested_at, files) VALUES ('a', x'00', 'done', 'then', 7)`,
    );
    before.close();
    const database = openDatabase(folder, IMPORT_MIGRATIONS);
    onTestFinished(() => void database.close());
    const requests = new ImportRequests(database, Buffer.alloc(32, 5));
    expect(requests.list()).toMatchObject([{ id: 'a', state: 'done', requestedAt: 'then', files: 7 }]);
    const indexes = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`).pluck();
    expect(indexes.all()).toEqual(['import_requests_by_state']);
  });

  it('outlives a fault of the database and goes on when it has passed', async () => {
    const requests = newRequests();
    const takeNext = requests.takeNext.bind(requests);
    let faulty = true;
    requests.takeNext = () => {
      if (faulty) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      return takeNext();
    };
    const { desk, done, faults } = newDesk(async () => NOTHING, requests);
    requests.request('/folder');
    desk.start();
    await until(() => faults.length > 0);
    expect(faults[0]).toBe('SQLITE_FULL');
    faulty = false;
    desk.nudge();
    await until(() => done.length === 1);
  });
});
