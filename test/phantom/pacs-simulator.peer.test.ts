import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SendResult, sendFolder } from '../support/pacs-simulator.ts';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import type { AnswerKey } from './answer-key.ts';
import { generatePhantoms } from './generate.ts';

const storescp = peer('storescp');

let folder: string;
let received: string;
let key: AnswerKey;
let receiver: ChildProcess;
let port: number;

describe.skipIf(storescp === undefined)('the PACS simulator', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-pacs-'));
    received = join(folder, 'received');
    await mkdir(received);
    key = await generatePhantoms(join(folder, 'sent'), { seed: 7, count: 14 });
    port = await freePort();
    const options = ['--fork', '+B', '+xa', '+uf', '-aet', 'REFERENCE', '-od', received, String(port)];
    receiver = spawn(storescp ?? '', options, { env: PEER_ENVIRONMENT, stdio: 'ignore' });
    await listening(port);
  });

  afterAll(async () => {
    receiver.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it('sends every object of a folder with its data set unchanged, byte for byte', async () => {
    const result = await send(join(folder, 'sent'));
    expect(result.failed).toEqual([]);
    expect(result.sent).toBe(key.objects.length);
    const arrived = new Map<string, Buffer>();
    for (const name of await readdir(received)) {
      const bytes = await readFile(join(received, name));
      arrived.set(instanceUidOf(bytes), dataSetOf(bytes));
    }
    const different = [];
    for (const { file, sopInstanceUid } of key.objects) {
      const stored = dataSetOf(await readFile(join(folder, 'sent', file)));
      if (!arrived.get(sopInstanceUid)?.equals(stored)) different.push(file);
    }
    expect(different).toEqual([]);
  });

  it('passes over files it cannot send, and says why', async () => {
    const odd = join(folder, 'odd');
    await mkdir(odd);
    await writeFile(join(odd, 'notes.txt'), 'not DICOM');
    await writeFile(join(odd, 'empty.dcm'), '');
    const [first] = key.objects;
    await writeFile(join(odd, 'good.dcm'), await readFile(join(folder, 'sent', first?.file ?? '')));
    const result = await send(odd);
    expect(result.sent).toBe(1);
    expect(result.failed.map(({ file }) => file).sort()).toEqual(['empty.dcm', 'notes.txt']);
    expect(result.failed[0]?.status).toMatch(/no DICOM preamble/u);
  });

  it('goes on with the next object when the receiver aborts', async () => {
    const files = key.objects.slice(0, 3).map(({ file }) => join(folder, 'sent', file));
    const aborting = await freePort();
    const options = ['--abort-after', '--ignore', '+xa', String(aborting)];
    const process = spawn(storescp ?? '', options, { env: PEER_ENVIRONMENT, stdio: 'ignore' });
    try {
      await listening(aborting);
      const target = { host: '127.0.0.1', port: aborting, calledAeTitle: 'REFERENCE', callingAeTitle: 'PHANTOM_PACS' };
      const result = await sendFolder({ ...target, files });
      expect(result.failed.map(({ status }) => status)).toEqual(
        Array(3).fill('The association ended before an answer came.'),
      );
    } finally {
      process.kill();
    }
  });

  it('reports every object as failed when nobody listens', async () => {
    const files = key.objects.slice(0, 2).map(({ file }) => join(folder, 'sent', file));
    const nobody = await freePort();
    const target = { host: '127.0.0.1', port: nobody, calledAeTitle: 'REFERENCE', callingAeTitle: 'PHANTOM_PACS' };
    const result = await sendFolder({ ...target, files });
    expect(result.sent).toBe(0);
    expect(result.failed).toHaveLength(2);
    expect(result.failed[0]?.status).toMatch(/connection failed/u);
  });
});

function send(source: string): Promise<SendResult> {
  const target = { host: '127.0.0.1', port, calledAeTitle: 'REFERENCE', callingAeTitle: 'PHANTOM_PACS' };
  return sendFolder({ ...target, folder: source });
}

/** Everything behind the file meta information. */
function dataSetOf(file: Buffer): Buffer {
  return file.subarray(144 + file.readUInt32LE(140));
}

/** Media Storage SOP Instance UID (0002,0003). */
function instanceUidOf(file: Buffer): string {
  const at = file.indexOf(Buffer.from([2, 0, 3, 0, 0x55, 0x49]));
  return file.toString('ascii', at + 8, at + 8 + file.readUInt16LE(at + 6)).replace(/\0$/u, '');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function listening(at: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(at, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await wait(50);
  }
  throw new Error('storescp did not start to listen.');
}
