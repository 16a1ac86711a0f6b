/** Why a dataset cannot be drafted or advanced; the message is a sentence for the person who tried. */
export type DatasetErrorKind =
  /** there is no such dataset */
  | 'not-found'
  /** this user may not do it */
  | 'not-allowed'
  /** the dataset is not in a state from which this is possible */
  | 'invalid-transition'
  /** a check of the gate did not pass */
  | 'gate-closed'
  /** the fields of a new dataset or the reason do not fit */
  | 'invalid-input';

export class DatasetError extends Error {
  override readonly name = 'DatasetError';
  readonly kind: DatasetErrorKind;

  constructor(kind: DatasetErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
