/** What a PACS says a study consists of, against what came. */
import type { Reception } from '../reception.ts';
import { type Attributes, find } from './dimse-client.ts';
import { DimseFailure } from './dimse-failure.ts';
import type { OperationLimits, RemoteNode } from './remote-node.ts';
import type { RetrieveRequest } from './request-list.ts';

/** A study that matches a request; all but the count is identifying. */
export interface MatchingStudy {
  readonly studyUid: string;
  readonly patientId: string;
  readonly accessionNumber: string;
  readonly studyDate: string;
  readonly modalities: string;
  readonly series: number | null;
  /** (0020,1208), an optional key; null where the PACS does not report it. */
  readonly instances: number | null;
}

export interface ListedInstance {
  readonly uid: string;
  readonly seriesUid: string;
  /** Empty where the PACS does not say. */
  readonly sopClassUid: string;
}

export interface StudyListing {
  /** Each once; undefined where the PACS does not list them. */
  readonly instances: readonly ListedInstance[] | undefined;
  readonly sopClassUids: readonly string[];
  /** Instances as listed, else as reported at study level; null where neither is known. */
  readonly expected: number | null;
}

const STUDY_KEYS = {
  StudyInstanceUID: '',
  PatientID: '',
  AccessionNumber: '',
  StudyDate: '',
  ModalitiesInStudy: '',
  NumberOfStudyRelatedSeries: '',
  NumberOfStudyRelatedInstances: '',
};

/**
 * Studies that match, each once. Modalities in Study and the numbers are optional keys (PS3.4 table C.6-5): where the PACS
 * ignores them they are read from the series, and the wanted modality is applied here.
 */
export async function matchingStudies(
  node: RemoteNode,
  request: RetrieveRequest,
  limits: OperationLimits,
): Promise<MatchingStudy[]> {
  const matches = await find(node, 'STUDY', { ...STUDY_KEYS, ...request }, limits);
  const studies = new Map<string, MatchingStudy>();
  for (const match of matches) {
    if (!match.StudyInstanceUID) continue;
    const study = {
      studyUid: match.StudyInstanceUID,
      patientId: match.PatientID ?? '',
      accessionNumber: match.AccessionNumber ?? '',
      studyDate: match.StudyDate ?? '',
      modalities: match.ModalitiesInStudy ?? '',
      series: countOf(match.NumberOfStudyRelatedSeries),
      instances: countOf(match.NumberOfStudyRelatedInstances),
    };
    const known = study.modalities !== '' && study.series !== null && study.instances !== null;
    studies.set(study.studyUid, known ? study : await withSeries(node, study, limits));
  }
  const wanted = request.ModalitiesInStudy;
  return [...studies.values()].filter(
    ({ modalities }) => !wanted || modalities === '' || modalities.split('\\').includes(wanted),
  );
}

const SERIES_KEYS = { SeriesInstanceUID: '', Modality: '', NumberOfSeriesRelatedInstances: '' };

/** What the study level leaves open, as far as the series say it. */
async function withSeries(node: RemoteNode, study: MatchingStudy, limits: OperationLimits): Promise<MatchingStudy> {
  const keys = { StudyInstanceUID: study.studyUid, ...SERIES_KEYS };
  const series = await optional(find(node, 'SERIES', keys, limits));
  if (series.length === 0) return study;
  const modalities = [...new Set(series.flatMap(({ Modality: modality }) => (modality ? [modality] : [])))];
  const counts = series.map(({ NumberOfSeriesRelatedInstances: text }) => countOf(text));
  const all = counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0 as number | null);
  return {
    ...study,
    modalities: study.modalities || modalities.sort().join('\\'),
    series: study.series ?? series.length,
    instances: study.instances ?? all,
  };
}

const LISTING_KEYS = { NumberOfStudyRelatedInstances: '', SOPClassesInStudy: '' };

/**
 * Asks series by series: at image level the hierarchical model needs both UIDs above it (PS3.4 §C.4.1.2.1). The SOP
 * classes are those of the instances, or of SOP Classes in Study (0008,0062), an optional key, where none are listed.
 */
export async function listStudy(node: RemoteNode, studyUid: string, limits: OperationLimits): Promise<StudyListing> {
  const [study] = await find(node, 'STUDY', { StudyInstanceUID: studyUid, ...LISTING_KEYS }, limits);
  const reported = countOf(study?.NumberOfStudyRelatedInstances);
  const series = await optional(find(node, 'SERIES', { StudyInstanceUID: studyUid, SeriesInstanceUID: '' }, limits));
  const instances = new Map<string, ListedInstance>();
  let listed = series.every(({ SeriesInstanceUID: uid }) => uid);
  for (const { SeriesInstanceUID: seriesUid = '' } of listed ? series : []) {
    const above = { StudyInstanceUID: studyUid, SeriesInstanceUID: seriesUid };
    const images = await optional(find(node, 'IMAGE', { ...above, SOPInstanceUID: '', SOPClassUID: '' }, limits));
    for (const { SOPInstanceUID: uid, SOPClassUID: sopClassUid = '' } of images) {
      if (uid) instances.set(uid, { uid, seriesUid, sopClassUid });
      else listed = false;
    }
    listed &&= images.length > 0;
  }
  listed &&= instances.size > 0;
  const classes = new Set([...instances.values()].map(({ sopClassUid }) => sopClassUid));
  if (instances.size === 0) for (const uid of (study?.SOPClassesInStudy ?? '').split('\\')) classes.add(uid);
  classes.delete('');
  const known = { sopClassUids: [...classes] };
  return listed
    ? { ...known, instances: [...instances.values()], expected: instances.size }
    : { ...known, instances: undefined, expected: reported };
}

/** Some PACS refuse levels below the study: that is no reason not to fetch it. */
async function optional(asked: Promise<Attributes[]>): Promise<Attributes[]> {
  return asked.catch((error: unknown) => {
    if (error instanceof DimseFailure && error.status !== undefined && !error.transient) return [];
    throw error;
  });
}

export interface Completeness {
  readonly state: 'complete' | 'incomplete' | 'unknown';
  readonly arrived: number;
}

/**
 * Complete only where every instance that the PACS lists is in the ledger. Where it lists none, the number it reports at
 * study level is set against what this node counted itself; what the PACS says it sent decides nothing.
 * @param came instances this node took in for the study; undefined where it cannot tell
 */
export function completeness(
  reception: Pick<Reception, 'holds'>,
  { instances, expected }: StudyListing,
  came: number | undefined,
): Completeness {
  if (instances) {
    const arrived = instances.filter(({ uid }) => reception.holds(uid)).length;
    return { state: arrived === instances.length ? 'complete' : 'incomplete', arrived };
  }
  if (expected === null || came === undefined) return { state: 'unknown', arrived: came ?? 0 };
  return { state: came >= expected ? 'complete' : 'incomplete', arrived: came };
}

function countOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
