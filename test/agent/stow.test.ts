/** STOW-RS on a real agent: what a large object costs in memory, and what is left when the node stops in the middle of one. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { processFigures } from '../../scripts/bench/process-figures.ts';
import { BOUNDARY, relatedType } from '../intake/stow/multipart-writer.ts';
import { dicomFile } from '../intake/stow/stow-rig.ts';
import { findProgram } from '../support/peers.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';
import { counted } from '../support/soak.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MEGABYTE = 1_000_000;
const OBJECT_BYTES = counted(200, 3_000) * MEGABYTE;
const TIMEOUT_MS = counted(120_000, 900_000);

async function tokenOf(folder: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(['token', 'add', 'CT archive', '--data-dir', folder]);
  expect(code, stderr).toBe(0);
  return stdout.trim();
}

/** Writes a request piece by piece, never more than the connection takes. */
async function store(
  agent: RunningAgent,
  token: string,
  pieces: Iterable<Buffer>,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(agent.httpUrl);
  const outgoing = httpRequest({
    hostname,
    port,
    path: '/dicom-web/studies',
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': relatedType() },
  });
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
      incoming.once('error', reject);
    });
  });
  answer.catch(() => {});
  for (const piece of pieces) {
    if (outgoing.destroyed) break;
    if (!outgoing.write(piece)) {
      await new Promise<void>((resolve) => {
        const go = () => {
          outgoing.off('drain', go).off('close', go);
          resolve();
        };
        outgoing.on('drain', go).on('close', go);
      });
    }
  }
  outgoing.end();
  return answer;
}

function* largeObject(uid: string, bytes: number): Generator<Buffer> {
  const start = dicomFile(uid, { pixelBytes: 2 });
  // The length of the pixel data stands in the last four bytes before them.
  const head = Buffer.from(start.subarray(0, -2));
  head.writeUInt32LE(bytes, head.length - 4);
  yield Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`);
  yield head;
  const piece = Buffer.alloc(MEGABYTE);
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}

describe('a large object over DICOMweb', () => {
  it(`of ${OBJECT_BYTES / MEGABYTE} MB leaves the memory of the node below 250 MB`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const folder = join(temporaryFolder(), 'data');
    const agent = await startAgent(folder, ['store.reserveMegabytes=0', 'pipeline.workers=1']);
    try {
      const token = await tokenOf(folder);
      const { status, text } = await store(agent, token, largeObject('1.2.3', OBJECT_BYTES));
      expect(status, text).toBe(200);
      const peak = processFigures(agent.process.pid ?? 0).peakResidentBytes;
      console.log(
        `one object of ${OBJECT_BYTES / MEGABYTE} MB over STOW-RS: peak resident ${(peak / MEGABYTE).toFixed(0)} MB`,
      );
      // Of a node that has taken nothing it is about 160 MB: most of it is the program itself.
      expect(peak).toBeLessThan(250 * MEGABYTE);
      expect(agent.log() + agent.output()).not.toContain(token.slice(-20));
    } finally {
      await agent.stop();
    }
  });
});

const curl = findProgram('curl');

describe.skipIf(!curl)('curl', () => {
  it('stores as the README says, and is told at once when it may not', { timeout: 60_000 }, async () => {
    const folder = join(temporaryFolder(), 'data');
    const agent = await startAgent(folder, ['store.reserveMegabytes=0']);
    try {
      const token = await tokenOf(folder);
      const files = ['1.2.1', '1.2.2'].map((uid, index) => {
        const file = join(folder, '..', `${index}.dcm`);
        writeFileSync(file, dicomFile(uid, { pixelBytes: 5 * MEGABYTE }));
        return ['-F', `file=@${file};type=application/dicom`];
      });
      const send = async (credential: string) => {
        const related = 'Content-Type: multipart/related; type="application/dicom"';
        const words = [
          '-s',
          '-w',
          '\n%{http_code}',
          '-H',
          `Authorization: Bearer ${credential}`,
          ...files.flat(),
          '-H',
          related,
        ];
        const { stdout } = await promisify(execFile)(curl ?? '', [...words, `${agent.httpUrl}dicom-web/studies`]);
        const [body = '', status = ''] = stdout.split('\n');
        return { status, body: JSON.parse(body) };
      };
      const stored = await send(token);
      expect(stored.status).toBe('200');
      expect(stored.body['00081199'].Value).toHaveLength(2);
      expect(await send('wrong')).toMatchObject({ status: '401', body: { title: 'Token refused' } });
    } finally {
      await agent.stop();
    }
  });
});

describe('a node that is stopped while an object comes over DICOMweb', () => {
  it('stops in order, keeps what was answered, and forgets the rest', { timeout: 60_000 }, async () => {
    const folder = join(temporaryFolder(), 'data');
    const agent = await startAgent(folder, ['store.reserveMegabytes=0']);
    const token = await tokenOf(folder);
    const whole = Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\n\r\n`),
      dicomFile('1.2.1'),
      Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
    ]);
    expect((await store(agent, token, [whole])).status).toBe(200);
    let exit: Promise<number | null> | undefined;
    const pieces = function* () {
      let count = 0;
      for (const piece of largeObject('1.2.2', 500 * MEGABYTE)) {
        count += 1;
        if (count === 10) exit = agent.stop();
        yield piece;
      }
    };
    await expect(store(agent, token, pieces())).rejects.toThrow();
    expect(await exit).toBe(0);
    const again = await startAgent(folder, ['store.reserveMegabytes=0']);
    try {
      const counts = JSON.parse((await runCommand(['status', '--json', '--data-dir', folder])).stdout);
      expect(counts).toMatchObject({ received: 1 });
      expect(again.log() + again.output()).not.toMatch(/filesMissing":[1-9]/);
    } finally {
      await again.stop();
    }
  });
});
