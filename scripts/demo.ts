/**
 * The whole way on one machine: a PACS simulator sends studies over real associations to a real
 * node, two people release and publish datasets, and a stand-in hub asks and gets its answer.
 *
 *   npm run demo                       stays up for looking around, until Ctrl-C
 *   npm run demo -- --once             ends by itself; 0, or 1 and the reason
 *   npm run demo -- --once --json      the figures as one JSON object on the last line
 *   npm run demo -- --from FOLDER      sends the DICOM files of a folder instead of the phantoms
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureConsole } from './console-build.ts';
import { figuresOf, printTable } from './demo/report.ts';
import { DemoFailure, runDemo } from './demo/run-demo.ts';

const { values } = parseArgs({
  options: {
    once: { type: 'boolean' },
    json: { type: 'boolean' },
    from: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'));
const say = (text: string) => {
  if (!values.json) console.log(text);
};

async function main(): Promise<number> {
  ensureConsole(say);
  const demo = await runDemo({
    folder,
    seed: Number(values.seed),
    ...(values.from ? { sendFrom: resolve(values.from) } : {}),
    say,
  });
  try {
    const figures = await figuresOf(demo);
    if (values.json) console.log(JSON.stringify(figures));
    else printTable(figures, demo);
    const { received, indexed, quarantined, excluded, rejected, waiting, residualHits } = figures;
    if (received !== indexed + quarantined + excluded + rejected + waiting)
      throw new DemoFailure('The ledger does not add up.');
    if (received === 0) throw new DemoFailure('No object arrived.');
    if (waiting !== 0) throw new DemoFailure(`${waiting} objects still wait.`);
    if (residualHits !== 0)
      throw new DemoFailure(`${residualHits} objects held an identifier after cleaning; they are in quarantine.`);
    if (!values.once) await stayUp(demo.console.url, demo.people);
    return 0;
  } finally {
    await demo.stop();
  }
}

async function stayUp(url: string, people: readonly { name: string; password: string; role: string }[]): Promise<void> {
  console.log(`\nThe console is at ${url}`);
  for (const { name, password, role } of people) console.log(`  sign in as ${name.padEnd(8)} ${password}   (${role})`);
  console.log('Ctrl-C ends the demo and removes its data.');
  await new Promise<void>((ended) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended());
  });
}

let code = 1;
try {
  code = await main();
} catch (error) {
  console.error(error instanceof DemoFailure ? error.message : error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
