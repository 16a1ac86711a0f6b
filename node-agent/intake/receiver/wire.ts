/**
 * Reading from a socket through one buffer used again and again. Node takes a new buffer for every
 * read of an accepted socket, and hundreds of megabytes a second of them keep the garbage collector
 * busier than the network; for sockets it connects itself it offers `onread`, which is had here too.
 */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

export interface Wire {
  readonly socket: Socket;
  /** Called once, before anything was read; the bytes are good only until the callback returns. */
  onBytes(callback: (bytes: Buffer) => void): void;
}

/** Node's own handle of an open connection. */
interface ConnectionHandle {
  useUserBuffer?: unknown;
}

const READ_BYTES = 256 * 1024;
/** One for all sockets: Node reads one at a time, and calls back before it reads the next. */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Takes over a socket just accepted with `pauseOnConnect`. Where this Node keeps its handle elsewhere, the socket is
 * read as it is: slower, and otherwise the same.
 */
export function wireOf(accepted: Socket): Wire {
  const holder = accepted as unknown as { _handle: ConnectionHandle | null };
  const handle = holder._handle;
  if (typeof handle?.useUserBuffer !== 'function') return plainWireOf(accepted);
  holder._handle = null; // the handle is the new socket's; the old one closes without it
  accepted.destroy();
  let receive: (bytes: Buffer) => void = () => {};
  const onread: OnReadOpts = {
    buffer: READ_BUFFER,
    callback: (length, buffer) => {
      receive(Buffer.from(buffer.buffer, buffer.byteOffset, length));
      return true;
    },
  };
  const options = { handle, onread } as SocketConstructorOpts;
  return {
    socket: new Socket(options),
    onBytes: (callback) => {
      receive = callback;
    },
  };
}

/** A socket as Node made it, with a buffer for every read. */
export function plainWireOf(socket: Socket): Wire {
  return { socket, onBytes: (callback) => socket.on('data', callback) };
}
