/** Names of columns and words for codes in the languages of the Union, and codes of other systems: data of `clinical-terms.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { keyOf } from '../text-key.ts';

const texts = z.array(z.string().min(1));
const termsSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  concepts: z.array(
    z.strictObject({
      code: z.string().regex(/^[A-Z]+[0-9]+$/u),
      label: z.string().min(1),
      systems: z.array(z.string().includes('|')),
      icd10: texts,
      words: texts,
    }),
  ),
  columns: z.array(z.strictObject({ target: z.string().min(1), names: texts })),
  yes: texts,
  no: texts,
});

const FILE = join(import.meta.dirname, '..', 'data', 'clinical-terms.json');
const ICD10 = /^[A-Z][0-9]{2}(?:\.?[0-9A-Z]{1,2})?$/u;
/** Systems under which codes of ICD-10 and topographies of ICD-O-3 come. */
const ICD_SYSTEMS = [/icd-10/iu, /icd-o-3/iu, /2\.16\.840\.1\.113883\.6\.(?:3|90|43\.1)$/u];

export class ClinicalTerms {
  readonly version: string;
  readonly #systems = new Map<string, string[]>();
  readonly #icd10: readonly { readonly begins: string; readonly code: string }[];
  readonly #words = new Map<string, string[]>();
  readonly #columns = new Map<string, string[]>();
  readonly #yes: ReadonlySet<string>;
  readonly #no: ReadonlySet<string>;

  constructor(file: string = FILE) {
    const terms = readTerms(file);
    this.version = terms.version;
    for (const { code, systems, words, label } of terms.concepts) {
      for (const system of systems) push(this.#systems, system, code);
      for (const word of [...words, label]) push(this.#words, keyOf(word), code);
    }
    this.#icd10 = terms.concepts
      .flatMap(({ code, icd10 }) => icd10.map((begins) => ({ begins, code })))
      .sort((one, other) => other.begins.length - one.begins.length);
    for (const { target, names } of terms.columns) for (const name of names) push(this.#columns, keyOf(name), target);
    this.#yes = new Set(terms.yes.map(keyOf));
    this.#no = new Set(terms.no.map(keyOf));
  }

  /** EUCAIM codes for a code of another system: `system|code`, or a code of ICD-10 or ICD-O-3 alone. */
  ofCode(text: string): readonly string[] {
    const known = this.#systems.get(text);
    if (known !== undefined) return known;
    const bar = text.indexOf('|');
    const system = text.slice(0, Math.max(bar, 0));
    const code = text
      .slice(bar + 1)
      .trim()
      .toUpperCase();
    if (!ICD10.test(code) || (bar >= 0 && !ICD_SYSTEMS.some((one) => one.test(system)))) return [];
    return this.#icd10.filter(({ begins }) => code.startsWith(begins)).map((one) => one.code);
  }

  /** EUCAIM codes that a word may mean; only to propose, a person decides. */
  ofWord(word: string): readonly string[] {
    return this.#words.get(keyOf(word)) ?? [];
  }

  /** Columns of the common data model, or roles, that a name of a column may mean. */
  targetsOf(name: string): readonly string[] {
    return this.#columns.get(keyOf(name)) ?? [];
  }

  /** @returns undefined for a word that is neither yes nor no */
  truthOf(word: string): boolean | undefined {
    const key = keyOf(word);
    if (this.#yes.has(key)) return true;
    return this.#no.has(key) ? false : undefined;
  }
}

function readTerms(file: string): z.infer<typeof termsSchema> {
  try {
    return termsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The clinical terms ${file} cannot be used: ${reason}. Restore the ones of the release.`);
  }
}

function push<Key>(map: Map<Key, string[]>, key: Key, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}
