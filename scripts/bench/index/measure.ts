/** Runs the hot queries with many random arguments, cold and warm. */
import { execFileSync } from 'node:child_process';
import { openDatabaseReadOnly } from '../../../node-agent/store/database.ts';
import { random } from '../../../test/support/random.ts';
import { HOT_QUERIES, QueriedIndex } from './hot-queries.ts';

/** Percentiles in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface MeasuredQuery {
  readonly name: string;
  readonly cold: Latencies;
  readonly warm: Latencies;
}

/** Cold takes a tenth of the arguments, each on a connection of its own, the file out of the system's cache. */
export function measureQueries(file: string, argumentCount: number): MeasuredQuery[] {
  const coldCount = Math.max(3, Math.floor(argumentCount / 10));
  const cold = HOT_QUERIES.map(({ prepare }) =>
    Array.from({ length: coldCount }, (_, turn) => {
      const database = openDatabaseReadOnly(file);
      const work = prepare(new QueriedIndex(database), random(turn));
      forget(file);
      const milliseconds = timed(work);
      database.close();
      return milliseconds;
    }),
  );
  const database = openDatabaseReadOnly(file);
  const index = new QueriedIndex(database);
  const measured = HOT_QUERIES.map(({ name, prepare }, number) => {
    for (let turn = 0; turn < coldCount; turn += 1) prepare(index, random(-1 - turn))();
    const warm = Array.from({ length: argumentCount }, (_, turn) => timed(prepare(index, random(turn))));
    return { name, cold: percentiles(cold[number] ?? []), warm: percentiles(warm) };
  });
  database.close();
  return measured;
}

/** Takes a file out of the page cache of the system (posix_fadvise, as dd does for nocache without data). */
function forget(file: string): void {
  execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function percentiles(times: readonly number[]): Latencies {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
