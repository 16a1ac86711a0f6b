/**
 * What a socket can send: thousands of streams that are mutated, cut, mixed, too long, too slow or silent, at a node in
 * a process of its own. It must not end, grow, or keep anybody waiting.
 */
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processFigures, residentBytes } from '../../scripts/bench/process-figures.ts';
import {
  ABORT,
  associateRequest,
  dataSet,
  dataTransfer,
  echoCommand,
  pdu,
  pdv,
  RawPeer,
  RELEASE_REQUEST,
  store,
} from '../intake/receiver/raw-peer.ts';
import { RandomSource } from '../phantom/random.ts';
import { type RunningAgent, startAgent } from '../support/running-agent.ts';
import { counted } from '../support/soak.ts';
import { runSeed, scratchFolder } from './phantom-folder.ts';

const STREAMS = counted(400, 20_000);
const LANES = 12;
/** Connections left open on purpose at any time; the node has 64 associations and some spare connections. */
const MOST_HELD = 24;
const ECHO_EVERY_MS = 250;
const ECHO_WITHIN_MS = counted(10_000, 1_000);
/**
 * What the node may grow by once half of the streams has warmed it. The collector takes and returns tens of megabytes as
 * it likes; ten kilobytes lost with every stream would be more than this in a soak.
 */
const MOST_GROWTH_BYTES = 100_000_000;
const TIMEOUT_MS = counted(120_000, 1_800_000);

let dataFolder: string;
let agent: RunningAgent;

beforeAll(async () => {
  dataFolder = join(scratchFolder(), 'data');
  agent = await startAgent(dataFolder, [
    'log.level=error',
    'dicom.idleTimeoutSeconds=5',
    'pipeline.processing=when-quiet',
  ]);
});

afterAll(async () => {
  await agent?.stop();
});

/** One valid conversation, as bytes in pieces. */
function conversation(random: RandomSource, number: number): Buffer[] {
  const uid = `2.25.${number}${random.digits(6)}`;
  const echo = dataTransfer(pdv(3, 3, echoCommand()));
  const objects = Array.from({ length: random.integer(0, 3) }, (_, index) => {
    const bytes = dataSet(`${uid}.${index + 1}`, 'x'.repeat(random.integer(0, 300)));
    return store(`${uid}.${index + 1}`, bytes, index + 1);
  });
  return [associateRequest({}), echo, ...objects, random.chance(0.5) ? RELEASE_REQUEST : ABORT];
}

type Behaviour = (
  random: RandomSource,
  number: number,
) => { pieces: Buffer[]; end: 'close' | 'reset' | 'hold' | 'half' };

/** How a stream goes wrong; each is drawn as often as any other. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  mutated: (random, number) => {
    const bytes = Buffer.concat(conversation(random, number));
    for (let flips = random.integer(1, 12); flips > 0; flips -= 1) {
      bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
    }
    return { pieces: [bytes], end: 'close' };
  },
  truncated: (random, number) => {
    const bytes = Buffer.concat(conversation(random, number));
    return {
      pieces: [bytes.subarray(0, random.integer(0, bytes.length))],
      end: random.chance(0.5) ? 'close' : 'reset',
    };
  },
  interleaved: (random, number) => {
    const [one, other] = [conversation(random, number), conversation(random, number + 1)];
    const mixed = one.flatMap((unit, index) => (random.chance(0.5) ? [unit, other[index] ?? ABORT] : [unit]));
    return { pieces: mixed.sort(() => random.next() - 0.5), end: 'close' };
  },
  oversize: (random) => {
    const header = Buffer.alloc(6);
    header[0] = random.pick([1, 2, 3, 4, 5, 6, 7, 8, 255]);
    header.writeUInt32BE(random.pick([0xffffffff, 0x7fffffff, 600_000, 140_000, 7, 0]), 2);
    const value = Buffer.alloc(6);
    value.writeUInt32BE(random.pick([0xffffffff, 0, 1, 5_000_000]), 0);
    value[4] = 1;
    const first = random.chance(0.6) ? [associateRequest({})] : [];
    return { pieces: [...first, header, random.chance(0.5) ? value : Buffer.alloc(5_000, 0x41)], end: 'close' };
  },
  'one byte at a time': (random, number) => {
    const bytes = Buffer.concat(conversation(random, number)).subarray(0, 400);
    return { pieces: Array.from(bytes, (byte) => Buffer.of(byte)), end: random.chance(0.5) ? 'close' : 'reset' };
  },
  stalled: (random, number) => {
    const bytes = Buffer.concat(conversation(random, number));
    return { pieces: [bytes.subarray(0, random.integer(1, bytes.length - 1))], end: 'hold' };
  },
  silent: () => ({ pieces: [], end: 'hold' }),
  'half open': (random, number) => ({ pieces: conversation(random, number).slice(0, 2), end: 'half' }),
  garbage: (random) => {
    const bytes = Buffer.from(Array.from({ length: random.integer(1, 4_000) }, () => random.integer(0, 255)));
    return { pieces: [bytes], end: random.chance(0.5) ? 'close' : 'reset' };
  },
  'endless association request': (random) => {
    const items = Buffer.alloc(random.integer(1_000, 100_000), random.integer(0, 255));
    return { pieces: [pdu(1, Buffer.concat([Buffer.alloc(68), items]))], end: 'close' };
  },
};

const held: Socket[] = [];

async function play(random: RandomSource, number: number): Promise<void> {
  const name = random.pick(Object.keys(BEHAVIOURS));
  const { pieces, end } = BEHAVIOURS[name]?.(random, number) ?? { pieces: [], end: 'close' };
  const socket = connect({ port: agent.dicomPort, host: '127.0.0.1', allowHalfOpen: end === 'half' });
  socket.on('error', () => {}); // the node may well close first
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece);
    if (pieces.length > 3) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  if (end === 'reset') socket.resetAndDestroy();
  else if (end === 'hold' || end === 'half') {
    if (end === 'half') socket.end();
    held.push(socket);
    if (held.length > MOST_HELD) held.shift()?.destroy();
    return;
  } else socket.end();
  await closed;
}

/** Milliseconds from asking for an association to the answer to its C-ECHO. */
async function echo(): Promise<number> {
  const start = performance.now();
  const peer = await RawPeer.associate(agent.dicomPort);
  peer.send(dataTransfer(pdv(3, 3, echoCommand())));
  expect((await peer.response()).status).toBe(0);
  peer.send(RELEASE_REQUEST);
  await peer.unit();
  peer.socket.destroy();
  return performance.now() - start;
}

function descriptors(): number {
  return readdirSync(`/proc/${agent.process.pid}/fd`).length;
}

describe('streams nobody should send', () => {
  it(`leave the node alive, as large as before and prompt: ${STREAMS} of them`, { timeout: TIMEOUT_MS }, async () => {
    const random = new RandomSource(`streams/${runSeed('hostile streams')}`);
    const processId = agent.process.pid ?? 0;
    await echo();
    const before = descriptors();
    let warm: number | undefined;
    let next = 0;
    const echoes: number[] = [];
    let over = false;
    const probing = (async () => {
      while (!over) {
        echoes.push(await echo());
        await new Promise((resolve) => setTimeout(resolve, ECHO_EVERY_MS));
      }
    })();
    const lane = async (): Promise<void> => {
      while (next < STREAMS) {
        next += 1;
        if (next >= STREAMS / 2) warm ??= residentBytes(processId);
        await play(random.fork(String(next)), next);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    over = true;
    await probing;
    for (const socket of held.splice(0)) socket.destroy();
    await expect.poll(descriptors, { timeout: 60_000, interval: 200 }).toBeLessThanOrEqual(before + 8);
    expect(agent.process.exitCode).toBeNull();
    const grown = residentBytes(processId) - (warm ?? 0);
    const slowest = Math.max(...echoes);
    const peak = processFigures(processId).peakResidentBytes;
    console.log(
      `${STREAMS} streams: ${echoes.length} echoes, slowest ${slowest.toFixed(0)} ms; resident ${(grown / 1e6).toFixed(1)} MB ` +
        `more than after half, at most ${(peak / 1e6).toFixed(0)} MB; descriptors ${before} before, ${descriptors()} after`,
    );
    expect(slowest).toBeLessThan(ECHO_WITHIN_MS);
    expect(grown).toBeLessThan(MOST_GROWTH_BYTES);
    expect(agent.log()).not.toMatch(/error inside the node/);
  });
});
