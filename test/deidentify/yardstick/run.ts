/** One run of the yardstick: makes the objects of a seed, de-identifies them as the pipeline does, and scores them. */
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engine } from '../fixtures.ts';
import { generateObjects } from './generate.ts';
import { type Score, type Scored, scoreRun } from './score.ts';

const MOST_LINES = 40;

export async function measure(seed: string, count: number, folder: string): Promise<Score> {
  const deidentification = engine();
  const run: Scored[] = [];
  for (const object of generateObjects(seed, count)) {
    const [source, path] = [join(folder, `in-${object.file}`), join(folder, `out-${object.file}`)];
    await writeFile(source, object.bytes);
    const outcome = await deidentification.deidentifyAndVerify(source, path, object.originalNames);
    await unlink(source);
    run.push({ object, outcome, path });
  }
  return scoreRun(run);
}

/** The same for outputs that are the originals themselves: what a tool that does nothing would get. */
export async function measureUntouched(seed: string, count: number, folder: string): Promise<Score> {
  const run: Scored[] = [];
  for (const object of generateObjects(seed, count)) {
    const path = join(folder, object.file);
    await writeFile(path, object.bytes);
    run.push({ object, path, outcome: { kind: 'deidentified' } });
  }
  return scoreRun(run);
}

/** The figures of a run as lines: shares by action, and what went wrong, the same at many places told once. */
export function described({ total, right, byAction, failures, leaks, quarantined }: Score): string {
  const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(3)} % (${part} of ${whole})`;
  const counts = new Map<string, { count: number; example: string }>();
  for (const { answer, found, object } of failures) {
    const key = `${answer.action} ${answer.category} ${answer.path.replaceAll(/\[\d+\]/g, '[*]')}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { count: 1, example: `"${answer.value}" → "${found}" (${object})` });
    else known.count += 1;
  }
  const worst = [...counts].sort(([, one], [, other]) => other.count - one.count);
  return [
    `Actions right: ${share(right, total)}; objects kept back: ${quarantined.length}; leaks: ${leaks.length}`,
    ...[...byAction].sort().map(([action, count]) => `  ${action}: ${share(count.right, count.total)}`),
    ...worst.slice(0, MOST_LINES).map(([key, { count, example }]) => `  ${count} × ${key}: ${example}`),
    ...quarantined.slice(0, MOST_LINES).map((line) => `  kept back: ${line}`),
    ...leaks.slice(0, MOST_LINES).map((line) => `  leak: ${line}`),
  ].join('\n');
}
