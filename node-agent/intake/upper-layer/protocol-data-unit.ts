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
const AE_TITLES_BYTES = 64; // called, calling and the reserved field after them

/** The answer to one proposed presentation context (PS3.8 table 9-18). */
export interface ContextAnswer {
  readonly id: number;
  /** 0 acceptance · 1 user rejection · 3 abstract syntax not supported · 4 transfer syntaxes not supported. */
  readonly result: 0 | 1 | 3 | 4;
  /** The transfer syntax accepted; on a refusal the field is there but has no meaning. */
  readonly transferSyntaxUid: string;
}

export interface AcceptParameters {
  /** Called and calling AE title and the reserved bytes as they came (PS3.8 §9.3.3). */
  readonly titles: Uint8Array;
  readonly contexts: readonly ContextAnswer[];
  readonly maximumLength: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
  /** Answer an asynchronous operations window of one and one, when the peer asked for any. */
  readonly answerAsynchronousWindow: boolean;
}

/** A-ASSOCIATE-AC (PS3.8 §9.3.3, user information of PS3.7 annex D.3.3). */
export function encodeAssociateAccept(parameters: AcceptParameters): Buffer {
  const maximumLength = Buffer.alloc(4);
  maximumLength.writeUInt32BE(parameters.maximumLength);
  const userInformation = [
    item(0x51, maximumLength),
    item(0x52, Buffer.from(parameters.implementationClassUid, 'latin1')),
    ...(parameters.answerAsynchronousWindow ? [item(0x53, Buffer.from([0, 1, 0, 1]))] : []),
    item(0x55, Buffer.from(parameters.implementationVersionName, 'latin1')),
  ];
  const titles = Buffer.alloc(AE_TITLES_BYTES);
  titles.set(parameters.titles.subarray(0, AE_TITLES_BYTES));
  return pdu(
    PDU_TYPE.associateAccept,
    Buffer.concat([
      Buffer.from([0, 1, 0, 0]), // protocol version 1
      titles,
      item(0x10, Buffer.from(APPLICATION_CONTEXT, 'latin1')),
      ...parameters.contexts.map(encodeContextAnswer),
      item(0x50, Buffer.concat(userInformation)),
    ]),
  );
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
 * P-DATA-TF units that carry one command (PS3.8 §9.3.5), split where the peer takes only short ones.
 * @param peerMaximum the maximum length the peer announced; 0 = no limit
 */
export function encodeCommandTransfer(contextId: number, command: Uint8Array, peerMaximum: number): Buffer {
  const room = peerMaximum === 0 ? command.length : Math.max(1, peerMaximum - PDV_HEADER_BYTES);
  const units: Buffer[] = [];
  for (let start = 0; start < command.length; start += room) {
    const fragment = command.subarray(start, start + room);
    const last = start + room >= command.length;
    const value = Buffer.alloc(PDV_HEADER_BYTES + fragment.length);
    value.writeUInt32BE(fragment.length + 2);
    value.writeUInt8(contextId, 4);
    value.writeUInt8(last ? 0b11 : 0b01, 5); // message control header, PS3.8 annex E.2
    value.set(fragment, PDV_HEADER_BYTES);
    units.push(pdu(PDU_TYPE.dataTransfer, value));
  }
  return Buffer.concat(units);
}

function encodeContextAnswer(answer: ContextAnswer): Buffer {
  const transferSyntax = item(0x40, Buffer.from(answer.transferSyntaxUid, 'latin1'));
  return item(0x21, Buffer.concat([Buffer.from([answer.id, 0, answer.result, 0]), transferSyntax]));
}

function item(type: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt8(type);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

function pdu(type: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt8(type);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}
