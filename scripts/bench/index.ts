/**
 * How the index does when an archive of years is in it: rate of entering objects, size, and how long the hot queries of
 * console, hub and datasets take.
 *
 *   npm run bench:index                      50,000 studies, 500,000 series, 5,000,000 instances
 *   npm run bench:index -- --instances 100000 --arguments 50 --json FILE
 *
 * The index is filled through the product's own writer, in the groups and with the durability of reception and settlement.
 * Each query runs with many random arguments, first on a connection and a page cache that know nothing (cold: where the
 * system lets its cache be emptied), then again (warm).
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { readArguments, wrongArguments } from '../arguments.ts';
import { conditions } from './conditions.ts';
import { archive } from './index/archive.ts';
import { fillIndex, type Stretch } from './index/fill.ts';
import { publishDatasets, QueriedIndex } from './index/hot-queries.ts';
import { type Latencies, measureQueries } from './index/measure.ts';

const USAGE = 'npm run bench:index -- [--instances N] [--arguments N] [--folder DIR] [--keep] [--json FILE]';
const values = readArguments(
  {
    instances: { type: 'string', default: '5000000' },
    arguments: { type: 'string', default: '200' },
    folder: { type: 'string', default: tmpdir() },
    keep: { type: 'boolean' },
    json: { type: 'string' },
  },
  USAGE,
);
const [instances, argumentCount] = [Number(values.instances), Number(values.arguments)];
if (!(Number.isInteger(instances) && instances >= 1000 && Number.isInteger(argumentCount) && argumentCount >= 1))
  wrongArguments(`--instances takes a whole number from 1000, --arguments one from 1. Usage: ${USAGE}`);

const FIRST_STRETCH = 50_000;
const root = mkdtempSync(join(values.folder, 'gatehouse-bench-index-'));
process.once('exit', () => values.keep || rmSync(root, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const node = openFoundation(root);
const stretches: Stretch[] = [];
await fillIndex(node.indexDatabase, archive(1), {
  instances,
  stretch: FIRST_STRETCH,
  onStretch: (stretch) => {
    stretches.push(stretch);
    console.error(
      `${stretch.instances} instances: ${stretch.perSecond.toFixed(0)}/s, ` +
        `${stretch.processorMicroseconds.toFixed(0)} µs of processor and ${stretch.kilobytesWritten.toFixed(1)} kB written each`,
    );
  },
});
const counts = node.catalogue.counts();
const freezes = publishDatasets(new QueriedIndex(node.indexDatabase));
node.indexDatabase.pragma('wal_checkpoint(TRUNCATE)');
node.close();

const bytes = statSync(node.folder.indexDatabase).size;
const opening = performance.now();
openFoundation(root).close();
const openSeconds = (performance.now() - opening) / 1000;
const queries = measureQueries(node.folder.indexDatabase, argumentCount);

/** The last tenth of the stretches: one alone would be at the mercy of whatever else the machine does. */
const last = stretches.slice(-Math.max(1, Math.floor(stretches.length / 10)));
const rates = {
  first: stretches[0]?.perSecond ?? Number.NaN,
  last: last.reduce((sum, { perSecond }) => sum + perSecond, 0) / last.length,
};
console.log(
  `${counts.patients} patients, ${counts.studies} studies, ${counts.series} series, ${counts.instances} instances\n` +
    `rate: ${rates.first.toFixed(0)}/s up to ${stretches[0]?.instances}, ${rates.last.toFixed(0)}/s at the end: ` +
    `${((100 * rates.last) / rates.first).toFixed(0)} %\n` +
    `size: ${(bytes / instances).toFixed(0)} bytes per instance (${(bytes / 1e9).toFixed(2)} GB), opened and checked in ${openSeconds.toFixed(1)} s\n` +
    `datasets frozen in ${freezes.map((one) => one.toFixed(0)).join(', ')} ms\n`,
);
console.log('| query | warm p50 ms | p95 | p99 | cold p50 | p95 | p99 |');
console.log('|---|---|---|---|---|---|---|');
const inWords = ({ p50, p95, p99 }: Latencies) => [p50, p95, p99].map((value) => value.toFixed(1)).join(' | ');
for (const { name, warm, cold } of queries) console.log(`| ${name} | ${inWords(warm)} | ${inWords(cold)} |`);
if (values.json) {
  const result = {
    conditions: conditions(1),
    instances,
    counts,
    rates,
    stretches,
    bytes,
    openSeconds,
    freezes,
    queries,
  };
  writeFileSync(values.json, JSON.stringify(result, null, 2));
}
