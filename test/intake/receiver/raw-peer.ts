/** A peer that sends exactly the bytes it is told to: units are put together here, not by the code under test. */
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export const CT_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
export const VERIFICATION = '1.2.840.10008.1.1';
export const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
export const IMPLICIT_LITTLE = '1.2.840.10008.1.2';

export interface Unit {
  readonly type: number;
  readonly body: Buffer;
}

export class RawPeer {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #waiting: (() => void)[] = [];
  #closed = false;

  /** @param socket of a connection that stands */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** @param localAddress where it comes from; loopback has many addresses */
  static async connect(port: number, localAddress = '127.0.0.1'): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    onTestFinished(() => {
      socket.destroy();
    });
    return new RawPeer(socket);
  }

  /** Connects and asks for an association; the answer is left to be read unless it is accepted. */
  static async associate(port: number, contexts = DEFAULT_CONTEXTS): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    peer.send(associateRequest({ contexts }));
    const answer = await peer.unit();
    if (answer?.type !== 2) throw new Error(`The association was answered with type ${answer?.type}.`);
    return peer;
  }

  send(...parts: Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** The next unit, undefined when the connection ended before one came. */
  async unit(): Promise<Unit | undefined> {
    for (;;) {
      if (this.#received.length >= 6) {
        const end = 6 + this.#received.readUInt32BE(2);
        if (this.#received.length >= end) {
          const unit = { type: this.#received[0] ?? 0, body: this.#received.subarray(6, end) };
          this.#received = this.#received.subarray(end);
          return unit;
        }
      }
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Waits for the end of the connection. */
  async closed(): Promise<void> {
    while (!this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The next unit as a DIMSE response. */
  async response(): Promise<{ status: number; comment: string | undefined; messageId: number; field: number }> {
    const unit = await this.unit();
    if (unit?.type !== 4)
      throw new Error(`Instead of a response came type ${unit?.type}, ${unit?.body.toString('hex')}`);
    const elements = commandElements(unit.body.subarray(6));
    return {
      field: elements.get(0x0100)?.readUInt16LE(0) ?? -1,
      messageId: elements.get(0x0120)?.readUInt16LE(0) ?? -1,
      status: elements.get(0x0900)?.readUInt16LE(0) ?? -1,
      comment: elements.get(0x0902)?.toString('latin1').trim(),
    };
  }

  /** The next command set and the data set that follows it, whatever units they come in. */
  async message(): Promise<{ elements: Map<number, Buffer>; dataSet: Buffer | undefined }> {
    const parts: [command: Buffer[], dataSet: Buffer[]] = [[], []];
    for (let phase: 0 | 1 = 0; ; ) {
      const unit = await this.unit();
      if (unit?.type !== 4) throw new Error(`Instead of a message came type ${unit?.type}.`);
      for (let offset = 0; offset < unit.body.length; ) {
        const end = offset + 4 + unit.body.readUInt32BE(offset);
        parts[phase].push(unit.body.subarray(offset + 6, end));
        const last = ((unit.body[offset + 5] ?? 0) & 2) !== 0;
        offset = end;
        if (!last) continue;
        const elements = commandElements(Buffer.concat(parts[0]));
        if (phase === 1) return { elements, dataSet: Buffer.concat(parts[1]) };
        if (elements.get(0x0800)?.readUInt16LE(0) === 0x0101) return { elements, dataSet: undefined };
        phase = 1;
      }
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function commandElements(command: Buffer): Map<number, Buffer> {
  const elements = new Map<number, Buffer>();
  for (let offset = 0; offset < command.length; ) {
    const end = offset + 8 + command.readUInt32LE(offset + 4);
    elements.set(command.readUInt16LE(offset + 2), command.subarray(offset + 8, end));
    offset = end;
  }
  return elements;
}

export interface RawContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export const DEFAULT_CONTEXTS: readonly RawContext[] = [
  { id: 1, abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT_LITTLE] },
  { id: 3, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] },
];

export function pdu(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(6);
  header[0] = type;
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

export function associateRequest(options: {
  called?: string;
  calling?: string;
  version?: number;
  applicationContext?: string;
  maximumLength?: number;
  asynchronousWindow?: boolean;
  contexts?: readonly RawContext[];
  /** SOP class, user role and provider role. */
  roles?: readonly (readonly [string, 0 | 1, 0 | 1])[];
}): Buffer {
  const head = Buffer.alloc(68, 0);
  head.writeUInt16BE(options.version ?? 1, 0);
  head.write((options.called ?? 'GATEHOUSE').padEnd(16), 4, 'latin1');
  head.write((options.calling ?? 'RAWPEER').padEnd(16), 20, 'latin1');
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(options.maximumLength ?? 16384);
  const contexts = (options.contexts ?? DEFAULT_CONTEXTS).map(({ id, abstractSyntax, transferSyntaxes }) =>
    item(
      0x20,
      Buffer.concat([
        Buffer.from([id, 0, 0, 0]),
        item(0x30, Buffer.from(abstractSyntax)),
        ...transferSyntaxes.map((uid) => item(0x40, Buffer.from(uid))),
      ]),
    ),
  );
  const user = [item(0x51, maximum), item(0x52, Buffer.from('1.2.3.4'))];
  if (options.asynchronousWindow) user.push(item(0x53, Buffer.from([0, 0, 0, 0])));
  for (const [sopClass, asUser, asProvider] of options.roles ?? []) user.push(roleItem(sopClass, asUser, asProvider));
  return pdu(
    1,
    Buffer.concat([
      head,
      item(0x10, Buffer.from(options.applicationContext ?? '1.2.840.10008.3.1.1.1')),
      ...contexts,
      item(0x50, Buffer.concat(user)),
    ]),
  );
}

/** A role selection item (PS3.7 §D.3.3.4). */
export function roleItem(sopClass: string, asUser: number, asProvider: number): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sopClass.length);
  return item(0x54, Buffer.concat([length, Buffer.from(sopClass), Buffer.from([asUser, asProvider])]));
}

/** The items of an A-ASSOCIATE-AC. */
export function acceptItems(body: Buffer): { type: number; value: Buffer }[] {
  return itemsOf(body.subarray(68));
}

export function itemsOf(bytes: Buffer): { type: number; value: Buffer }[] {
  const found = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + 4 + bytes.readUInt16BE(offset + 2);
    found.push({ type: bytes[offset] ?? 0, value: bytes.subarray(offset + 4, end) });
    offset = end;
  }
  return found;
}

/** Control: 1 command, 2 last fragment. */
export function pdv(contextId: number, control: number, bytes: Buffer): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt32BE(bytes.length + 2);
  header[4] = contextId;
  header[5] = control;
  return Buffer.concat([header, bytes]);
}

export function dataTransfer(...values: Buffer[]): Buffer {
  return pdu(4, Buffer.concat(values));
}

export const RELEASE_REQUEST = pdu(5, Buffer.alloc(4));
export const ABORT = pdu(7, Buffer.alloc(4));

export function storeCommand(options: { classUid?: string; instanceUid?: string; messageId?: number } = {}): Buffer {
  return command([
    [0x0002, uid(options.classUid ?? CT_STORAGE)],
    [0x0100, short(0x0001)],
    [0x0110, short(options.messageId ?? 1)],
    [0x0700, short(0)],
    [0x0800, short(0)],
    [0x1000, uid(options.instanceUid ?? '1.2.3.4.5')],
  ]);
}

export function echoCommand(messageId = 1, field = 0x0030): Buffer {
  return command([
    [0x0002, uid(VERIFICATION)],
    [0x0100, short(field)],
    [0x0110, short(messageId)],
    [0x0800, short(0x0101)],
  ]);
}

export function command(elements: readonly (readonly [number, Buffer])[]): Buffer {
  const body = Buffer.concat(elements.map(([number, value]) => element(0, number, value)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([element(0, 0, length), body]);
}

/** A small data set in explicit VR little endian: class, instance, and text of a given length. */
export function dataSet(instanceUid = '1.2.3.4.5', text = 'synthetic'): Buffer {
  const explicit = (group: number, number: number, vr: string, value: Buffer): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt16LE(group, 0);
    header.writeUInt16LE(number, 2);
    header.write(vr, 4, 'latin1');
    header.writeUInt16LE(value.length, 6);
    return Buffer.concat([header, value]);
  };
  return Buffer.concat([
    explicit(8, 0x16, 'UI', uid(CT_STORAGE)),
    explicit(8, 0x18, 'UI', uid(instanceUid)),
    explicit(8, 0x103e, 'LO', Buffer.from(text.length % 2 === 0 ? text : `${text} `)),
  ]);
}

/** A whole C-STORE in as few units as can be. */
export function store(instanceUid: string, bytes = dataSet(instanceUid), messageId = 1, contextId = 1): Buffer {
  return dataTransfer(pdv(contextId, 3, storeCommand({ instanceUid, messageId })), pdv(contextId, 2, bytes));
}

export function element(group: number, number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

export function item(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header[0] = type;
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function uid(text: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1');
}
