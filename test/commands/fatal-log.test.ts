import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MODULE = resolve(import.meta.dirname, '../../node-agent/commands/fatal-log.ts');

describe('a node that ends by a fault nobody caught', () => {
  it.each([
    ['thrown', `setImmediate(() => { throw new TypeError('SMITH^JOHN') })`, 'uncaughtException'],
    ['rejected', `Promise.reject(new TypeError('SMITH^JOHN'))`, 'unhandledRejection'],
  ])('leaves its last words when it was %s, without quoting the message', (_how, fault, event) => {
    const folder = temporaryFolder();
    const program = join(folder, 'program.ts');
    writeFileSync(program, `import { writeLastWords } from '${MODULE}';\nwriteLastWords('${folder}');\n${fault};\n`);
    const { status, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect(status).toBe(1);
    const log = readFileSync(join(folder, 'gatehouse.log'), 'utf8');
    expect(JSON.parse(log)).toMatchObject({ level: 'error', event, name: 'TypeError' });
    expect(log + stderr).not.toContain('SMITH');
  });
});
