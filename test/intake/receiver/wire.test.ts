import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { plainWireOf, type Wire, wireOf } from '../../../node-agent/intake/receiver/wire.ts';

/** A connection of two sockets; the accepted one is wired, and what it reads is copied to `received`. */
async function connected(wire: (accepted: Socket) => Wire) {
  const server = createServer({ pauseOnConnect: wire === wireOf });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  const accepted = await new Promise<Socket>((resolve) => server.once('connection', resolve));
  const wired = wire(accepted);
  const received: Buffer[] = [];
  const backing = new Set<ArrayBufferLike>();
  wired.onBytes((bytes) => {
    received.push(Buffer.from(bytes));
    backing.add(bytes.buffer);
  });
  onTestFinished(() => {
    client.destroy();
    wired.socket.destroy();
    server.close();
  });
  return { client, socket: wired.socket, received, backing };
}

describe.each([
  ['through one buffer', wireOf],
  ['as Node reads it', plainWireOf],
])('a connection read %s', (_, wire) => {
  it('brings every byte in order, over pauses', async () => {
    const { client, socket, received } = await connected(wire);
    const sent = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (__, index) => (index * 13 + (index >> 9)) & 0xff));
    client.end(sent);
    let bytes = 0;
    const pauses = setInterval(() => {
      socket.pause();
      setImmediate(() => socket.resume());
    }, 1);
    await new Promise((resolve) => socket.once('end', resolve));
    clearInterval(pauses);
    for (const piece of received) bytes += piece.length;
    expect(bytes).toBe(sent.length);
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  it('knows its peer, can answer, and closes when the peer does', async () => {
    const { client, socket } = await connected(wire);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    const answer = new Promise((resolve) => client.once('data', (bytes: Buffer) => resolve(bytes.toString())));
    socket.write('answer');
    expect(await answer).toBe('answer');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    client.end();
    await closed;
  });
});

describe('the one buffer', () => {
  it('is really used by this Node: hundreds of reads, no new memory', async () => {
    const { client, socket, received, backing } = await connected(wireOf);
    client.end(Buffer.alloc(20_000_000));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(received.length).toBeGreaterThan(10);
    expect(backing.size).toBe(1);
  });
});
