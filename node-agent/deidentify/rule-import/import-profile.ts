/** Imports the rules of another tool as a profile of this site. */
import { readProfile, shippedProfiles } from '../profile/profile-reader.ts';
import { importCtp } from './ctp/ctp-import.ts';
import { LookupTable } from './ctp/lookup-table.ts';
import { importDeid } from './deid/deid-import.ts';
import { refuseImport } from './import-error.ts';
import { importKarnak } from './karnak/karnak-import.ts';
import { type ImportedProfile, ProfileDraft } from './profile-draft.ts';

export const FORMATS = ['ctp', 'deid', 'karnak'] as const;
export type RuleFormat = (typeof FORMATS)[number];

const TITLES: Readonly<Record<RuleFormat, string>> = {
  ctp: 'RSNA CTP anonymizer script',
  deid: 'pydicom deid recipe',
  karnak: 'Karnak profile',
};
/** Longer files are no rules that a person wrote. */
export const MOST_BYTES = 4 * 1024 * 1024;

export interface ImportRequest {
  readonly format: RuleFormat;
  /** Of the new profile. */
  readonly name: string;
  /** A shipped profile. */
  readonly extends: string;
  /** A sentence; without it no rule lets more through than the extended profile. */
  readonly overrideReason?: string | undefined;
  /** The lookup table of a CTP anonymizer, as text. */
  readonly lookupTable?: string | undefined;
}

/** @throws ImportError with lines and remedies; nothing is imported then */
export function importProfile(text: string, request: ImportRequest): ImportedProfile {
  const { format, name, overrideReason, lookupTable } = request;
  if (Buffer.byteLength(text) > MOST_BYTES)
    refuseImport(
      1,
      `The file is longer than ${MOST_BYTES / 1024 / 1024} MB, which no rules are; check that it is the right one.`,
    );
  if (text.includes('\0')) refuseImport(1, 'The file is not a text; check that it is the right one.');
  if (shippedProfiles().includes(name)) refuseImport(1, `"${name}" is the name of a shipped profile; choose another.`);
  const title = `Imported from a ${TITLES[format]}`;
  const head = { name, title, source: `${TITLES[format]}, imported by Gatehouse`, format };
  const draft = new ProfileDraft(head, readProfile(request.extends), overrideReason);
  if (format === 'ctp') importCtp(text, draft, lookupTable === undefined ? undefined : new LookupTable(lookupTable));
  else if (format === 'deid') importDeid(text, draft);
  else importKarnak(text, draft);
  return draft.finish();
}
