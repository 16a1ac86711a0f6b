// Starts a TypeScript entry point: node scripts/run.mjs FILE ARGUMENTS…
// Plain JavaScript on purpose: an older Node can read it, and better-sqlite3 13 crashes there without
// a word, so the version is checked before anything else is loaded.
import module from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `Gatehouse needs Node 24; this is Node ${process.versions.node}. ` +
      'Start it through npm (npm start, npm run -s gatehouse -- COMMAND): npm ci brings a Node 24 of its own on Linux and Windows.\n',
  );
  process.exit(1);
}
// What was compiled is kept, for this process and the workers it starts: a third of the start and 20 MB of memory less.
// Not in the system's folder for temporary files, where others could write it; without it where this one is read-only.
const compileCache = join(import.meta.dirname, '../node_modules/.cache/compile');
if (module.enableCompileCache(compileCache).directory) process.env.NODE_COMPILE_CACHE ??= compileCache;
const [runner, , file] = process.argv;
const entry = resolve(file);
process.argv = [runner, entry, ...process.argv.slice(3)];
await import(pathToFileURL(entry).href);
