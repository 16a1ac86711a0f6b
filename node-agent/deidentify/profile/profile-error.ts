/** Why a profile cannot be used: every problem at once, each with its place and what to do about it. */

export interface ProfileProblem {
  /** Keys and indexes from the top of the file, e.g. ['rules', 3, 'action']. */
  readonly path: readonly (string | number)[];
  /** What is wrong and what to do, as a sentence. */
  readonly sentence: string;
}

export class ProfileError extends Error {
  override readonly name = 'ProfileError';

  /** @param lineOf the line of a place; absent where the profile was not read from a text */
  constructor(profile: string, problems: readonly ProfileProblem[], lineOf?: (path: ProfileProblem['path']) => number) {
    const lines = problems.map(({ path, sentence }) => {
      const line = lineOf === undefined ? '' : `line ${lineOf(path)}`;
      const place = [line, placeOf(path)].filter((part) => part !== '').join(', ');
      return `\n  ${place === '' ? '' : `${place}: `}${sentence}`;
    });
    super(`The de-identification profile ${profile} cannot be used.${lines.join('')}`);
  }
}

/** 'rules[3].action' */
function placeOf(path: ProfileProblem['path']): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}
