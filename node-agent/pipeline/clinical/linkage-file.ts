/**
 * The linkage file that EUCAIM asks for before de-identification: original patient and study with episode and imaging
 * timepoint. For the eyes of the site alone.
 */
import type { ClinicalStore } from '../../catalogue/clinical/clinical-store.ts';
import type { IdentifiedStudies } from '../../vault/identified-studies.ts';
import type { IdentityTable } from '../../vault/identity-table.ts';

export const LINKAGE_COLUMNS = [
  'PatientID',
  'StudyInstanceUID',
  'StudyDate',
  'StudyDescription',
  'Episode',
  'ImagingTimepoint',
] as const;

/** Names of the handbook by the codes of the column episode_code. */
const EPISODES: Readonly<Record<string, string>> = {
  'EUCAIM:GEN1000008': 'Diagnosis',
  'EUCAIM:GEN1000007': 'Treatment',
  'EUCAIM:GEN1000010': 'Progression',
  'EUCAIM:GEN1000005': 'Relapse',
  'EUCAIM:GEN1000006': 'Remission',
  'EUCAIM:GEN1000009': 'Active Surveillance',
};

export interface LinkageParts {
  readonly studies: IdentifiedStudies;
  readonly identities: IdentityTable;
  readonly store: ClinicalStore;
}

/** Comma separated lines with their head, one for each study; episode and timepoint are empty where nothing says them. */
export function* linkageLines({ studies, identities, store }: LinkageParts): Iterable<string> {
  yield csvLine(LINKAGE_COLUMNS);
  let patient = { pseudonym: '', id: '', rows: new Map<string, StudyPlace>() };
  for (const study of studies.all()) {
    if (study.pseudonym !== patient.pseudonym) {
      const identity = identities.lookUp(study.pseudonym);
      patient = { pseudonym: study.pseudonym, id: identity?.patientId ?? '', rows: placesOf(store, study.pseudonym) };
    }
    if (patient.id === '') continue;
    const { episode = '', timepoint = '' } = patient.rows.get(study.studyUid) ?? {};
    yield csvLine([
      patient.id,
      study.studyInstanceUid,
      isoDate(study.date),
      study.description ?? '',
      episode,
      timepoint,
    ]);
  }
}

interface StudyPlace {
  readonly episode?: string;
  readonly timepoint?: string;
}

function placesOf(store: ClinicalStore, pseudonym: string): Map<string, StudyPlace> {
  const rows = store.rowsOf([pseudonym]);
  const names = new Map(
    rows
      .filter(({ table }) => table === 'episode')
      .map(({ key, cells }) => [key, EPISODES[cells.episode_code ?? ''] ?? '']),
  );
  const episodes = new Map(
    rows
      .filter(({ table }) => table === 'episode_event')
      .map(({ cells }) => [cells.event_table_id ?? '', names.get(cells.episode_id ?? '') ?? '']),
  );
  return new Map(
    rows
      .filter(({ table }) => table === 'image_study')
      .map(({ key, cells }) => [key, { episode: episodes.get(key) ?? '', timepoint: cells.imaging_timepoint ?? '' }]),
  );
}

function isoDate(date: string | undefined): string {
  return (date ?? '').replace(/^(\d{4})(\d{2})(\d{2})$/u, '$1-$2-$3');
}

/** Quoted where needed (RFC 4180); what a spreadsheet would take for a formula gets an apostrophe before it. */
function csvLine(cells: readonly string[]): string {
  return cells
    .map((cell) => (/^[=+\-@\t\r]/u.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}
