/** A condition at start-up that the administrator has to settle; the message says what and how. */
export class StartUpError extends Error {
  override readonly name = 'StartUpError';
}
