/**
 * Episodes of the disease and imaging timepoints of every study of patients with clinical rows, derived from the dates of
 * both. Days are counted from the patient's reference day, so the order holds also where dates are cut to their month.
 */
import type { ClinicalRow, ClinicalStore } from '../../catalogue/clinical/clinical-store.ts';
import { daysFrom } from '../../harmonise/clinical/dates.ts';
import type { IdentifiedStudies } from '../../vault/identified-studies.ts';
import type { IdentityTable } from '../../vault/identity-table.ts';
import type { ClinicalIdentity } from './clinical-identity.ts';
import { type DatedEvent, episodeAt, eventsOf } from './episodes.ts';

export interface ClinicalTimepointsParts {
  readonly store: ClinicalStore;
  readonly identity: ClinicalIdentity;
  readonly identities: IdentityTable;
  readonly studies: IdentifiedStudies;
}

/** What dates are moved to where no original date is known: see `DatePolicy.offsetDays`. */
const REFERENCE = '2000-01-01';
const DAY = 'EUCAIM:COM1000153';

interface DatedStudy {
  readonly studyUid: string;
  readonly day: number;
}

export class ClinicalTimepoints {
  readonly #parts: ClinicalTimepointsParts;

  constructor(parts: ClinicalTimepointsParts) {
    this.#parts = parts;
  }

  /** Patients with studies that came since their timepoints were derived. @returns how many that were */
  catchUp(): number {
    const behind = this.#parts.store.patientsWithoutTimepoints();
    this.refresh(behind);
    return behind.length;
  }

  /** Derives the rows of these patients anew. */
  refresh(pseudonyms: readonly string[]): void {
    const { store } = this.#parts;
    // One transaction: each of its own would cost a flush of the disk for every patient.
    store.together(() => {
      for (const pseudonym of pseudonyms) store.writeDerived(pseudonym, this.#derive(pseudonym));
    });
  }

  #derive(pseudonym: string): ClinicalRow[] {
    const imported = this.#parts.store.importedRowsOf(pseudonym);
    if (imported.length === 0) return [];
    const events = eventsOf(imported);
    const diagnosis = events.find(({ isDiagnosis }) => isDiagnosis)?.day;
    const studies = this.#datedStudies(pseudonym);
    const days = [...new Set(studies.map(({ day }) => day))].sort((one, other) => one - other);
    const episodes = new Map<DatedEvent, ClinicalRow>();
    const rows: ClinicalRow[] = [];
    for (const event of events) {
      const own = event.row ?? episodeRow(pseudonym, event, episodes.size + 1, diagnosis);
      episodes.set(event, own);
      if (event.row === undefined) rows.push(own);
    }
    for (const { studyUid, day } of studies) {
      rows.push(
        studyRow(pseudonym, studyUid, days.indexOf(day) + 1, diagnosis === undefined ? undefined : day - diagnosis),
      );
      const event = episodeAt(events, day);
      const episode = event && episodes.get(event);
      if (episode) rows.push(eventRow(pseudonym, episode.key, studyUid));
    }
    return rows;
  }

  /** By the original dates that the vault remembers, else by those of the index, which are moved by whole days. */
  #datedStudies(pseudonym: string): DatedStudy[] {
    const identity = this.#parts.identities.lookUp(pseudonym);
    const resolved = identity && this.#parts.identity.resolve(identity);
    if (resolved?.kind !== 'found') return [];
    const originals = new Map(this.#parts.studies.ofPatient(pseudonym).map((study) => [study.studyUid, study.date]));
    return this.#parts.store.studiesOf(pseudonym).flatMap(({ studyUid, studyDate }): DatedStudy[] => {
      const original = originals.get(studyUid);
      const known = original === undefined ? undefined : resolved.dates.offsetDays(original);
      const day =
        known ?? (studyDate === null || resolved.dates.kind === 'month' ? undefined : daysFrom(REFERENCE, studyDate));
      return day === undefined ? [] : [{ studyUid, day }];
    });
  }
}

function episodeRow(pseudonym: string, event: DatedEvent, number: number, diagnosis: number | undefined): ClinicalRow {
  const key = `${pseudonym}-episode-d${number}`;
  const offset = diagnosis === undefined ? {} : { start_offset: String(event.day - diagnosis), start_offset_unit: DAY };
  const cells = {
    episode_id: key,
    patient_id: pseudonym,
    episode_code: `EUCAIM:${event.episode}`,
    ...(event.date === undefined ? {} : { start_date: event.date }),
    ...offset,
  };
  return { table: 'episode', key, patientId: pseudonym, cells };
}

function studyRow(pseudonym: string, studyUid: string, timepoint: number, offset: number | undefined): ClinicalRow {
  const cells = {
    study_uid: studyUid,
    patient_id: pseudonym,
    imaging_timepoint: String(timepoint),
    ...(offset === undefined ? {} : { study_offset_from_diagnosis: String(offset), study_offset_unit: DAY }),
  };
  return { table: 'image_study', key: studyUid, patientId: pseudonym, cells };
}

function eventRow(pseudonym: string, episodeId: string, studyUid: string): ClinicalRow {
  const cells = {
    episode_id: episodeId,
    event_table_id: studyUid,
    event_table_name: 'image_study',
    patient_id: pseudonym,
  };
  return { table: 'episode_event', key: `${episodeId} ${studyUid}`, patientId: pseudonym, cells };
}
