/** What reception costs in memory, whatever the size of an object and however many send at once. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { processFigures } from '../../scripts/bench/process-figures.ts';
import { generateSeries, SERIES } from '../../scripts/bench/series.ts';
import { dataTransfer, echoCommand, pdv, RawPeer } from '../intake/receiver/raw-peer.ts';
import { element } from '../phantom/elements.ts';
import { encodeFile } from '../phantom/part10.ts';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import { runCommand, startAgent } from '../support/running-agent.ts';
import { counted, SOAKING } from '../support/soak.ts';
import { scratchFolder } from './phantom-folder.ts';

const storescu = peer('storescu');
const FRAME_BYTES = 512 * 512 * 2;
const FRAMES = counted(200, 2_000);
const MEGABYTE = 1_000_000;
const TIMEOUT_MS = counted(90_000, 600_000);

/** A multi-frame MR of noughts, written frame by frame. */
function writeMultiFrame(file: string): void {
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.4.1';
  const head = encodeFile({
    sopClassUid,
    sopInstanceUid: '2.25.777001',
    elements: [
      element('SOPClassUID', sopClassUid),
      element('SOPInstanceUID', '2.25.777001'),
      element('StudyInstanceUID', '2.25.777002'),
      element('SeriesInstanceUID', '2.25.777003'),
      element('StudyDate', '20240102'),
      element('Modality', 'MR'),
      element('PatientName', 'Large^Invented'),
      element('PatientID', 'LARGE-1'),
      element('SamplesPerPixel', 1),
      element('PhotometricInterpretation', 'MONOCHROME2'),
      element('NumberOfFrames', String(FRAMES)),
      element('Rows', 512),
      element('Columns', 512),
      element('BitsAllocated', 16),
      element('BitsStored', 12),
      element('HighBit', 11),
      element('PixelRepresentation', 0),
    ],
    transferSyntax: 'explicitLittle',
    undefinedLengths: false,
    characterSet: [],
    preamble: '',
    sourceAeTitle: 'MEMORY',
    trailingPadding: '',
  });
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, head);
  const pixelHeader = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
  pixelHeader.writeUInt32LE(FRAMES * FRAME_BYTES, 8);
  writeSync(descriptor, pixelHeader);
  const frame = Buffer.alloc(FRAME_BYTES);
  for (let number = 0; number < FRAMES; number += 1) writeSync(descriptor, frame);
  closeSync(descriptor);
}

async function send(port: number, ...words: string[]): Promise<void> {
  const options = words.filter((word) => word.startsWith('+'));
  const paths = words.filter((word) => !word.startsWith('+'));
  const child = spawn(storescu ?? '', ['-aec', 'GATEHOUSE', ...options, '127.0.0.1', String(port), ...paths], {
    stdio: 'ignore',
    env: PEER_ENVIRONMENT,
  });
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
}

describe.skipIf(!storescu)('the memory of the receiving process', () => {
  const scratch = scratchFolder();
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it(`stays below 200 MB while an object of ${FRAMES} frames comes, and until it is indexed`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const agent = await startAgent(join(scratch, 'large'), ['store.reserveMegabytes=0']);
    try {
      const file = join(scratch, 'large.dcm');
      writeMultiFrame(file);
      await send(agent.dicomPort, file);
      const counts = async () =>
        JSON.parse((await runCommand(['status', '--json', '--data-dir', join(scratch, 'large')])).stdout);
      await expect.poll(counts, { timeout: TIMEOUT_MS, interval: 500 }).toMatchObject({ indexed: 1, waiting: 0 });
      const peak = processFigures(agent.process.pid ?? 0).peakResidentBytes;
      console.log(
        `one object of ${((FRAMES * FRAME_BYTES) / MEGABYTE).toFixed(0)} MB: peak resident ${(peak / MEGABYTE).toFixed(0)} MB`,
      );
      expect(peak).toBeLessThan(200 * MEGABYTE);
    } finally {
      await agent.stop();
    }
  });

  it('stays below 300 MB while twenty associations send at once', { timeout: TIMEOUT_MS }, async () => {
    const associations = 20;
    const folder = join(scratch, 'series');
    mkdirSync(folder);
    const [kind = SERIES[0]] = SERIES;
    if (!kind) throw new Error('The bench has no series.');
    generateSeries({ ...kind, count: counted(100, 2_000) }, folder, associations);
    const agent = await startAgent(join(scratch, 'twenty'), ['store.reserveMegabytes=0']);
    try {
      const parts = Array.from({ length: associations }, (_, index) => join(folder, String(index)));
      await Promise.all(parts.map((part) => send(agent.dicomPort, '+sd', '+r', part)));
      const peak = processFigures(agent.process.pid ?? 0).peakResidentBytes;
      console.log(`twenty associations: peak resident ${(peak / MEGABYTE).toFixed(0)} MB`);
      expect(peak).toBeLessThan(300 * MEGABYTE);
    } finally {
      await agent.kill();
    }
  });

  it('does not make the five hundredth echo of an association slower than the first ones', async () => {
    const agent = await startAgent(join(scratch, 'echoes'));
    try {
      const sender = await RawPeer.associate(agent.dicomPort);
      const times: number[] = [];
      for (let number = 1; number <= 500; number += 1) {
        const start = performance.now();
        sender.send(dataTransfer(pdv(3, 3, echoCommand(number))));
        expect((await sender.response()).status).toBe(0);
        times.push(performance.now() - start);
      }
      const median = (part: number[]) => part.sort((one, other) => one - other)[Math.floor(part.length / 2)] ?? 0;
      const [first, last] = [median(times.slice(0, 100)), median(times.slice(-100))];
      console.log(`500 echoes: median of the first hundred ${first.toFixed(2)} ms, of the last ${last.toFixed(2)} ms`);
      // A figure of the soak, on a machine that does nothing else; the slice only takes the way.
      if (SOAKING) expect(last).toBeLessThan(2 * first);
    } finally {
      await agent.stop();
    }
  });
});
