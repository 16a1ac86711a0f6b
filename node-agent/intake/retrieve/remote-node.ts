/** A PACS as the client calls it. */

/** What this node shows to a PACS that asks for a client certificate. */
export interface OwnCertificate {
  readonly certificate: Buffer;
  readonly key: Buffer;
}

export interface RemoteNode {
  readonly host: string;
  readonly port: number;
  readonly aeTitle: string;
  readonly callingAeTitle: string;
  /** Certificate authorities the PACS's certificate is checked against; no TLS where undefined. */
  readonly certificateAuthorities?: Buffer | undefined;
  /** SHA-256 of the certificates it may show, 64 hexadecimal digits each; empty takes any the authorities vouch for. */
  readonly fingerprints?: readonly string[];
  readonly ownCertificate?: OwnCertificate | undefined;
}

export interface OperationLimits {
  readonly connectMilliseconds: number;
  /** Without a byte from the PACS. */
  readonly idleMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** A PACS may search for long before it answers. */
export const QUERY_LIMITS: OperationLimits = { connectMilliseconds: 10_000, idleMilliseconds: 60_000 };
