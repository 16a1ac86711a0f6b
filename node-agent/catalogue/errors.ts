export type CatalogueErrorReason =
  | 'missing-identifier'
  | 'unsafe-identifier'
  | 'patient-mismatch'
  | 'study-mismatch'
  | 'duplicate-instance';

/** An object that the index cannot take; the message says why and holds no value of the object. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly reason: CatalogueErrorReason;

  constructor(reason: CatalogueErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
