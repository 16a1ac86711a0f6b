/** Why a series, or a part of it, does not become a volume; stable words that callers may count by. */
export type RefusalReason =
  | 'not-an-image'
  | 'no-geometry'
  | 'mosaic'
  | 'colour'
  | 'compression'
  | 'damaged'
  | 'incomplete'
  | 'irregular-spacing'
  | 'mixed'
  | 'too-large'
  | 'missing-input'
  | 'not-applicable';

/** An image that is not harmonised. The sentence names what happened and what to do, never a value that identifies. */
export class ImageRefusal extends Error {
  override readonly name = 'ImageRefusal';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, sentence: string) {
    super(sentence);
    this.reason = reason;
  }
}
