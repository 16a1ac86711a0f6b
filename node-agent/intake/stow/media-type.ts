/** Media types with their parameters, and what a client accepts (RFC 9110 §8.3.1, §12.5.1; PS3.18 §8.7). */

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly type: string;
  /** Names in lower case, values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/y;
const SEPARATOR = /[ \t]*;[ \t]*/y;
const TYPE = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*/;

/** @returns undefined where the text is no media type, or one of its parameters is malformed */
export function parseMediaType(text: string): MediaType | undefined {
  const found = TYPE.exec(text);
  if (!found?.[1]) return undefined;
  const parameters = new Map<string, string>();
  let position = found[0].length;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const taken = pattern.exec(text)?.[0];
    position += taken?.length ?? 0;
    return taken;
  };
  while (take(SEPARATOR) !== undefined) {
    const name = take(TOKEN)?.toLowerCase();
    if (name === undefined) continue; // a semicolon too many
    if (text[position] !== '=') return undefined;
    position += 1;
    const value = text[position] === '"' ? unquoted(take(QUOTED)) : take(TOKEN_OR_LOOSE);
    if (value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return text.slice(position).trim() === '' ? { type: found[1].toLowerCase(), parameters } : undefined;
}

/** Clients write `type=application/dicom` and boundaries of RFC 2046 §5.1.1 without the quotes they should have. */
const TOKEN_OR_LOOSE = /[^\s;",]+/y;

function unquoted(text: string | undefined): string | undefined {
  return text?.slice(1, -1).replace(/\\(.)/g, '$1');
}

/**
 * Whether one of the media types may be the answer.
 * @param accept the header field; nothing stands for everything
 */
export function accepts(accept: string | undefined, offered: readonly string[]): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((text) => text.trim().toLowerCase());
    if (parameters.some((text) => /^q=0(?:\.0*)?$/.test(text))) return false;
    return offered.some((one) => type === '*/*' || type === one || type === `${one.split('/')[0]}/*`);
  });
}
