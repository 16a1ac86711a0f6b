/** The lookup table of a CTP anonymizer: `keytype/key = value`, where a value `@keytype/key` stands for another row. */
import { refuseImport } from '../import-error.ts';

const MOST_STEPS = 10;
const MOST_ROWS = 100_000;

export class LookupTable {
  readonly #rows = new Map<string, string>();

  /** @throws ImportError for a line that is no row */
  constructor(text: string) {
    for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
      const row = raw.trim();
      if (row === '' || /^[#!]/.test(row)) continue;
      const match = /^((?:[^\\=:]|\\.)*)[=:](.*)$/.exec(row);
      const key = unescaped(match?.[1] ?? '').trim();
      if (match === null || !key.includes('/'))
        refuseImport(index + 1, 'A row of the lookup table is written as keytype/key = value; correct it.');
      if (this.#rows.has(key)) refuseImport(index + 1, 'The lookup table has this key twice; remove one row.');
      if (this.#rows.size >= MOST_ROWS) refuseImport(index + 1, `A lookup table may have ${MOST_ROWS} rows.`);
      this.#rows.set(key, unescaped(match[2] ?? '').trim());
    }
  }

  /** The rows of a key type, by key; rows that lead nowhere are left out, as CTP finds nothing there either. */
  rowsOf(keyType: string): Record<string, string> {
    const prefix = `${keyType}/`;
    const rows: [string, string][] = [];
    for (const [key, value] of this.#rows) {
      if (!key.startsWith(prefix)) continue;
      const end = this.#follow(value);
      if (end !== undefined) rows.push([key.slice(prefix.length).trim(), end]);
    }
    return Object.fromEntries(rows);
  }

  #follow(first: string): string | undefined {
    let value: string | undefined = first;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (value === undefined || !value.startsWith('@') || !value.includes('/')) return value;
      value = this.#rows.get(value.slice(1).trim());
    }
    return undefined;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}
