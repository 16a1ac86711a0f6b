import { fork } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TableShelf } from '../../node-agent/harmonise/tables/table-shelf.ts';
import { TableWatch } from '../../node-agent/harmonise/tables/table-watch.ts';
import { counted } from '../support/soak.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const INSTALLING = join(import.meta.dirname, 'installing.ts');

describe('putting a table into use', () => {
  it('leaves the old or the new one whole when the process is killed at any moment', { timeout: 180_000 }, async () => {
    const folder = temporaryFolder();
    const rounds = counted(6, 60);
    for (let round = 0; round < rounds; round += 1) {
      const child = fork(INSTALLING, [folder], { stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
      const first = new Promise<void>((resolve, reject) => {
        child.once('message', () => resolve());
        child.once('exit', (code) => reject(new Error(`It ended with code ${code}.`)));
      });
      let said = 0;
      child.on('message', (message) => {
        said = Number(message);
      });
      await first;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      const { manufacturer } = new TableShelf(folder).vocabularies();
      const found = Number(/^round-(\d+)$/u.exec(manufacturer.version)?.[1]);
      // What was said to be in use is, or the next one.
      expect(found - said).toBeGreaterThanOrEqual(0);
      expect(found - said).toBeLessThanOrEqual(1);
      expect(manufacturer.concepts.map(({ label }) => label)).toEqual(Array(3).fill(`Round ${found}`));
    }
  });

  it('clears away what an import left that was cut short long ago', () => {
    const shelf = new TableShelf(temporaryFolder());
    const [old, young] = ['a.json.1.partial', 'a.json.2.partial'].map((name) => join(shelf.folder, name));
    for (const file of [old, young]) writeFileSync(file ?? '', 'x');
    utimesSync(old ?? '', 0, 0);
    shelf.install('sex', '{}');
    expect(readdirSync(shelf.folder).sort()).toEqual(['a.json.2.partial', 'vocabulary-sex.json']);
  });
});

describe('a process that follows the tables', () => {
  it('notices what another one imports, and stops while a table cannot be used', () => {
    const shelf = new TableShelf(temporaryFolder());
    const other = new TableShelf(shelf.folder);
    const seen: string[] = [];
    const errors: object[] = [];
    const watch = new TableWatch({
      shelf,
      onChanged: ({ sex }) => void seen.push(sex.version),
      logger: { error: (_, details) => void errors.push(details ?? {}) },
    });
    expect(watch.follow()).toBe(true);
    expect(seen).toEqual([]);
    const table = { ...shelf.vocabularies().sex, version: 'theirs' };
    other.install('sex', JSON.stringify(table));
    expect(watch.follow()).toBe(true);
    other.install('sex', '{"version":');
    expect([watch.follow(), watch.follow()]).toEqual([false, false]);
    expect(errors).toHaveLength(1);
    other.restore('sex');
    expect(watch.follow()).toBe(true);
    expect(seen).toEqual(['theirs', '2026.11.1']);
  });
});
