/**
 * How fast the node de-identifies, beside Orthanc's `/anonymize`, gdcmanon and dcmodify, on the same generated CT
 * series, in one run:
 *
 *   npm run bench:deidentify                 1,000 CT images of 0.5 MB, 5 rounds
 *   npm run bench:deidentify -- --count 200 --rounds 3 --json FILE
 *
 * Tools take turns within a round, so that whatever slows the machine slows all. The figures of the node are those of the
 * whole command: start-up, de-identification, conformance gate, residual scan, report.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, wrongArguments } from '../arguments.ts';
import { ANONYMISERS, type AnonymiserRun } from './anonymisers.ts';
import { conditions } from './conditions.ts';
import { flushDisks } from './flush-disks.ts';
import { generateSeries, SERIES } from './series.ts';
import { inWords, spreadOf } from './statistics.ts';

const USAGE = 'npm run bench:deidentify -- [--rounds N] [--count N] [--tool NAME] [--json FILE]';
const values = readArguments(
  {
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '1000' },
    tool: { type: 'string' },
    json: { type: 'string' },
  },
  USAGE,
);
const [rounds, count] = [Number(values.rounds), Number(values.count)];
const tools = ANONYMISERS.filter(({ name }) => !values.tool || name === values.tool);
const [ct] = SERIES;
if (!(rounds >= 1 && count >= 1) || tools.length === 0 || ct === undefined)
  wrongArguments(`Nothing to measure. Usage: ${USAGE}`);

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const input = join(scratch, 'series');
const series = generateSeries({ ...ct, count }, input, 1);

const runs = new Map<string, AnonymiserRun[]>(tools.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (let turn = 0; turn < tools.length; turn += 1) {
    const tool = tools[(turn + round) % tools.length];
    if (tool === undefined) continue;
    const folder = mkdtempSync(join(scratch, 'run-'));
    flushDisks();
    const { figures, objects } = await tool.run(input, folder);
    rmSync(folder, { recursive: true, force: true });
    if (objects !== count) throw new Error(`${tool.name} wrote ${objects} of ${count} objects.`);
    runs.get(tool.name)?.push(figures);
    console.error(`Round ${round + 1}: ${tool.name} ${(count / figures.seconds).toFixed(0)} instances/s`);
  }
}

const rows = [...runs].map(([name, figures]) => ({
  name,
  instancesPerSecond: spreadOf(figures.map(({ seconds }) => count / seconds)),
  megabytesPerSecond: spreadOf(figures.map(({ seconds }) => series.bytes / 1e6 / seconds)),
  cpuSeconds: spreadOf(figures.map(({ cpuSeconds }) => cpuSeconds)),
  peakResidentMegabytes: spreadOf(figures.map(({ peakResidentMegabytes }) => peakResidentMegabytes)),
}));
console.log('| tool | instances/s | Gatehouse is × this | MB/s | CPU s | peak RSS MB |');
console.log('|---|---|---|---|---|---|');
const own = rows.find(({ name }) => name === 'Gatehouse')?.instancesPerSecond.median ?? Number.NaN;
for (const row of rows) {
  console.log(
    `| ${row.name} | ${inWords(row.instancesPerSecond)} | ${(own / row.instancesPerSecond.median).toFixed(2)} | ` +
      `${inWords(row.megabytesPerSecond)} | ${inWords(row.cpuSeconds, 1)} | ${inWords(row.peakResidentMegabytes)} |`,
  );
}
if (values.json) writeFileSync(values.json, JSON.stringify({ conditions: conditions(rounds), count, rows }, null, 2));
