/**
 * The long tests with their full counts: hundreds of kills, ten thousand hostile streams, ten thousand damaged objects,
 * five thousand objects with planted identifiers.
 *
 *   npm run soak              all of them, one after the other
 *   npm run soak -- kills     those named
 */
import { spawnSync } from 'node:child_process';
import { wrongArguments } from './arguments.ts';

const SOAKS: Readonly<Record<string, string>> = {
  kills: 'test/agent/kill.test.ts',
  streams: 'test/agent/hostile-streams.test.ts',
  memory: 'test/agent/memory.peer.test.ts',
  damaged: 'test/deidentify/damaged-objects.test.ts',
  yardstick: 'test/deidentify/yardstick/yardstick.test.ts',
};

const names = process.argv.slice(2);
const unknown = names.find((name) => SOAKS[name] === undefined);
if (unknown !== undefined) {
  wrongArguments(`There is no soak named ${unknown}. Usage: npm run soak -- [${Object.keys(SOAKS).join('|')}] …`);
}
const failed = (names.length > 0 ? names : Object.keys(SOAKS)).filter((name) => {
  const words = ['node_modules/vitest/vitest.mjs', 'run', SOAKS[name] ?? name, '--disable-console-intercept'];
  const run = spawnSync(process.execPath, words, {
    stdio: 'inherit',
    env: { ...process.env, GATEHOUSE_SOAK: 'yes' },
  });
  return run.status !== 0;
});
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
