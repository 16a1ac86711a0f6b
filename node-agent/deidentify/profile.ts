/**
 * A de-identification profile in use: the basic profile of PS3.15 §E.2 with chosen options, then the profile's own rules.
 * A rule wins over an option, an option over the basic profile; of two options that disagree the stricter wins.
 */
import { createHash } from 'node:crypto';
import type { Tag } from '../dicom/data-set.ts';
import type { ConfidentialityRow } from './confidentiality-table.ts';
import { BASIC_PROFILE, type CodedOption, decideByOptions, optionNamed, type ProfileDecision } from './options.ts';
import type { ProfileFile } from './profile/profile-file.ts';
import { readProfile } from './profile/profile-reader.ts';
import { ProfileRules } from './profile/profile-rules.ts';
import { tableHashes } from './read-table.ts';
import { fold } from './text/folding.ts';

export class Profile {
  readonly id: string;
  readonly version: string;
  readonly options: readonly string[];
  /** The codes of CID 7050 that this profile performs, the basic profile first. */
  readonly codes: readonly CodedOption[];
  readonly rules: ProfileRules;
  readonly identifiers: ProfileFile['identifiers'];
  readonly dates: ProfileFile['dates'];
  readonly #file: ProfileFile;
  readonly #decisions = new Map<ConfidentialityRow, ProfileDecision>();

  /** @param file as `readProfile` gives it, which has checked it */
  constructor(file: ProfileFile) {
    this.id = file.name;
    this.version = file.version;
    this.options = file.options;
    this.codes = [BASIC_PROFILE, ...file.options.map((option) => codeOf(option))];
    this.rules = new ProfileRules(file);
    this.identifiers = file.identifiers;
    this.dates = file.dates;
    this.#file = file;
  }

  /** The profile shipped under this name, e.g. 'eucaim'. @throws ProfileError when there is none */
  static shipped(name: string): Profile {
    return new Profile(readProfile(name));
  }

  has(option: string): boolean {
    return this.options.includes(option);
  }

  /** What the basic profile and the options make of a row; rules are asked before. */
  decide(row: ConfidentialityRow): ProfileDecision {
    let decision = this.#decisions.get(row);
    if (decision === undefined) {
      decision = decideByOptions(row, this.options);
      this.#decisions.set(row, decision);
    }
    return decision;
  }

  /** Whether an attribute goes wherever no IOD requires it. @param row the row of Table E.1-1 for it, if there is one */
  takesAway(tag: Tag, row: ConfidentialityRow | undefined): boolean | undefined {
    const rule = this.rules.always(tag);
    if (rule !== undefined) return rule.action === 'remove';
    return row === undefined ? undefined : this.decide(row).code.startsWith('X');
  }

  /**
   * SHA-256 of the profile, of every table that decides with it, and of the words that the site approved. Reads the
   * tables: ask once and keep it.
   */
  contentHash(approvedWords: readonly string[] = []): string {
    const approved = [...new Set(approvedWords.map(fold))].sort();
    return createHash('sha256')
      .update(
        canonicalJson({
          profile: this.#file,
          tables: tableHashes(),
          approved: approved.length > 0 ? approved : undefined,
        }),
      )
      .digest('hex');
  }
}

/** The code of CID 7050 of an option that the profile was allowed to name. */
export function codeOf(option: string): CodedOption {
  const coded = optionNamed(option);
  if (coded === undefined) throw new Error('A profile names an option that is not in the table of options.');
  return coded;
}

/** JSON with sorted keys, so that equal content has an equal hash. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}
