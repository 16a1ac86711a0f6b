/** The options of PS3.15 §E.3: their codes (CID 7050), and what several of them make of one row of Table E.1-1. */
import type { ConfidentialityRow, OptionCode } from './confidentiality-table.ts';
import { readTable, type Table } from './read-table.ts';
import type { ActionCode } from './resolution.ts';

/** A code of CID 7050 De-identification Method, scheme DCM. */
export interface CodedOption {
  readonly code: string;
  readonly meaning: string;
}

interface Option extends CodedOption {
  /** Of PS3.15. */
  readonly section: string;
}

interface OptionsFile extends Table {
  readonly basic: CodedOption;
  readonly options: Readonly<Record<string, Option>>;
  /** Options without a column in Table E.1-1: they act on pixels. */
  readonly pixelOptions: readonly CodedOption[];
}

const KNOWN = readTable<OptionsFile>('options.json');

export const BASIC_PROFILE: CodedOption = KNOWN.basic;

/** The meaning of every code of CID 7050 that the table of options holds. */
export const METHOD_MEANINGS: ReadonlyMap<string, string> = new Map(
  [KNOWN.basic, ...Object.values(KNOWN.options), ...KNOWN.pixelOptions].map(({ code, meaning }) => [code, meaning]),
);

/** By the name of its column, e.g. 'retain_uids'; undefined when there is no such option. */
export function optionNamed(name: string): CodedOption | undefined {
  const option = Object.hasOwn(KNOWN.options, name) ? KNOWN.options[name] : undefined;
  return option && { code: option.code, meaning: option.meaning };
}

/** The sections of PS3.15 that describe options. */
export function sectionsOf(options: readonly string[]): string[] {
  return [...new Set(options.flatMap((option) => KNOWN.options[option]?.section ?? []))];
}

export function optionNames(): string[] {
  return Object.keys(KNOWN.options);
}

/** What a profile makes of one row of Table E.1-1, and which layer of it decided. */
export interface ProfileDecision {
  readonly code: ActionCode;
  readonly rule: string;
  /** The options that decided; [] for the basic profile. */
  readonly options: readonly string[];
  /** Where chosen options disagree: which, and which won. */
  readonly disagreement?: string;
}

/** An option wins over the basic profile (PS3.15 §E.3); of two options that disagree the stricter (C) wins. */
export function decideByOptions(row: ConfidentialityRow, chosen: readonly string[]): ProfileDecision {
  const touching = chosen.filter((option) => row.options[option] !== undefined);
  if (touching.length === 0) return { code: row.basic, rule: `E.1-1 ${row.basic}`, options: [] };
  const saying = (code: OptionCode): string[] => touching.filter((option) => row.options[option] === code);
  const [cleaning, keeping] = [saying('C'), saying('K')];
  const code = cleaning.length > 0 ? 'C' : 'K';
  const options = code === 'C' ? cleaning : keeping;
  const decision = { code, rule: `E.1-1 ${code} (${options.join(', ')})`, options } as const;
  if (cleaning.length === 0 || keeping.length === 0) return decision;
  return {
    ...decision,
    disagreement: `Options disagree about ${row.tag} ${row.name}: ${keeping.join(', ')} keeps it, ${cleaning.join(', ')} cleans it. It was cleaned, which is stricter.`,
  };
}
