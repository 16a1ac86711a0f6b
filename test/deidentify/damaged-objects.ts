/** Feeds damaged files to the engine as the `deidentify` command runs it, and says whatever is not as it should be. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DicomParseError } from '../../node-agent/dicom/parse-error.ts';
import { readPart10 } from '../../node-agent/dicom/part10-reader.ts';
import { describeCause } from '../../node-agent/pipeline/causes.ts';
import { type OfflineAnswer, type OfflinePool, offlinePool } from '../../node-agent/pipeline/offline-pool.ts';
import { RandomSource } from '../phantom/random.ts';
import { corpus } from '../support/corpus.ts';
import { emptyVault } from '../support/vault.ts';

export interface DamagedRun {
  readonly seed: string;
  readonly count: number;
  /** An existing, empty folder. */
  readonly folder: string;
  readonly workers?: number;
  readonly timeLimitMs?: number;
  /** Whole files beside those of the corpus. */
  readonly originals?: readonly string[];
}

export interface DamagedResult {
  /** How many files came to which end: 'deidentified', or the cause. */
  readonly ends: Readonly<Record<string, number>>;
  /** Each with the number of the file, from which the seed makes it again. */
  readonly faults: readonly string[];
}

/** Bigger ones only take longer to read: damage hits the header as well in small ones. */
const LARGEST = 300_000;
const HEADER = 4_000;
const HEAP_MEGABYTES = 1024;
const DEPTH = 200;

/** Cuts, flipped bits, lengths that lie, pieces in the wrong place, and sequences two hundred deep. */
export async function runDamaged(run: DamagedRun): Promise<DamagedResult> {
  const originals = originalsOf(run);
  const random = new RandomSource(run.seed);
  const size = run.workers ?? 2;
  const pool = offlinePool(
    { vault: emptyVault(run.folder) },
    { size, timeLimitMs: run.timeLimitMs ?? 20_000, heapLimitMegabytes: HEAP_MEGABYTES },
  );
  const ends: Record<string, number> = {};
  const faults: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < run.count) {
      const number = next;
      next += 1;
      const one = random.fork(String(number));
      const original = originals[Math.floor(one.next() * originals.length)] ?? Buffer.alloc(0);
      const { end, fault } = await tryOne(pool, join(run.folder, String(number)), damaged(original, one));
      ends[end] = (ends[end] ?? 0) + 1;
      if (fault !== undefined) faults.push(`file ${number}: ${fault}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: size }, work));
  } finally {
    await pool.stop();
  }
  return { ends, faults };
}

async function tryOne(
  pool: OfflinePool,
  folder: string,
  bytes: Uint8Array,
): Promise<{ end: string; fault?: string | undefined }> {
  const [source, output] = [`${folder}.dcm`, folder];
  const target = join(output, 'object.dcm');
  mkdirSync(output);
  writeFileSync(source, bytes);
  try {
    const answer = await pool.run({ source, target, fileNames: [] });
    const end = answer.kind === 'quarantined' ? answer.cause : answer.kind;
    return { end, fault: (await wrong(answer, target)) ?? leftover(output, answer) };
  } finally {
    rmSync(output, { recursive: true });
    rmSync(source);
  }
}

/** What is wrong with an answer. */
async function wrong(
  answer: OfflineAnswer | { kind: 'quarantined'; cause: string },
  target: string,
): Promise<string | undefined> {
  switch (answer.kind) {
    case 'failed':
      return `the file system was blamed (${answer.reason})`;
    case 'quarantined':
      if (answer.cause === 'time-limit') return 'it hung and had to be ended';
      if (answer.cause === 'engine-error')
        return `the engine did not expect it: ${'detail' in answer ? answer.detail : ''}`;
      if (describeCause(answer.cause).title === answer.cause) return `the cause "${answer.cause}" has no words`;
      return existsSync(target) ? 'a file was left of an object that was kept back' : undefined;
    case 'excluded':
      return existsSync(target) ? 'a file was left of an object that was left out' : undefined;
    case 'deidentified':
      return readable(target);
  }
}

async function readable(target: string): Promise<string | undefined> {
  try {
    const object = await readPart10(target);
    await object.close();
    return undefined;
  } catch (error) {
    return error instanceof DicomParseError ? `the output is no sound file: ${error.message}` : String(error);
  }
}

function leftover(folder: string, { kind }: { readonly kind: string }): string | undefined {
  const names = readdirSync(folder).filter((name) => !(kind === 'deidentified' && name === 'object.dcm'));
  return names.length === 0 ? undefined : 'something was left beside the output';
}

function damaged(original: Uint8Array, random: RandomSource): Buffer {
  const bytes = Buffer.from(original);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const place = (): number => below(below(3) === 0 ? bytes.length : Math.min(bytes.length, HEADER));
  for (let change = below(4); change >= 0; change -= 1) {
    const at = place();
    switch (below(7)) {
      case 0:
        return bytes.subarray(0, at);
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 2:
        bytes.subarray(at, at + 4).fill(0xff);
        break;
      case 3:
        bytes.subarray(at, at + below(12)).fill(0);
        break;
      case 4:
        bytes.copy(bytes, at, below(bytes.length));
        break;
      case 5:
        bytes[at] = below(256);
        break;
      default:
        return Buffer.concat([bytes.subarray(0, at & ~1), nested(DEPTH), bytes.subarray(at & ~1)]);
    }
  }
  return bytes;
}

/** Referenced Image Sequences of undefined length within each other, explicit VR little endian. */
export function nested(depth: number): Buffer {
  const open = Buffer.from('08004011535100 00ffffffff feff00e0ffffffff'.replace(/ /g, ''), 'hex');
  const close = Buffer.from('feff0de000000000 feffdde000000000'.replace(/ /g, ''), 'hex');
  return Buffer.concat([...Array<Buffer>(depth).fill(open), ...Array<Buffer>(depth).fill(close)]);
}

function originalsOf({ originals = [] }: DamagedRun): Buffer[] {
  const real = (corpus() ?? []).filter(({ bytes }) => bytes > 0 && bytes < LARGEST).map(({ path }) => path);
  return [...originals, ...real].map((path) => readFileSync(path));
}
