/** A sender that asks for storage commitment, and the place where it listens for reports; put together from bytes. */
import { createServer, type Server } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  acceptItems,
  command,
  DEFAULT_CONTEXTS,
  dataTransfer,
  element,
  IMPLICIT_LITTLE,
  item,
  itemsOf,
  pdu,
  pdv,
  RawPeer,
  roleItem,
  short,
  type Unit,
  uid,
} from '../receiver/raw-peer.ts';

export const COMMITMENT = '1.2.840.10008.1.20.1';
export const COMMITMENT_INSTANCE = '1.2.840.10008.1.20.1.1';
export const COMMITMENT_CONTEXT = 5;
export const CONTEXTS = [
  ...DEFAULT_CONTEXTS,
  { id: COMMITMENT_CONTEXT, abstractSyntax: COMMITMENT, transferSyntaxes: [IMPLICIT_LITTLE] },
];

export type Reference = readonly [sopClassUid: string, sopInstanceUid: string];

export interface Action {
  readonly transactionUid?: string | undefined;
  readonly references?: readonly Reference[];
  readonly messageId?: number;
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
  readonly actionType?: number;
}

export function actionCommand(action: Action, dataSetType = 0x0001): Buffer {
  return command([
    [0x0003, uid(action.sopClassUid ?? COMMITMENT)],
    [0x0100, short(0x0130)],
    [0x0110, short(action.messageId ?? 7)],
    [0x0800, short(dataSetType)],
    [0x1001, uid(action.sopInstanceUid ?? COMMITMENT_INSTANCE)],
    [0x1008, short(action.actionType ?? 1)],
  ]);
}

/** The information of an N-ACTION in implicit VR little endian. */
export function actionInformation({ transactionUid = '1.2.3.99', references = [] }: Action): Buffer {
  const items = references.map(([sopClass, instance]) => {
    const content = Buffer.concat([element(8, 0x1150, uid(sopClass)), element(8, 0x1155, uid(instance))]);
    return element(0xfffe, 0xe000, content);
  });
  return Buffer.concat([element(8, 0x1195, uid(transactionUid)), element(8, 0x1199, Buffer.concat(items))]);
}

/** A whole N-ACTION. */
export function requestCommitment(action: Action, contextId = COMMITMENT_CONTEXT): Buffer {
  return Buffer.concat([
    dataTransfer(pdv(contextId, 3, actionCommand(action))),
    ...chunks(actionInformation(action)).map((part, index, all) =>
      dataTransfer(pdv(contextId, index === all.length - 1 ? 2 : 0, part)),
    ),
  ]);
}

function chunks(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += 60_000) parts.push(bytes.subarray(start, start + 60_000));
  return parts;
}

export interface Report {
  readonly messageId: number;
  readonly eventType: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transactionUid: string;
  readonly committed: readonly Reference[];
  readonly failed: readonly (readonly [string, string, reason: number])[];
}

/** Reads an N-EVENT-REPORT-RQ whose data set is in implicit VR little endian. */
export function readReport({ elements, dataSet = Buffer.alloc(0) }: Awaited<ReturnType<RawPeer['message']>>): Report {
  if (elements.get(0x0100)?.readUInt16LE(0) !== 0x0100) throw new Error('This is no N-EVENT-REPORT-RQ.');
  const content = dataElements(dataSet);
  const rows = (tag: number) => [...itemsIn(content.get(tag) ?? Buffer.alloc(0))].map(dataElements);
  const row = (values: Map<number, Buffer>) => [text(values.get(0x00081150)), text(values.get(0x00081155))] as const;
  return {
    messageId: elements.get(0x0110)?.readUInt16LE(0) ?? -1,
    eventType: elements.get(0x1002)?.readUInt16LE(0) ?? -1,
    sopClassUid: text(elements.get(0x0002)),
    sopInstanceUid: text(elements.get(0x1000)),
    transactionUid: text(content.get(0x00081195)),
    committed: rows(0x00081199).map(row),
    failed: rows(0x00081198).map((values) => [...row(values), values.get(0x00081197)?.readUInt16LE(0) ?? -1]),
  };
}

export function reportResponse(messageId: number, status = 0, contextId = COMMITMENT_CONTEXT): Buffer {
  const elements = [
    [0x0002, uid(COMMITMENT)],
    [0x0100, short(0x8100)],
    [0x0120, short(messageId)],
    [0x0800, short(0x0101)],
    [0x0900, short(status)],
  ] as const;
  return dataTransfer(pdv(contextId, 3, command(elements)));
}

export interface ListenerOptions {
  /** Statuses of the answers, one after the other; success when there is none left. */
  readonly statuses?: number[];
  /** What to do with an association request; accepts when there is none left. */
  readonly requests?: ('reject' | 'abort' | 'silence' | 'refuse context')[];
  /** Roles in the acceptance; none at all where undefined. */
  readonly role?: readonly [0 | 1, 0 | 1] | undefined;
  /** Wraps each connection, for TLS. */
  readonly server?: (onConnection: (peer: RawPeer) => void) => Server;
}

/** Where the sender listens: takes associations and reports, and remembers both. */
export class ReportListener {
  readonly reports: Report[] = [];
  /** Called and calling AE title, and the role selection, of every association request. */
  readonly requests: { called: string; calling: string; roles: number[][] }[] = [];
  readonly #options: ListenerOptions;
  #instead: { times: number; readonly most: number; readonly answer: (peer: RawPeer) => void } | undefined;
  port = 0;

  private constructor(options: ListenerOptions) {
    this.#options = options;
  }

  static async start(options: ListenerOptions = { role: [0, 1] }): Promise<ReportListener> {
    const listener = new ReportListener(options);
    const serve = (peer: RawPeer) => void listener.#serve(peer).catch(() => peer.socket.destroy());
    const server = options.server?.(serve) ?? createServer((socket) => serve(new RawPeer(socket)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    listener.port = (server.address() as { port: number }).port;
    onTestFinished(() => void server.close());
    return listener;
  }

  /** Answers the first reports otherwise. @returns how often that was done */
  answerWith(answer: (peer: RawPeer) => void, most = 1): { readonly times: number } {
    this.#instead = { times: 0, most, answer };
    return this.#instead;
  }

  async #serve(peer: RawPeer): Promise<void> {
    const request = await peer.unit();
    if (request?.type !== 1) throw new Error('An association was expected.');
    this.#note(request);
    const answer = this.#options.requests?.shift();
    if (answer === 'silence') return;
    if (answer === 'reject') return void peer.send(pdu(3, Buffer.from([0, 1, 1, 3])));
    if (answer === 'abort') return void peer.send(pdu(7, Buffer.alloc(4)));
    peer.send(this.#acceptance(request, answer === 'refuse context' ? 3 : 0));
    for (;;) {
      const message = await peer.message().catch(() => undefined);
      if (!message) return void peer.send(pdu(6, Buffer.alloc(4)));
      const report = readReport(message);
      this.reports.push(report);
      if (this.#instead && this.#instead.times < this.#instead.most) {
        this.#instead.times += 1;
        this.#instead.answer(peer);
        continue;
      }
      peer.send(reportResponse(report.messageId, this.#options.statuses?.shift() ?? 0, 1));
    }
  }

  #note({ body }: Unit): void {
    const user = itemsOf(body.subarray(68)).find(({ type }) => type === 0x50)?.value ?? Buffer.alloc(0);
    this.requests.push({
      called: body.subarray(4, 20).toString().trim(),
      calling: body.subarray(20, 36).toString().trim(),
      roles: itemsOf(user)
        .filter(({ type }) => type === 0x54)
        .map(({ value }) => [...value.subarray(-2)]),
    });
  }

  #acceptance({ body }: Unit, result: number): Buffer {
    const { role } = this.#options;
    const maximum = Buffer.alloc(4);
    maximum.writeUInt32BE(4096);
    const user = [item(0x51, maximum), item(0x52, Buffer.from('1.2.3.4'))];
    if (role) user.push(roleItem(COMMITMENT, ...role));
    return pdu(
      2,
      Buffer.concat([
        body.subarray(0, 68),
        item(0x10, Buffer.from('1.2.840.10008.3.1.1.1')),
        item(0x21, Buffer.concat([Buffer.from([1, 0, result, 0]), item(0x40, Buffer.from(IMPLICIT_LITTLE))])),
        item(0x50, Buffer.concat(user)),
      ]),
    );
  }
}

/** The role selection of an A-ASSOCIATE-AC. */
export function rolesGranted(unit: Unit | undefined): number[][] {
  const user = acceptItems(unit?.body ?? Buffer.alloc(68)).find(({ type }) => type === 0x50)?.value;
  return itemsOf(user ?? Buffer.alloc(0))
    .filter(({ type }) => type === 0x54)
    .map(({ value }) => [...value.subarray(-2)]);
}

function text(value: Buffer | undefined): string {
  return (value ?? Buffer.alloc(0)).toString('latin1').replace(/\0$/, '');
}

function dataElements(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let offset = 0; offset < bytes.length; ) {
    const tag = bytes.readUInt16LE(offset) * 0x10000 + bytes.readUInt16LE(offset + 2);
    const end = offset + 8 + bytes.readUInt32LE(offset + 4);
    found.set(tag, bytes.subarray(offset + 8, end));
    offset = end;
  }
  return found;
}

function* itemsIn(sequence: Buffer): Generator<Buffer> {
  for (let offset = 0; offset < sequence.length; ) {
    const end = offset + 8 + sequence.readUInt32LE(offset + 4);
    yield sequence.subarray(offset + 8, end);
    offset = end;
  }
}
