/** Protocol data units of the side that asks for an association (PS3.8 §9.3). */
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../../dicom/uids.ts';
import { items, rolesOf, uidText } from './association-request.ts';
import {
  ABORT_REASON,
  APPLICATION_CONTEXT,
  item,
  PDU_TYPE,
  ProtocolError,
  pdu,
  type RoleSelection,
  userInformation,
} from './protocol-data-unit.ts';

export interface Proposal {
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly abstractSyntaxUid: string;
  readonly transferSyntaxUids: readonly string[];
  readonly role: RoleSelection;
  readonly maximumLength: number;
}

/** What the acceptor made of a proposal. */
export interface Acceptance {
  /** Result of PS3.8 table 9-18; undefined where the context is not answered. */
  readonly result: number | undefined;
  readonly transferSyntaxUid: string;
  /** Undefined where the acceptor says nothing about roles. */
  readonly role: RoleSelection | undefined;
  /** Longest P-DATA-TF the peer takes; 0 = no limit. */
  readonly maximumLength: number;
}

/** The one context that is ever proposed. */
export const CONTEXT_ID = 1;
const TITLE_LENGTH = 16;
const RESERVED_BYTES = 32;
const FIXED_BYTES = 68;

/** A-ASSOCIATE-RQ with one presentation context (PS3.8 §9.3.2). */
export function encodeAssociateRequest(proposal: Proposal): Buffer {
  const { abstractSyntaxUid, transferSyntaxUids, role, maximumLength } = proposal;
  const title = (text: string) => Buffer.from(text.padEnd(TITLE_LENGTH).slice(0, TITLE_LENGTH), 'latin1');
  return pdu(
    PDU_TYPE.associateRequest,
    Buffer.concat([
      Buffer.from([0, 1, 0, 0]), // protocol version 1
      title(proposal.calledAeTitle),
      title(proposal.callingAeTitle),
      Buffer.alloc(RESERVED_BYTES),
      item(0x10, Buffer.from(APPLICATION_CONTEXT, 'latin1')),
      item(
        0x20,
        Buffer.concat([
          Buffer.from([CONTEXT_ID, 0, 0, 0]),
          item(0x30, Buffer.from(abstractSyntaxUid, 'latin1')),
          ...transferSyntaxUids.map((uid) => item(0x40, Buffer.from(uid, 'latin1'))),
        ]),
      ),
      userInformation({
        maximumLength,
        roles: [role],
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersionName: IMPLEMENTATION_VERSION_NAME,
      }),
    ]),
  );
}

/** A-RELEASE-RQ (PS3.8 §9.3.6). */
export function encodeReleaseRequest(): Buffer {
  return pdu(PDU_TYPE.releaseRequest, Buffer.alloc(4));
}

/** Reads an A-ASSOCIATE-AC (PS3.8 §9.3.3). @throws ProtocolError when it is malformed */
export function parseAssociateAccept(body: Buffer): Acceptance {
  const parts = body.length < FIXED_BYTES ? [] : items(body.subarray(FIXED_BYTES));
  const context = parts.find(({ type, value }) => type === 0x21 && value.length >= 4 && value[0] === CONTEXT_ID);
  const user = items(parts.find(({ type }) => type === 0x50)?.value ?? Buffer.alloc(0));
  const maximumLength = user.find(({ type }) => type === 0x51)?.value ?? Buffer.alloc(4);
  if (maximumLength.length !== 4) {
    throw new ProtocolError('The acceptance has a maximum length of wrong size.', ABORT_REASON.invalidParameterValue);
  }
  const syntax = context && items(context.value.subarray(4)).find(({ type }) => type === 0x40);
  return {
    result: context?.value[2],
    transferSyntaxUid: syntax ? uidText(syntax.value) : '',
    role: rolesOf(user)[0],
    maximumLength: maximumLength.readUInt32BE(0),
  };
}
