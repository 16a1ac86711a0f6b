/** Imports rules and shows what they do to an object. */
import { readProfileText } from '../../../node-agent/deidentify/profile/profile-reader.ts';
import { Profile } from '../../../node-agent/deidentify/profile.ts';
import { ImportError } from '../../../node-agent/deidentify/rule-import/import-error.ts';
import { type ImportRequest, importProfile } from '../../../node-agent/deidentify/rule-import/import-profile.ts';
import type { ImportReport, ReportedLine } from '../../../node-agent/deidentify/rule-import/import-report.ts';
import type { DataElement, DataSet } from '../../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../../node-agent/dicom/dictionary.ts';
import { readPart10 } from '../../../node-agent/dicom/part10-reader.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ctElements, engine, writeSource } from '../fixtures.ts';

export interface Imported {
  readonly profile: Profile;
  readonly report: ImportReport;
  /** The report on one line. */
  line(number: number): ReportedLine;
}

export function imported(text: string, request: Partial<ImportRequest> = {}): Imported {
  const result = importProfile(text, { format: 'ctp', name: 'our-rules', extends: 'eucaim', ...request });
  const profile = new Profile(readProfileText(result.text, 'our-rules.json'));
  const line = (number: number): ReportedLine => {
    const [found, ...more] = result.report.lines.filter((entry) => entry.line === number);
    if (found === undefined || more.length > 0)
      throw new Error(`Line ${number} is reported ${more.length + (found ? 1 : 0)} times.`);
    return found;
  };
  return { profile, report: result.report, line };
}

/** The lines of a refusal: number and sentence. */
export function refusal(text: string, request: Partial<ImportRequest> = {}): string {
  try {
    imported(text, request);
  } catch (error) {
    if (error instanceof ImportError) return error.message;
    throw error;
  }
  throw new Error('The rules were accepted.');
}

/** What comes of a small CT with these elements, or why it was kept back. */
export async function outcomeUnder(profile: Profile, ...extra: readonly DataElement[]): Promise<DataSet | string> {
  const { source, target } = await writeSource(temporaryFolder(), ctElements(...extra));
  const outcome = await engine(profile).deidentifyAndVerify(source, target);
  if (outcome.kind !== 'deidentified')
    return outcome.kind === 'quarantined' ? `${outcome.cause}: ${outcome.detail}` : outcome.kind;
  const { dataSet, close } = await readPart10(target);
  await close();
  return dataSet;
}

/** The value of an attribute under the profile: '' where it is empty, undefined where it is gone. */
export async function valueUnder(
  profile: Profile,
  keyword: string,
  ...extra: readonly DataElement[]
): Promise<string | undefined> {
  const outcome = await outcomeUnder(profile, ...extra);
  if (typeof outcome === 'string') return outcome;
  return outcome.has(tagOf(keyword)) ? outcome.strings(tagOf(keyword)).join('\\') : undefined;
}
