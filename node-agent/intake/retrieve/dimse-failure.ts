/** Why an operation at a PACS did not succeed, and whether trying again later can help. */

export class DimseFailure extends Error {
  override readonly name = 'DimseFailure';
  /** True where the same request may succeed later without anybody changing anything. */
  readonly transient: boolean;
  /** What the PACS answered; undefined where it did not answer. */
  readonly status: number | undefined;

  /** @param message what happened and what to do; without identifiers */
  constructor(message: string, transient: boolean, status?: number) {
    super(message);
    this.transient = transient;
    this.status = status;
  }
}

/** Out of resources: unable to perform sub-operations (PS3.4 tables C.4-2 and C.4-3). */
export const UNABLE_TO_SEND = 0xa702;

const REJECTED_PERMANENTLY = 1;
const REASONS: Readonly<Record<string, string>> = {
  '1/3': 'it does not know the calling AE title of this node. Register it at the PACS.',
  '1/7': 'it does not know the called AE title. Correct the AE title of the archive.',
  '1/2': 'it does not support the application context. Ask its vendor.',
};

/** Reads an A-ASSOCIATE-RJ (PS3.8 table 9-21). */
export function rejection(result: number, source: number, reason: number): DimseFailure {
  const why = REASONS[`${source}/${reason}`];
  if (result === REJECTED_PERMANENTLY) {
    const sentence = why ?? 'it gave no usable reason. Check both AE titles, host and port on both sides.';
    return new DimseFailure(`The PACS rejected the association: ${sentence}`, false);
  }
  return new DimseFailure('The PACS rejected the association for now: it is busy. It is tried again later.', true);
}

const STATUSES: Readonly<Record<number, readonly [sentence: string, transient: boolean]>> = {
  42753: ['The PACS is out of resources to count the matches (A701). It is tried again later.', true],
  [UNABLE_TO_SEND]: [
    'The PACS could not send the objects (A702): it is out of resources, or cannot reach this node. It is tried again later.',
    true,
  ],
  42752: ['The PACS is out of resources (A700). It is tried again later.', true],
  43009: [
    'The PACS does not know this node as a move destination (A801). Register its AE title, host and port at the PACS.',
    false,
  ],
  43264: ['The identifier does not match the SOP class (A900). Another query/retrieve model may be needed.', false],
  290: ['The PACS does not support this query/retrieve class (0122). Choose the other way of retrieval.', false],
  292: ['The PACS does not permit this node the operation (0124). Ask its administrator for the right.', false],
};

/** Reads a failure status of C-FIND, C-MOVE or C-GET (PS3.4 tables C.4-1, C.4-2 and C.4-3). */
export function refusal(status: number): DimseFailure {
  const known = STATUSES[status];
  if (known) return new DimseFailure(...known, status);
  const code = status.toString(16).toUpperCase().padStart(4, '0');
  if (status >> 12 === 0xc) {
    return new DimseFailure(
      `The PACS is unable to process the request (${code}). Its own log says why.`,
      false,
      status,
    );
  }
  return new DimseFailure(`The PACS answered with the failure ${code}. Its own log says why.`, false, status);
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at the host and port of the PACS. Check both, and that it runs.',
  ENOTFOUND: 'The host name of the PACS is not known. Check it.',
  EHOSTUNREACH: 'The host of the PACS cannot be reached. Check the network and the firewall.',
  ENETUNREACH: 'The network of the PACS cannot be reached. Check the network.',
};

/** The association stands, but not for what is asked (PS3.8 table 9-18, results 1 to 4). */
export function notOffered(): DimseFailure {
  return new DimseFailure(
    'The PACS does not offer this query/retrieve class to this node. Allow it there, or choose the other way of retrieval.',
    false,
  );
}

/** The message of the library is dropped: it may hold AE titles and bytes of the peer. */
export function connectionFailure(code: string | undefined): DimseFailure {
  const known = code === undefined ? undefined : NETWORK[code];
  const certificate = code !== undefined && /CERT|SELF_SIGNED|ISSUER|SSL|TLS|ALTNAME/.test(code);
  if (certificate) {
    return new DimseFailure(`The TLS certificate of the PACS was not accepted (${code}). Check the CA file.`, false);
  }
  return new DimseFailure(known ?? 'The connection to the PACS broke. It is tried again later.', true);
}
