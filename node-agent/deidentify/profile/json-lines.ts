/** On which line of a JSON text each of its values stands, so that a refusal can name the line. */

export interface JsonLines {
  /** The line, from 1, of the value at a path of keys and indexes; of its nearest parent where there is no such value. */
  lineOf(path: readonly (string | number)[]): number;
  /** Keys given twice in one object: JSON keeps the last and says nothing about the first. */
  readonly repeatedKeys: readonly { readonly path: readonly (string | number)[]; readonly line: number }[];
}

/** @param text well-formed JSON: whoever calls has parsed it already */
export function jsonLines(text: string): JsonLines {
  const scan = new LineScan(text);
  scan.value([]);
  const { lines, repeatedKeys } = scan;
  return {
    repeatedKeys,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length -= 1) {
        const line = lines.get(JSON.stringify(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    },
  };
}

class LineScan {
  readonly lines = new Map<string, number>();
  readonly repeatedKeys: { path: (string | number)[]; line: number }[] = [];
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  value(path: (string | number)[]): void {
    this.#space();
    this.lines.set(JSON.stringify(path), this.#line);
    switch (this.#text[this.#at]) {
      case '{':
        this.#members(path);
        break;
      case '[':
        this.#items(path);
        break;
      case '"':
        this.#string();
        break;
      default:
        while (this.#at < this.#text.length && !/[\s,\]}]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    }
  }

  #members(path: (string | number)[]): void {
    const keys = new Set<string>();
    this.#list('}', () => {
      const line = this.#line;
      const key = this.#string();
      const inside = [...path, key];
      if (keys.has(key)) this.repeatedKeys.push({ path: inside, line });
      keys.add(key);
      this.#space();
      this.#at += 1;
      this.value(inside);
    });
  }

  #items(path: (string | number)[]): void {
    let index = 0;
    this.#list(']', () => {
      this.value([...path, index]);
      index += 1;
    });
  }

  /** Entries between brackets, separated by commas. */
  #list(end: string, entry: () => void): void {
    this.#at += 1;
    this.#space();
    while (this.#at < this.#text.length && this.#text[this.#at] !== end) {
      entry();
      this.#space();
      if (this.#text[this.#at] === ',') this.#at += 1;
      this.#space();
    }
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    for (this.#at += 1; this.#text[this.#at] !== '"'; this.#at += 1) if (this.#text[this.#at] === '\\') this.#at += 1;
    this.#at += 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #space(): void {
    for (; this.#at < this.#text.length && /\s/.test(this.#text.charAt(this.#at)); this.#at += 1)
      if (this.#text[this.#at] === '\n') this.#line += 1;
  }
}
