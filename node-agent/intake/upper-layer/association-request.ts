/** Reading an A-ASSOCIATE-RQ (PS3.8 §9.3.2, user information of PS3.7 annex D.3.3). */
import { ABORT_REASON, ProtocolError, type RoleSelection } from './protocol-data-unit.ts';

export interface ProposedContext {
  /** Odd, 1 to 255; in whatever order the peer chose. */
  readonly id: number;
  readonly abstractSyntaxUid: string;
  readonly transferSyntaxUids: readonly string[];
}

export interface AssociationRequest {
  readonly protocolVersion: number;
  /** Without padding; control characters replaced, so that it can be logged. */
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  /** The 64 bytes of both titles and the reserved field, to be echoed. */
  readonly titles: Uint8Array;
  readonly applicationContextUid: string;
  readonly contexts: readonly ProposedContext[];
  /** Longest P-DATA-TF the peer takes; 0 = no limit. */
  readonly maximumLength: number;
  readonly asynchronousWindow: boolean;
  /** For SOP classes whose roles are not the default ones. */
  readonly roles: readonly RoleSelection[];
}

export interface Item {
  readonly type: number;
  readonly value: Buffer;
}

const FIXED_BYTES = 68;
const LARGEST_CONTEXT_COUNT = 128;

/** @throws ProtocolError when the request is malformed */
export function parseAssociationRequest(body: Buffer): AssociationRequest {
  if (body.length < FIXED_BYTES) throw malformed('is too short');
  let applicationContextUid = '';
  const contexts: ProposedContext[] = [];
  let userInformation: Item[] = [];
  for (const { type, value } of items(body.subarray(FIXED_BYTES))) {
    if (type === 0x10) applicationContextUid = uidText(value);
    else if (type === 0x20) contexts.push(parseContext(value));
    else if (type === 0x50) userInformation = items(value);
    // other items are ignored, as PS3.8 §9.3.1 asks
  }
  if (contexts.length > LARGEST_CONTEXT_COUNT || new Set(contexts.map(({ id }) => id)).size !== contexts.length) {
    throw malformed('proposes the same presentation context id twice');
  }
  const maximumLength = userInformation.find(({ type }) => type === 0x51)?.value;
  if (maximumLength && maximumLength.length !== 4) throw malformed('has a maximum length of wrong size');
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAeTitle: titleText(body.subarray(4, 20)),
    callingAeTitle: titleText(body.subarray(20, 36)),
    titles: Buffer.from(body.subarray(4, FIXED_BYTES)),
    applicationContextUid,
    contexts,
    maximumLength: maximumLength?.readUInt32BE(0) ?? 0,
    asynchronousWindow: userInformation.some(({ type }) => type === 0x53),
    roles: rolesOf(userInformation),
  };
}

/** PS3.7 §D.3.3.4; an item that is not well formed proposes nothing. */
export function rolesOf(userInformation: readonly Item[]): RoleSelection[] {
  return userInformation.flatMap(({ type, value }) => {
    if (type !== 0x54 || value.length < 4 || value.length !== value.readUInt16BE(0) + 4) return [];
    const [user, provider] = [value.at(-2) === 1, value.at(-1) === 1];
    return [{ sopClassUid: uidText(value.subarray(2, -2)), user, provider }];
  });
}

function parseContext(value: Buffer): ProposedContext {
  if (value.length < 4) throw malformed('has a presentation context that is too short');
  const id = value.readUInt8(0);
  if (id % 2 === 0) throw malformed('has an even presentation context id');
  const parts = items(value.subarray(4));
  return {
    id,
    abstractSyntaxUid: uidText(parts.find(({ type }) => type === 0x30)?.value ?? Buffer.alloc(0)),
    transferSyntaxUids: parts.filter(({ type }) => type === 0x40).map((part) => uidText(part.value)),
  };
}

/** @throws ProtocolError when they do not fit into the bytes */
export function items(bytes: Buffer): Item[] {
  const found: Item[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    if (offset + 4 > bytes.length) throw malformed('ends inside an item');
    const length = bytes.readUInt16BE(offset + 2);
    const end = offset + 4 + length;
    if (end > bytes.length) throw malformed('has an item longer than itself');
    found.push({ type: bytes.readUInt8(offset), value: bytes.subarray(offset + 4, end) });
    offset = end;
  }
  return found;
}

/** Some peers pad UIDs to even length although PS3.8 annex F forbids it. */
export function uidText(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\0 ]+$/, '');
}

function titleText(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
}

function malformed(what: string): ProtocolError {
  return new ProtocolError(`The association request ${what}.`, ABORT_REASON.invalidParameterValue);
}
