/** A rule of the profile says that the whole object must be kept back. */
export class SetAside extends Error {
  override readonly name = 'SetAside';
}
