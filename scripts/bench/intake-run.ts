/** One measured transfer: a receiver is started, senders deliver a series, and the receiver's figures are read. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, PEER_ENVIRONMENT } from '../../test/support/peers.ts';
import { flushDisks } from './flush-disks.ts';
import { processFigures } from './process-figures.ts';
import type { Receiver } from './receivers.ts';
import type { SeriesFolder } from './series.ts';

export interface Transfer {
  readonly seconds: number;
  readonly megabytesPerSecond: number;
  readonly instancesPerSecond: number;
  /** User and system time of the receiver. */
  readonly cpuSeconds: number;
  readonly peakResidentMegabytes: number;
}

/**
 * What was received stays until the scratch folder goes: removing gigabytes would slow whoever comes next. For the same
 * reason the disk has nothing left to write when a transfer begins, and what is sent has been read just before.
 */
export async function transfer(
  receiver: Receiver,
  series: SeriesFolder,
  associations: number,
  scratch: string,
): Promise<Transfer> {
  const folder = mkdtempSync(join(scratch, 'received-'));
  const running = await receiver.start(join(folder, 'data'));
  try {
    await untilItEchoes(receiver.aeTitle, running.port);
    const parts = Array.from({ length: associations }, (_, index) => join(series.folder, String(index)));
    for (const part of parts) for (const name of readdirSync(part)) readFileSync(join(part, name));
    flushDisks();
    const before = processFigures(running.processId);
    const start = performance.now();
    await Promise.all(parts.map((part) => run('storescu', target(receiver, running.port, '+sd', '+r', part))));
    const seconds = (performance.now() - start) / 1000;
    const after = processFigures(running.processId);
    return {
      seconds,
      megabytesPerSecond: series.bytes / 1e6 / seconds,
      instancesPerSecond: series.kind.count / seconds,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      peakResidentMegabytes: after.peakResidentBytes / 1e6,
    };
  } finally {
    await running.stop();
  }
}

function target({ aeTitle }: Receiver, port: number, ...rest: string[]): string[] {
  const options = rest.filter((word) => /^[+-]/.test(word));
  return ['-aec', aeTitle, '-aet', 'BENCH', ...options, '127.0.0.1', String(port), ...rest.slice(options.length)];
}

async function untilItEchoes(aeTitle: string, port: number): Promise<void> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    try {
      await run('echoscu', ['-aec', aeTitle, '-aet', 'BENCH', '127.0.0.1', String(port)]);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${aeTitle} did not answer an echo within 30 seconds.`);
}

/** storescu ends with an error when any object was not acknowledged, so a transfer that counts is a whole one. */
async function run(program: 'storescu' | 'echoscu', words: readonly string[]): Promise<void> {
  const path = findProgram(program);
  if (!path) throw new Error(`${program} is missing. Install the Debian package dcmtk.`);
  const child = spawn(path, words, { stdio: 'ignore', env: PEER_ENVIRONMENT });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${program} ended with code ${code}.`);
}
