/** Protocol data units of the DICOM upper layer (PS3.8 §9.3): types, reasons, and those an acceptor sends. */

export const PDU_TYPE = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  dataTransfer: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;

/** Reasons of an A-ABORT whose source is the service provider (PS3.8 table 9-26). */
export const ABORT_REASON = {
  notSpecified: 0,
  unrecognisedPdu: 1,
  unexpectedPdu: 2,
  unexpectedParameter: 5,
  invalidParameterValue: 6,
} as const;

/** Bytes from the peer that break the protocol. The message is for the log and holds nothing the peer sent. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly abortReason: number;

  constructor(message: string, abortReason: number) {
    super(message);
    this.abortReason = abortReason;
  }
}

/** Why an association is rejected (PS3.8 table 9-21). */
export interface Rejection {
  readonly result: 1 | 2;
  readonly source: 1 | 2 | 3;
  readonly reason: number;
  /** For the association record and the log. */
  readonly sentence: string;
}

export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
const PDV_HEADER_BYTES = 6;
/** Bits of the message control header (PS3.8 annex E.2). */
const COMMAND = 0b01;
const DATA_SET = 0b00;
const LAST_FRAGMENT = 0b10;
const AE_TITLES_BYTES = 64; // called, calling and the reserved field after them

/** The answer to one proposed presentation context (PS3.8 table 9-18). */
export interface ContextAnswer {
  readonly id: number;
  /** 0 acceptance · 1 user rejection · 3 abstract syntax not supported · 4 transfer syntaxes not supported. */
  readonly result: 0 | 1 | 3 | 4;
  /** The transfer syntax accepted; on a refusal the field is there but has no meaning. */
  readonly transferSyntaxUid: string;
}

/** Which roles of a SOP class the requestor of the association proposes, or is granted (PS3.7 §D.3.3.4). */
export interface RoleSelection {
  readonly sopClassUid: string;
  readonly user: boolean;
  readonly provider: boolean;
}

export interface AcceptParameters {
  /** Called and calling AE title and the reserved bytes as they came (PS3.8 §9.3.3). */
  readonly titles: Uint8Array;
  readonly contexts: readonly ContextAnswer[];
  readonly roles: readonly RoleSelection[];
  readonly maximumLength: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
  /** Answer an asynchronous operations window of one and one, when the peer asked for any. */
  readonly answerAsynchronousWindow: boolean;
}

/** A-ASSOCIATE-AC (PS3.8 §9.3.3, user information of PS3.7 annex D.3.3). */
export function encodeAssociateAccept(parameters: AcceptParameters): Buffer {
  const titles = Buffer.alloc(AE_TITLES_BYTES);
  titles.set(parameters.titles.subarray(0, AE_TITLES_BYTES));
  return pdu(
    PDU_TYPE.associateAccept,
    Buffer.concat([
      Buffer.from([0, 1, 0, 0]), // protocol version 1
      titles,
      item(0x10, Buffer.from(APPLICATION_CONTEXT, 'latin1')),
      ...parameters.contexts.map(encodeContextAnswer),
      userInformation(parameters, parameters.answerAsynchronousWindow ? [item(0x53, Buffer.from([0, 1, 0, 1]))] : []),
    ]),
  );
}

type UserInformation = Pick<
  AcceptParameters,
  'maximumLength' | 'roles' | 'implementationClassUid' | 'implementationVersionName'
>;

/** PS3.7 annex D.3.3; @param window the asynchronous operations window, where there is one to write */
export function userInformation(parameters: UserInformation, window: readonly Buffer[] = []): Buffer {
  const maximumLength = Buffer.alloc(4);
  maximumLength.writeUInt32BE(parameters.maximumLength);
  const parts = [
    item(0x51, maximumLength),
    item(0x52, Buffer.from(parameters.implementationClassUid, 'latin1')),
    ...window,
    ...parameters.roles.map(encodeRole),
    item(0x55, Buffer.from(parameters.implementationVersionName, 'latin1')),
  ];
  return item(0x50, Buffer.concat(parts));
}

/** A-ASSOCIATE-RJ (PS3.8 §9.3.4). */
export function encodeAssociateReject(rejection: Rejection): Buffer {
  return pdu(PDU_TYPE.associateReject, Buffer.from([0, rejection.result, rejection.source, rejection.reason]));
}

/** A-RELEASE-RP (PS3.8 §9.3.7). */
export function encodeReleaseResponse(): Buffer {
  return pdu(PDU_TYPE.releaseResponse, Buffer.alloc(4));
}

/** A-ABORT (PS3.8 §9.3.8). @param source 0 service user, 2 service provider */
export function encodeAbort(source: 0 | 2, reason: number): Buffer {
  return pdu(PDU_TYPE.abort, Buffer.from([0, 0, source, source === 0 ? 0 : reason]));
}

/**
 * P-DATA-TF units that carry one message (PS3.8 §9.3.5), split where the peer takes only short ones.
 * @param dataSet undefined where the command says that there is none
 * @param peerMaximum the maximum length the peer announced; 0 = no limit
 */
export function encodeDataTransfer(
  contextId: number,
  command: Uint8Array,
  dataSet: Uint8Array | undefined,
  peerMaximum: number,
): Buffer {
  return Buffer.concat([
    ...fragments(contextId, command, COMMAND, peerMaximum),
    ...(dataSet ? fragments(contextId, dataSet, DATA_SET, peerMaximum) : []),
  ]);
}

function fragments(contextId: number, message: Uint8Array, kind: number, peerMaximum: number): Buffer[] {
  const room = peerMaximum === 0 ? message.length : Math.max(1, peerMaximum - PDV_HEADER_BYTES);
  const units: Buffer[] = [];
  for (let start = 0; start < message.length; start += room) {
    const fragment = message.subarray(start, start + room);
    const last = start + room >= message.length;
    const value = Buffer.alloc(PDV_HEADER_BYTES + fragment.length);
    value.writeUInt32BE(fragment.length + 2);
    value.writeUInt8(contextId, 4);
    value.writeUInt8(last ? kind | LAST_FRAGMENT : kind, 5);
    value.set(fragment, PDV_HEADER_BYTES);
    units.push(pdu(PDU_TYPE.dataTransfer, value));
  }
  return units;
}

function encodeContextAnswer(answer: ContextAnswer): Buffer {
  const transferSyntax = item(0x40, Buffer.from(answer.transferSyntaxUid, 'latin1'));
  return item(0x21, Buffer.concat([Buffer.from([answer.id, 0, answer.result, 0]), transferSyntax]));
}

function encodeRole({ sopClassUid, user, provider }: RoleSelection): Buffer {
  const uid = Buffer.from(sopClassUid, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(uid.length);
  return item(0x54, Buffer.concat([length, uid, Buffer.from([user ? 1 : 0, provider ? 1 : 0])]));
}

export function item(type: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt8(type);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

export function pdu(type: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt8(type);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}
