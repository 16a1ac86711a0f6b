/** The tables and notes of a BIDS dataset: who takes part, which sessions there were, which file is which series. */
import { type Generalisation, generaliseAge } from '../../catalogue/generalisation/generalisation.ts';
import { type Cells, tsvLines } from '../csv.ts';
import type { MemberPatient } from '../members.ts';
import type { BidsNames } from './names.ts';
import type { Session } from './subjects.ts';

export interface Scan {
  readonly session: Session;
  readonly seriesUid: string;
  /** Relative to the dataset. */
  readonly filename: string;
  readonly bids: boolean;
  readonly folder: string;
  readonly suffix: string;
}

export interface BidsTableSource {
  readonly title: string;
  readonly names: BidsNames;
  readonly sessions: readonly Session[];
  readonly patients: readonly MemberPatient[];
  readonly scans: readonly Scan[];
  /** How coarsely the dataset shows its patients. */
  readonly generalisation: Generalisation;
  /** Whether a recipe changed the images. */
  readonly harmonised: boolean;
  readonly toolVersion: string;
}

const SEX: Readonly<Record<string, string>> = { COM1001366: 'M', COM1001370: 'F', COM1001053: 'O' };

/** Text of each file by its path. A patient without a volume has no folder and no row. */
export function* bidsTables(source: BidsTableSource): Generator<[path: string, pieces: Iterable<string>]> {
  const { scans, sessions, patients } = source;
  const imaged = new Set(scans.map(({ session }) => session.studyUid));
  const bySubject = Map.groupBy(
    sessions.filter(({ studyUid }) => imaged.has(studyUid)),
    ({ subject }) => subject,
  );
  yield ['dataset_description.json', [json(descriptionOf(source))]];
  yield ['participants.json', [json(participantColumns(source.generalisation))]];
  const sexes = new Map(patients.map(({ patientId, sexCode }) => [patientId, SEX[sexCode ?? ''] ?? '']));
  yield [
    'participants.tsv',
    tsvLines(
      Object.keys(participantColumns(source.generalisation)),
      participants(bySubject, sexes, source.generalisation),
    ),
  ];
  for (const [subject, own] of bySubject) {
    yield [
      `${subject}/${subject}_sessions.tsv`,
      tsvLines(['session_id', 'study_uid', 'days_from_first'], sessionRows(own)),
    ];
  }
  for (const [prefix, own] of Map.groupBy(scans, ({ session }) => `${session.subject}/${session.session}`)) {
    const path = `${prefix}/${prefix.replace('/', '_')}_scans.tsv`;
    const rows = own.map(({ filename, seriesUid }) => ({
      filename: filename.slice(prefix.length + 1),
      series_uid: seriesUid,
    }));
    yield [path, tsvLines(['filename', 'series_uid'], rows)];
  }
  const beyond = [
    ...new Set(scans.filter(({ bids }) => !bids).map(({ folder, suffix }) => `${folder}/*_${suffix}.*`)),
  ].sort();
  yield ['.bidsignore', ['manifest.json\n', ...beyond.map((pattern) => `sub-*/ses-*/${pattern}\n`)]];
}

/** Columns with their descriptions; what is left out has none. */
function participantColumns({ age, sex }: Generalisation): Partial<Record<keyof typeof PARTICIPANT_COLUMNS, unknown>> {
  const { age: ageColumn, sex: sexColumn, ...others } = PARTICIPANT_COLUMNS;
  const Description = `${ageColumn.Description}, in bands of ${age.replace('bands-', '')} years, both ends included`;
  return {
    ...others,
    ...(sex === 'dropped' ? {} : { sex: sexColumn }),
    ...(age === 'dropped' ? {} : { age: age.startsWith('bands-') ? { ...ageColumn, Description } : ageColumn }),
  };
}

const PARTICIPANT_COLUMNS = {
  participant_id: { Description: 'Label of the subject: the pseudonym without "-" and "_"' },
  patient_id: { Description: 'Pseudonym of the patient, as in the common file structure' },
  sex: { Description: 'Sex at birth', Levels: { M: 'male', F: 'female', O: 'other' } },
  age: { Description: 'Age at the first imaging session', Units: 'year' },
} as const;

function* participants(
  bySubject: ReadonlyMap<string, readonly Session[]>,
  sexes: ReadonlyMap<string, string>,
  choices: Generalisation,
): Generator<Cells> {
  for (const [participant_id, [first]] of bySubject) {
    const patient_id = first?.patientId ?? '';
    const age = generaliseAge(first?.ageYears ?? null, choices)?.toString() ?? '';
    yield { participant_id, patient_id, sex: sexes.get(patient_id) ?? '', age };
  }
}

function* sessionRows(sessions: readonly Session[]): Generator<Cells> {
  const first = sessions[0]?.studyDate;
  for (const { session, studyUid, studyDate } of sessions) {
    const days = first && studyDate ? String((Date.parse(studyDate) - Date.parse(first)) / 86_400_000) : '';
    yield { session_id: session, study_uid: studyUid, days_from_first: days };
  }
}

function descriptionOf({ title, names, harmonised, toolVersion }: BidsTableSource): unknown {
  return {
    Name: title,
    BIDSVersion: names.bidsVersion,
    DatasetType: harmonised ? 'derivative' : 'raw',
    GeneratedBy: [{ Name: 'Gatehouse', Version: toolVersion }],
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
