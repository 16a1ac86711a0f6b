/**
 * How fast the node receives, beside DCMTK's storescp and Orthanc, on the same generated series, in one run:
 *
 *   npm run bench:intake                 CT and MR, 1 and 4 associations, 5 rounds
 *   npm run bench:intake -- --series CT --rounds 3 --json FILE
 *
 * Receivers take turns within a round, so that whatever slows the machine slows all. TCP_NODELAY=1 is set for all.
 * Figures of the node are of the process that `serve` runs, with file, name and ledger row durable before each answer.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, wrongArguments } from '../arguments.ts';
import { conditions } from './conditions.ts';
import { type Transfer, transfer } from './intake-run.ts';
import { RECEIVERS } from './receivers.ts';
import { generateSeries, SERIES, type SeriesFolder } from './series.ts';
import { inWords, spreadOf } from './statistics.ts';

const USAGE =
  'npm run bench:intake -- [--rounds N] [--series CT|MR] [--associations 1|4] [--receiver NAME] [--json FILE]';
const values = readArguments(
  {
    rounds: { type: 'string', default: '5' },
    series: { type: 'string' },
    associations: { type: 'string' },
    receiver: { type: 'string' },
    json: { type: 'string' },
  },
  USAGE,
);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) wrongArguments(`--rounds takes a whole number from 1. Usage: ${USAGE}`);
const series = SERIES.filter(({ name }) => !values.series || name === values.series);
const associationCounts = [1, 4].filter((count) => !values.associations || count === Number(values.associations));
const receivers = RECEIVERS.filter(({ name }) => !values.receiver || name === values.receiver);
if (series.length * associationCounts.length * receivers.length === 0)
  wrongArguments(`Nothing to measure. Usage: ${USAGE}`);

interface Row {
  readonly series: string;
  readonly associations: number;
  readonly receiver: string;
  readonly transfers: Transfer[];
}

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const rows: Row[] = [];
for (const kind of series) {
  for (const associations of associationCounts) rows.push(...(await measure(kind, associations)));
}
print(rows);
if (values.json)
  writeFileSync(values.json, JSON.stringify({ conditions: conditions(rounds), rows: rows.map(summary) }, null, 2));

async function measure(kind: (typeof SERIES)[number], associations: number): Promise<Row[]> {
  const folder = join(scratch, `${kind.name}-${associations}`);
  const sent: SeriesFolder = generateSeries(kind, folder, associations);
  const measured = receivers.map(
    (receiver): Row => ({ series: kind.name, associations, receiver: receiver.name, transfers: [] }),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < receivers.length; turn += 1) {
      const index = (turn + round) % receivers.length;
      const [receiver, row] = [receivers[index], measured[index]];
      if (!receiver || !row) continue;
      const result = await transfer(receiver, sent, associations, scratch);
      row.transfers.push(result);
      console.error(
        `${kind.name} x ${associations}, round ${round + 1}: ${receiver.name} ${result.megabytesPerSecond.toFixed(0)} MB/s, ` +
          `${result.cpuSeconds.toFixed(2)} s of processor`,
      );
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return measured;
}

function print(all: readonly Row[]): void {
  console.log('| series | receiver | MB/s | of storescp | instances/s | server CPU s | peak RSS MB |');
  console.log('|---|---|---|---|---|---|---|');
  for (const row of all) {
    const figures = summary(row);
    const ratio = figures.ratioToStorescp === undefined ? '–' : figures.ratioToStorescp.toFixed(2);
    console.log(
      `| ${row.series} × ${row.associations} | ${row.receiver} | ${inWords(figures.megabytesPerSecond)} | ${ratio} | ` +
        `${figures.instancesPerSecond.median.toFixed(0)} | ${inWords(figures.cpuSeconds, 2)} | ${inWords(figures.peakResidentMegabytes)} |`,
    );
  }
}

function summary(row: Row) {
  const of = (member: keyof Transfer) => spreadOf(row.transfers.map((entry) => entry[member]));
  const reference = rows.find(
    (other) => other.receiver === 'storescp' && other.series === row.series && other.associations === row.associations,
  );
  const megabytesPerSecond = of('megabytesPerSecond');
  const storescp = reference && spreadOf(reference.transfers.map((entry) => entry.megabytesPerSecond)).median;
  return {
    series: row.series,
    associations: row.associations,
    receiver: row.receiver,
    rounds: row.transfers.length,
    megabytesPerSecond,
    ratioToStorescp: storescp === undefined ? undefined : megabytesPerSecond.median / storescp,
    instancesPerSecond: of('instancesPerSecond'),
    cpuSeconds: of('cpuSeconds'),
    peakResidentMegabytes: of('peakResidentMegabytes'),
  };
}
