/** A de-identification profile: the basic profile of PS3.15 §E.2 with chosen options and overrides, as data. */
import { createHash } from 'node:crypto';
import type { ConfidentialityRow, OptionCode } from './confidentiality-table.ts';
import { readTable, type Table, tableHashes } from './read-table.ts';
import type { ActionCode } from './resolution.ts';

interface ProfileFile extends Table {
  readonly id: string;
  readonly title: string;
  readonly options: readonly string[];
  readonly overrides: readonly { readonly tag: string; readonly code: ActionCode; readonly why: string }[];
}

interface OptionsFile extends Table {
  readonly basic: CodedOption;
  readonly options: Readonly<Record<string, CodedOption>>;
  /** Options without a column in Table E.1-1: they act on pixels. */
  readonly pixelOptions: readonly CodedOption[];
}

/** A code of CID 7050 De-identification Method, scheme DCM. */
export interface CodedOption {
  readonly code: string;
  readonly meaning: string;
}

const KNOWN = readTable<OptionsFile>('options.json');

/** The meaning of every code of CID 7050 that the table of options holds. */
export const METHOD_MEANINGS: ReadonlyMap<string, string> = new Map(
  [KNOWN.basic, ...Object.values(KNOWN.options), ...KNOWN.pixelOptions].map(({ code, meaning }) => [code, meaning]),
);

/** What a profile makes of one row of Table E.1-1, and which layer of it decided. */
export interface ProfileDecision {
  readonly code: ActionCode;
  readonly rule: string;
  /** The options that decided; [] for the basic profile and for overrides. */
  readonly options: readonly string[];
}

/** Options that relax the same rows in two ways cannot both be chosen (PS3.15 §E.3.6). */
const EXCLUSIVE = ['retain_long_full_dates', 'retain_long_modified_dates'];

export class Profile {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly options: readonly string[];
  /** The codes of CID 7050 that this profile performs, the basic profile first. */
  readonly codes: readonly CodedOption[];
  readonly #overrides: ReadonlyMap<string, { readonly code: ActionCode; readonly why: string }>;
  readonly #file: ProfileFile;
  readonly #decisions = new Map<ConfidentialityRow, ProfileDecision>();

  /** @throws Error when the profile names unknown options or contradicts itself */
  constructor(file: ProfileFile) {
    if (EXCLUSIVE.every((option) => file.options.includes(option))) {
      throw new Error(`The profile "${file.id}" keeps full dates and modified dates at once; choose one of them.`);
    }
    this.id = file.id;
    this.version = file.edition;
    this.title = file.title;
    this.options = file.options;
    this.codes = [KNOWN.basic, ...file.options.map((option) => codeOf(option, file.id))];
    this.#overrides = new Map(file.overrides.map(({ tag, ...override }) => [tag, override]));
    this.#file = file;
  }

  /** The profile shipped under this name, e.g. 'eucaim'. */
  static shipped(id: string): Profile {
    return new Profile(readTable<ProfileFile>(`profile-${id}.json`));
  }

  /** An override wins over an option, an option over the basic profile; of two options the stricter (C) wins. */
  decide(row: ConfidentialityRow): ProfileDecision {
    let decision = this.#decisions.get(row);
    if (decision === undefined) {
      decision = this.#decide(row);
      this.#decisions.set(row, decision);
    }
    return decision;
  }

  /** The code of one of the options. @throws Error when there is no such option */
  codeOf(option: string): CodedOption {
    return codeOf(option, this.id);
  }

  /** SHA-256 of the profile and of every table that decides with it. Reads the tables: ask once and keep it. */
  contentHash(): string {
    return createHash('sha256')
      .update(canonicalJson({ profile: this.#file, tables: tableHashes() }))
      .digest('hex');
  }

  #decide(row: ConfidentialityRow): ProfileDecision {
    const override = this.#overrides.get(row.tag);
    if (override !== undefined) return { code: override.code, rule: `${this.id}: ${override.why}`, options: [] };
    const touching = this.options.filter((option) => row.options[option] !== undefined);
    if (touching.length === 0) return { code: row.basic, rule: `E.1-1 ${row.basic}`, options: [] };
    const code: OptionCode = touching.some((option) => row.options[option] === 'C') ? 'C' : 'K';
    const options = touching.filter((option) => row.options[option] === code);
    return { code, rule: `E.1-1 ${code} (${options.join(', ')})`, options };
  }
}

function codeOf(option: string, profile: string): CodedOption {
  const coded = KNOWN.options[option];
  if (coded === undefined) throw new Error(`The profile "${profile}" names an option that is not known: "${option}".`);
  return coded;
}

/** JSON with sorted keys, so that equal content has an equal hash. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}
