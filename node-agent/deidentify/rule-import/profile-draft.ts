/** Collects what the lines of another tool ask for, and makes of it a profile that is never weaker than the one it extends. */

import type { ProfileFile, RuleText } from '../profile/profile-file.ts';
import { readProfileText } from '../profile/profile-reader.ts';
import { codeOf } from '../profile.ts';
import { countsOf, type ImportReport, type LineOutcome, type ReportedLine, worstOf } from './import-report.ts';
import type { ImportedRule } from './imported-rule.ts';
import { whenOf } from './imported-rule.ts';
import { RuleWriter } from './rule-writer.ts';

const FULL_DATES = 'retain_long_full_dates';
const MODIFIED_DATES = 'retain_long_modified_dates';
const SAFE_PRIVATE = 'retain_safe_private';

export interface DraftHead {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** Which tool's rules they were. */
  readonly format: string;
}

export interface ImportedProfile {
  /** As `readProfile` reads it. */
  readonly text: string;
  readonly report: ImportReport;
}

export class ProfileDraft {
  readonly #head: DraftHead;
  readonly #base: ProfileFile;
  readonly #overrideReason: string | undefined;
  readonly #rules: ImportedRule[] = [];
  readonly #lines: ReportedLine[] = [];
  readonly #remarks: string[] = [];

  /** @param overrideReason why rules may let more through than the extended profile; without it they do not */
  constructor(head: DraftHead, base: ProfileFile, overrideReason: string | undefined) {
    this.#head = head;
    this.#base = base;
    this.#overrideReason = overrideReason;
  }

  /** In the order in which the profile asks them. */
  rule(rule: ImportedRule): void {
    this.#rules.push(rule);
  }

  /** A line that is about no attribute. */
  line(line: number, what: string, outcome: LineOutcome, ...sentences: string[]): void {
    this.#lines.push({ line, what, outcome, sentences, rules: [] });
  }

  remark(sentence: string): void {
    this.#remarks.push(sentence);
  }

  finish(): ImportedProfile {
    const options = this.#options();
    const writer = new RuleWriter(options, this.#base.rules, this.#overrideReason);
    const rules: RuleText[] = [];
    const asked = new Map<string, number>();
    for (const imported of this.#rules) this.#write(imported, writer, rules, asked);
    const { name, title, source, format } = this.#head;
    const profile = {
      name,
      version: '1',
      title,
      edition: this.#base.edition,
      source,
      extends: this.#base.name,
      options: options.map((option) => ({ option, code: codeOf(option).code })),
      rules,
    };
    const text = `${JSON.stringify(profile, null, 2)}\n`;
    // Whatever an importer did wrong must not come out as a profile.
    readProfileText(text, name);
    const lines = merged(this.#lines).toSorted((left, right) => left.line - right.line);
    return { text, report: { format, profile: name, remarks: this.#remarks, counts: countsOf(lines), lines } };
  }

  #write(imported: ImportedRule, writer: RuleWriter, rules: RuleText[], asked: Map<string, number>): void {
    const { line, what, selector, decisions } = imported;
    const written: number[] = [];
    const outcomes: LineOutcome[] = [];
    const sentences = new Set<string>();
    for (const decision of decisions) {
      const key = JSON.stringify([selector, whenOf(decision) ?? null]);
      const earlier = asked.get(key) ?? asked.get(JSON.stringify([selector, null]));
      if (earlier !== undefined) {
        if (earlier !== line) {
          outcomes.push('no-rule-needed');
          sentences.add(`It is never asked: line ${earlier} decides about the same elements first.`);
        }
        continue;
      }
      const result = writer.write(imported, decision);
      outcomes.push(result.outcome);
      for (const sentence of [...decision.notes, ...result.sentences]) sentences.add(sentence);
      if (result.rule === undefined) continue;
      asked.set(key, line);
      written.push(rules.length);
      rules.push(result.rule);
    }
    this.#lines.push({ line, what, outcome: worstOf(outcomes), sentences: [...sentences], rules: written });
  }

  /**
   * Those of the extended profile. Dates can only be moved where modified dates are retained: instead of full dates,
   * which is stricter, or for a reason.
   */
  #options(): string[] {
    const options = this.#base.options.filter((option) => option !== SAFE_PRIVATE);
    const moves = this.#rules.some(({ decisions }) => decisions.some(({ wish }) => wish.does === 'shift-date'));
    if (!moves || options.includes(MODIFIED_DATES)) return options;
    if (!options.includes(FULL_DATES) && this.#overrideReason === undefined) {
      this.remark(
        'Lines move dates, and the extended profile retains none: they go. Extend one that retains modified dates.',
      );
      return options;
    }
    this.remark(
      'Lines move dates, so the profile retains modified dates (113107): all dates of PS3.15 §E.3.6 are moved by the keyed number of days of their patient.',
    );
    return [...options.filter((option) => option !== FULL_DATES), MODIFIED_DATES];
  }
}

/** A line that is about several attributes is reported once. */
function merged(lines: readonly ReportedLine[]): ReportedLine[] {
  return [...Map.groupBy(lines, ({ line, what }) => `${line} ${what}`).values()].map((group): ReportedLine => {
    const [first] = group as [ReportedLine];
    return {
      ...first,
      outcome: worstOf(group.map(({ outcome }) => outcome)),
      sentences: [...new Set(group.flatMap(({ sentences }) => sentences))],
      rules: group.flatMap(({ rules }) => rules),
    };
  });
}
