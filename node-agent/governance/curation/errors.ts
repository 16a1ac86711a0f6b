/** Why a pattern of series cannot be settled as asked. */
export class CurationError extends Error {
  readonly reason: 'unknown-pattern' | 'unknown-concept' | 'not-settled';

  constructor(reason: CurationError['reason'], message: string) {
    super(message);
    this.name = 'CurationError';
    this.reason = reason;
  }
}
