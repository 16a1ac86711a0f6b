/**
 * The whole way on one machine: a PACS simulator sends studies over real associations to a real
 * node, two people release and publish datasets, and a stand-in hub asks and gets its answer.
 *
 *   npm run demo                       stays up for looking around, until Ctrl-C
 *   npm run demo -- --once             ends by itself; 0, or 1 and the reason
 *   npm run demo -- --once --json      the figures as one JSON object on the last line
 *   npm run demo -- --from FOLDER      sends the DICOM files of a folder instead of the phantoms
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments, wrongArguments } from './arguments.ts';
import { ensureConsole } from './console-build.ts';
import { type Figures, figuresOf, printTable } from './demo/report.ts';
import { DemoFailure, runDemo } from './demo/run-demo.ts';

const OPTIONS = {
  once: { type: 'boolean' },
  json: { type: 'boolean' },
  from: { type: 'string' },
  seed: { type: 'string', default: '1' },
} as const;
const values = readArguments(OPTIONS, 'npm run demo -- [--once] [--json] [--from FOLDER] [--seed NUMBER]');
if (values.from && !statSync(values.from, { throwIfNoEntry: false })?.isDirectory()) {
  wrongArguments('--from names no folder. Check the path.');
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'));
const say = (text: string) => {
  if (!values.json) console.log(text);
};

/** What has to be stopped, in the order it was started. */
const running: (() => Promise<void>)[] = [];
let stayingUp = false;

async function leave(code: number): Promise<never> {
  for (const stop of running.splice(0).reverse()) await stop().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

async function main(): Promise<void> {
  ensureConsole(say);
  const demo = await runDemo({
    folder,
    seed: Number(values.seed),
    ...(values.from ? { sendFrom: resolve(values.from) } : {}),
    say,
    onStarted: (stop) => running.push(stop),
  });
  const figures = await figuresOf(demo);
  if (values.json) console.log(JSON.stringify(figures));
  else printTable(figures, demo);
  check(figures);
  if (values.once) return;
  console.log(`\nThe console is at ${demo.console.url}`);
  for (const { name, password, role } of demo.people) {
    console.log(`  sign in as ${name.padEnd(8)} ${password}   (${role})`);
  }
  console.log('Ctrl-C ends the demo and removes its data.');
  stayingUp = true;
  await new Promise(() => {});
}

function check({ received, indexed, quarantined, excluded, rejected, waiting, residualHits }: Figures): void {
  if (received !== indexed + quarantined + excluded + rejected + waiting)
    throw new DemoFailure('The ledger does not add up.');
  if (received === 0) throw new DemoFailure('No object arrived.');
  if (waiting !== 0) throw new DemoFailure(`${waiting} objects still wait.`);
  if (residualHits !== 0) {
    throw new DemoFailure(`${residualHits} objects held an identifier after cleaning; they are in quarantine.`);
  }
}

// Ctrl-C at any moment leaves neither a process nor data behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave(stayingUp ? 0 : 130));

try {
  await main();
  await leave(0);
} catch (error) {
  console.error(error instanceof DemoFailure ? error.message : error);
  await leave(1);
}
