/** The episodes of a patient's disease from clinical rows, and in which of them a study was made. */
import type { ClinicalRow } from '../../catalogue/clinical/clinical-store.ts';
import { daysFrom } from '../../harmonise/clinical/dates.ts';

export interface DatedEvent {
  /** A code of the column episode_code: GEN1000008 Diagnosis, GEN1000007 Treatment, … */
  readonly episode: string;
  /** From the patient's reference day. */
  readonly day: number;
  /** As the index has it; undefined where the profile keeps no dates. */
  readonly date: string | undefined;
  readonly isDiagnosis: boolean;
  /** The imported row of the table episode; undefined where the event follows from a condition or a treatment. */
  readonly row: ClinicalRow | undefined;
}

const DIAGNOSIS = 'GEN1000008';
const TREATMENT = 'GEN1000007';
const SURVEILLANCE = 'GEN1000009';
/** Active surveillance and watchful waiting are episodes of their own, not treatments. */
const WATCHED: ReadonlySet<string> = new Set(['EUCAIM:CLIN1028588', 'EUCAIM:CLIN1028587', 'EUCAIM:CLIN1027012']);
/** Images of the work-up are made before the diagnosis is asserted. */
const WORK_UP_DAYS = 180;
const REFERENCE = '2000-01-01';

/**
 * The first diagnosis and every treatment begin an episode, unless rows of the table episode say when which began; those
 * count alone then, and the diagnosis where they do not name one.
 */
export function eventsOf(rows: readonly ClinicalRow[]): DatedEvent[] {
  const event = (row: ClinicalRow, column: string, episode: string, own: ClinicalRow | undefined): DatedEvent[] => {
    const date = row.cells[column];
    const day = row.days?.[column] ?? (date === undefined ? undefined : daysFrom(REFERENCE, date));
    return day === undefined ? [] : [{ episode, day, date, isDiagnosis: episode === DIAGNOSIS, row: own }];
  };
  const of = (table: string) => rows.filter((row) => row.table === table);
  const stated = of('episode').flatMap((row) =>
    event(row, 'start_date', (row.cells.episode_code ?? '').replace('EUCAIM:', ''), row),
  );
  const [first] = of('cancer_condition')
    .flatMap((row) => event(row, 'cancer_condition_asserted_date', DIAGNOSIS, undefined))
    .sort(byDay);
  const diagnosis = first === undefined || stated.some(({ isDiagnosis }) => isDiagnosis) ? [] : [first];
  const treatments = of('treatment').flatMap((row) =>
    event(
      row,
      'treatment_start_date',
      WATCHED.has(row.cells.treatment_type ?? '') ? SURVEILLANCE : TREATMENT,
      undefined,
    ),
  );
  return [...diagnosis, ...(stated.length > 0 ? stated : treatments)].sort(byDay);
}

/** The last episode that has begun by that day; the diagnosis also covers its work-up. */
export function episodeAt(events: readonly DatedEvent[], day: number): DatedEvent | undefined {
  const begun = events.filter((event) => event.day <= day).at(-1);
  if (begun !== undefined) return begun;
  return events.find((event) => event.isDiagnosis && event.day - WORK_UP_DAYS <= day);
}

function byDay(one: DatedEvent, other: DatedEvent): number {
  return one.day - other.day;
}
