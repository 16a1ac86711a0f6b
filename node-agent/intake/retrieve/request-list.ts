/** The list of what to retrieve, as CSV: its delimiter and its header are found out, and each bad line is named. */
import { isValidUid } from '../../dicom/uids.ts';
import type { Attributes } from './dimse-client.ts';

/** The matching keys of one request (PS3.4 table C.6-5), as C-FIND takes them. */
export type RetrieveRequest = Attributes;

export interface BadLine {
  readonly line: number;
  /** Without the value: it may be an identifier. */
  readonly sentence: string;
}

export type ReadRequests =
  | { readonly requests: readonly RetrieveRequest[]; readonly badLines: readonly [] }
  | { readonly requests: readonly []; readonly badLines: readonly BadLine[] };

const COLUMNS: Readonly<Record<string, string>> = {
  accessionnumber: 'AccessionNumber',
  accession: 'AccessionNumber',
  patientid: 'PatientID',
  studyinstanceuid: 'StudyInstanceUID',
  studyuid: 'StudyInstanceUID',
  studydate: 'StudyDate',
  daterange: 'StudyDate',
  date: 'StudyDate',
  modality: 'ModalitiesInStudy',
  modalities: 'ModalitiesInStudy',
};
/** Without a header the columns stand in this order. */
const ORDER = ['AccessionNumber', 'PatientID', 'StudyInstanceUID', 'StudyDate', 'ModalitiesInStudy'];
const LARGEST_LIST = 10_000;
/** At least one key has to name something, or the whole archive would match. */
const SELECTIVE = ['AccessionNumber', 'PatientID', 'StudyInstanceUID', 'StudyDate'];

/** Reads a request list; one bad line and none of it is taken. */
export function readRequestList(csv: string): ReadRequests {
  const lines = csv.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return refused(1, 'The list is empty.');
  const delimiter = delimiterOf(lines[first] ?? '');
  const names = (cellsOf(lines[first] ?? '', delimiter) ?? []).map(
    (cell) => COLUMNS[cell.toLowerCase().replace(/[^a-z]/g, '')],
  );
  const hasHeader = names.some((name) => name !== undefined);
  if (hasHeader && names.includes(undefined)) {
    return refused(first + 1, `The heading of column ${names.indexOf(undefined) + 1} is not known.`);
  }
  const columns = hasHeader ? (names as string[]) : ORDER;
  const requests: RetrieveRequest[] = [];
  const badLines: BadLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < first + (hasHeader ? 1 : 0) || line.trim() === '') continue;
    const read = requestOf(cellsOf(line, delimiter), columns);
    if (typeof read === 'string') badLines.push({ line: index + 1, sentence: read });
    else requests.push(read);
  }
  if (badLines.length > 0) return { requests: [], badLines };
  if (requests.length === 0) return refused(first + 1, 'The list has a header and no line below it.');
  if (requests.length > LARGEST_LIST) return refused(1, `A list has at most ${LARGEST_LIST} lines.`);
  return { requests, badLines: [] };
}

/** What a form asks for; the lists are alternatives, each of their entries is narrowed by dates and modality. */
export interface RequestForm {
  readonly accessionNumbers: readonly string[];
  readonly patientIds: readonly string[];
  readonly studyUids: readonly string[];
  /** YYYY-MM-DD. */
  readonly from: string | null;
  readonly to: string | null;
  readonly modality: string | null;
}

/** Reads a form as the list it stands for; the entries are counted through its lists, from 1. */
export function readRequestForm({ from, to, modality, ...lists }: RequestForm): ReadRequests {
  const day = (text: string | null) => text?.replaceAll('-', '') ?? '';
  const common = {
    StudyDate: from === null && to === null ? '' : from === to ? day(from) : `${day(from)}-${day(to)}`,
    ModalitiesInStudy: modality ?? '',
  };
  const named = [
    ...lists.accessionNumbers.map((AccessionNumber) => ({ AccessionNumber, ...common })),
    ...lists.patientIds.map((PatientID) => ({ PatientID, ...common })),
    ...lists.studyUids.map((StudyInstanceUID) => ({ StudyInstanceUID, ...common })),
  ];
  const read = (named.length > 0 ? named : [common]).map(checkedRequest);
  const badLines = read.flatMap((one, index) => (typeof one === 'string' ? [{ line: index + 1, sentence: one }] : []));
  if (badLines.length > 0) return { requests: [], badLines };
  return { requests: read.filter((one) => typeof one !== 'string'), badLines: [] };
}

/** Checks the keys of one request. @returns the request, or a sentence on what is wrong, without its values */
function checkedRequest(keys: RetrieveRequest): RetrieveRequest | string {
  const given = Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== ''));
  if (!SELECTIVE.some((key) => given[key] !== undefined)) {
    return 'It names neither accession number, patient ID, study UID nor date.';
  }
  for (const value of Object.values(given)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[*?\\\u0000-\u001f]/.test(value)) return 'A value holds a wildcard, a backslash or a control character.';
    if (value.length > 64) return 'A value is longer than 64 characters.';
  }
  const { StudyInstanceUID: uid, StudyDate: date, AccessionNumber: accession, ModalitiesInStudy: modality } = given;
  if (uid !== undefined && !isValidUid(uid)) return 'The study UID is not a UID (PS3.5 §9.1).';
  if (date !== undefined && !isDateRange(date))
    return 'The date is not YYYYMMDD, YYYYMMDD-YYYYMMDD or open on one side.';
  if (accession !== undefined && accession.length > 16)
    return 'The accession number is longer than 16 characters (VR SH).';
  if (modality !== undefined && !/^[A-Z0-9_ ]{1,16}$/.test(modality))
    return 'The modality is not a code such as CT or MR.';
  return given;
}

function requestOf(cells: readonly string[] | undefined, columns: readonly string[]): RetrieveRequest | string {
  if (!cells) return 'A quotation mark is not closed.';
  if (cells.length > columns.length) return `It has ${cells.length} columns where ${columns.length} are known.`;
  const keys: Record<string, string> = {};
  for (const [index, cell] of cells.entries()) {
    const name = columns[index] ?? '';
    keys[name] = name === 'StudyDate' ? cell.replace(/(\d{4})-(\d{2})-(\d{2})/g, '$1$2$3') : cell;
  }
  return checkedRequest(keys);
}

function isDateRange(text: string): boolean {
  const range = /^(\d{8})?(-)?(\d{8})?$/.exec(text);
  const [, from, dash, to] = range ?? [];
  if (!range || (!from && !to) || (from && to && !dash) || (!from && !dash)) return false;
  return [from, to].every((day) => day === undefined || isDay(day)) && !(from && to && from > to);
}

function isDay(day: string): boolean {
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso);
}

function delimiterOf(line: string): string {
  const counted = [',', ';', '\t', '|'].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

/** RFC 4180 within one line; undefined when a quotation mark stays open. */
function cellsOf(line: string, delimiter: string): string[] | undefined {
  const cells: string[] = [];
  let [cell, quoted] = ['', false];
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quoted && character === '"' && line[index + 1] === '"') {
      cell += '"';
      index += 1;
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && character === delimiter) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  cells.push(cell.trim());
  return quoted ? undefined : cells;
}

function refused(line: number, sentence: string): ReadRequests {
  return { requests: [], badLines: [{ line, sentence }] };
}
