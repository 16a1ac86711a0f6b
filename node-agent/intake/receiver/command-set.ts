/**
 * DIMSE command sets (PS3.7 §6.3, annex E): always implicit VR little endian, a handful of short
 * elements. Only what C-ECHO, C-STORE, N-ACTION and N-EVENT-REPORT need is decoded.
 */
import { ABORT_REASON, ProtocolError } from '../upper-layer/protocol-data-unit.ts';

export const COMMAND_FIELD = {
  cStoreRequest: 0x0001,
  cEchoRequest: 0x0030,
  nEventReportRequest: 0x0100,
  nActionRequest: 0x0130,
  cCancelRequest: 0x0fff,
} as const;
const RESPONSE_BIT = 0x8000;
const NO_DATA_SET = 0x0101;
const DATA_SET_FOLLOWS = 0x0001;
const LONGEST_ERROR_COMMENT = 64; // VR LO

const ELEMENT = {
  groupLength: 0x0000,
  affectedSopClassUid: 0x0002,
  requestedSopClassUid: 0x0003,
  commandField: 0x0100,
  messageId: 0x0110,
  messageIdBeingRespondedTo: 0x0120,
  commandDataSetType: 0x0800,
  status: 0x0900,
  errorComment: 0x0902,
  affectedSopInstanceUid: 0x1000,
  requestedSopInstanceUid: 0x1001,
  eventTypeId: 0x1002,
  actionTypeId: 0x1008,
} as const;

export interface Command {
  /** Of the request, also where this is its response. */
  readonly commandField: number;
  readonly isResponse: boolean;
  /** Of the message; of the one responded to where this is a response or cancels it. */
  readonly messageId: number;
  readonly hasDataSet: boolean;
  /** Affected SOP Class UID; of a DIMSE-N operation the Requested SOP Class UID. */
  readonly sopClassUid: string | undefined;
  readonly sopInstanceUid: string | undefined;
  readonly actionTypeId: number | undefined;
  /** Of a response. */
  readonly status: number | undefined;
}

/** Status of a response (PS3.7 annex C, PS3.4 table B.2-1), with a sentence for the sender's log. */
export interface Status {
  readonly code: number;
  /** At most 64 characters, without identifiers; left out on success. */
  readonly comment?: string;
}

export const SUCCESS: Status = { code: 0x0000 };

/** @throws ProtocolError when the bytes are not a command set with a command field and a message id */
export function parseCommand(bytes: Buffer): Command {
  const values = new Map<number, Buffer>();
  for (let offset = 0; offset < bytes.length; ) {
    if (offset + 8 > bytes.length) throw malformed('ends inside an element');
    const group = bytes.readUInt16LE(offset);
    const element = bytes.readUInt16LE(offset + 2);
    const end = offset + 8 + bytes.readUInt32LE(offset + 4);
    if (group !== 0x0000) throw malformed('holds an element of another group');
    if (end > bytes.length) throw malformed('has an element longer than itself');
    values.set(element, bytes.subarray(offset + 8, end));
    offset = end;
  }
  const commandField = shortOf(values.get(ELEMENT.commandField));
  if (commandField === undefined) throw malformed('has no command field');
  const isResponse = (commandField & RESPONSE_BIT) !== 0;
  const identifier =
    isResponse || commandField === COMMAND_FIELD.cCancelRequest ? ELEMENT.messageIdBeingRespondedTo : ELEMENT.messageId;
  const messageId = shortOf(values.get(identifier));
  if (messageId === undefined) throw malformed('has no message id');
  return {
    commandField: commandField & ~RESPONSE_BIT,
    isResponse,
    messageId,
    hasDataSet: (shortOf(values.get(ELEMENT.commandDataSetType)) ?? NO_DATA_SET) !== NO_DATA_SET,
    sopClassUid: uidOf(values.get(ELEMENT.affectedSopClassUid) ?? values.get(ELEMENT.requestedSopClassUid)),
    sopInstanceUid: uidOf(values.get(ELEMENT.affectedSopInstanceUid) ?? values.get(ELEMENT.requestedSopInstanceUid)),
    actionTypeId: shortOf(values.get(ELEMENT.actionTypeId)),
    status: shortOf(values.get(ELEMENT.status)),
  };
}

/** The response to a command: the same message id and UIDs, the status, no data set. */
export function encodeResponse(command: Command, status: Status): Buffer {
  return commandSet([
    ...uidElement(ELEMENT.affectedSopClassUid, command.sopClassUid),
    shortElement(ELEMENT.commandField, command.commandField | RESPONSE_BIT),
    shortElement(ELEMENT.messageIdBeingRespondedTo, command.messageId),
    shortElement(ELEMENT.commandDataSetType, NO_DATA_SET),
    shortElement(ELEMENT.status, status.code),
    ...(status.comment === undefined
      ? []
      : [element(ELEMENT.errorComment, padded(status.comment.slice(0, LONGEST_ERROR_COMMENT), ' '))]),
    ...uidElement(ELEMENT.affectedSopInstanceUid, command.sopInstanceUid),
    ...(command.actionTypeId === undefined ? [] : [shortElement(ELEMENT.actionTypeId, command.actionTypeId)]),
  ]);
}

export interface EventReport {
  readonly messageId: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly eventTypeId: number;
}

/** An N-EVENT-REPORT-RQ that a data set follows (PS3.7 §10.3.1). */
export function encodeEventReport(report: EventReport): Buffer {
  return commandSet([
    ...uidElement(ELEMENT.affectedSopClassUid, report.sopClassUid),
    shortElement(ELEMENT.commandField, COMMAND_FIELD.nEventReportRequest),
    shortElement(ELEMENT.messageId, report.messageId),
    shortElement(ELEMENT.commandDataSetType, DATA_SET_FOLLOWS),
    ...uidElement(ELEMENT.affectedSopInstanceUid, report.sopInstanceUid),
    shortElement(ELEMENT.eventTypeId, report.eventTypeId),
  ]);
}

function commandSet(elements: readonly Buffer[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([element(ELEMENT.groupLength, length), ...elements]);
}

/**
 * Whether a UID of a command can be worked with. Wider than PS3.5 §9.1: real archives send numbers
 * with leading zeros, and refusing those objects would lose them.
 */
export function isUsableUid(uid: string | undefined): uid is string {
  return uid !== undefined && /^[0-9.]{1,64}$/.test(uid);
}

function shortOf(value: Buffer | undefined): number | undefined {
  return value && value.length >= 2 ? value.readUInt16LE(0) : undefined;
}

function uidOf(value: Buffer | undefined): string | undefined {
  return value?.toString('latin1').replace(/[\0 ]+$/, '');
}

/** A malformed UID is not echoed: the response must be well formed. */
function uidElement(number: number, uid: string | undefined): Buffer[] {
  return isUsableUid(uid) ? [element(number, padded(uid, '\0'))] : [];
}

function shortElement(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(number, bytes);
}

function padded(text: string, padding: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + padding, 'latin1');
}

function element(number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function malformed(what: string): ProtocolError {
  return new ProtocolError(`A command set ${what}.`, ABORT_REASON.notSpecified);
}
