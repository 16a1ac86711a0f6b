/** The only importer of dcmjs-dimse, and the members of it that its typing leaves out. */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import dcmjsDimse from 'dcmjs-dimse';
import type { DimseFailure } from './dimse-failure.ts';

export const { Client, Dataset, requests, responses } = dcmjsDimse;

/** The library writes messages with their values to the console. */
dcmjsDimse.log.setLevel('silent');

export type LibraryRequest = InstanceType<typeof requests.CFindRequest>;

export interface LibraryResponse {
  getStatus(): number;
  getDataset(): { getElements(): Record<string, unknown> } | undefined;
  getCommandDataset(): { getElement(name: string): unknown };
}

export interface LibraryContext {
  getAbstractSyntaxUid(): string;
  getAcceptedTransferSyntaxUid(): string | undefined;
  /** PS3.8 table 9-18; 0 is acceptance. */
  getResult(): number;
  setProviderRole(on: boolean): void;
}

export interface LibraryCommand {
  hasDataset(): boolean;
  getCommandDataset(): { getElement(name: string): unknown };
}

export interface LibraryAssociation {
  addPresentationContext(sopClassUid: string): number;
  addTransferSyntaxToPresentationContext(id: number, uid: string): void;
  getPresentationContext(id: number): LibraryContext;
  getPresentationContexts(): { readonly id: number; readonly context: LibraryContext }[];
}

/** Members the typing leaves out; their presence is checked before they are used. */
export interface LibraryNetwork extends EventEmitter {
  socket: Socket;
  dimseStream: unknown;
  pending: unknown[];
  _performDimse(context: unknown, command: LibraryCommand): void;
  sendAssociationRequest(association: LibraryAssociation): void;
  createStoreWritableStream(context: LibraryContext, command: LibraryCommand): unknown;
  createDatasetFromStoreWritableStream(stream: unknown, context: unknown, done: (dataSet: unknown) => void): void;
}

/** The member that says which SOP class a request belongs to. */
export function named(request: LibraryRequest): {
  getAffectedSopClassUid(): string;
  setAffectedSopClassUid(uid: string): void;
} {
  return request as unknown as ReturnType<typeof named>;
}

/** An abstract syntax to propose, with the transfer syntaxes that share its context. */
export interface Proposal {
  readonly sopClassUid: string;
  readonly transferSyntaxUids: readonly string[];
  /** The PACS sends and this node keeps: SCP role of the requestor (PS3.7 §D.3.3.4). */
  readonly providerRole?: boolean;
}

/** Nothing may be thrown into the library: an exception there is an unhandled rejection of the process. */
export type Guard = <Values extends unknown[]>(work: (...values: Values) => void) => (...values: Values) => void;
/** Ends an operation, once. */
export type End = (failure?: DimseFailure) => void;
