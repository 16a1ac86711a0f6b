/** What a peer may ask of the receiver: lengths in bytes, times in milliseconds. */
export interface ReceiverLimits {
  /** Longest P-DATA-TF announced to the peer (PS3.8 annex D.1). */
  readonly maximumPduBytes: number;
  /** Longest A-ASSOCIATE-RQ: 128 contexts with many transfer syntaxes and an identity token fit. */
  readonly associateBytes: number;
  /** Longest command set. */
  readonly commandBytes: number;
  readonly openAssociations: number;
  /** ARTIM timer: how long a connection may take to ask for an association (PS3.8 §9.1.4). */
  readonly artimMilliseconds: number;
  /** How long a peer may take to close the transport after a reject, a release or an abort. */
  readonly lingerMilliseconds: number;
  /** How long nothing may arrive on an association while nothing is owed to the peer. */
  readonly idleMilliseconds: number;
  /** How long one unit may take from its first byte to its last. */
  readonly unitMilliseconds: number;
  /** How long a peer must be silent after a request for storage commitment before the report is sent on its association. */
  readonly reportSilenceMilliseconds: number;
  /** How long objects in transfer may take to finish when the receiver stops. */
  readonly graceMilliseconds: number;
}

export const DEFAULT_LIMITS: ReceiverLimits = {
  maximumPduBytes: 131_072,
  associateBytes: 512 * 1024,
  commandBytes: 16 * 1024,
  openAssociations: 64,
  artimMilliseconds: 30_000,
  lingerMilliseconds: 2_000,
  idleMilliseconds: 60_000,
  unitMilliseconds: 60_000,
  reportSilenceMilliseconds: 1_000,
  graceMilliseconds: 5_000,
};
