/** Compares outputs with the answer key: right actions by category, failures by place, and what is left anywhere. */
import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import type { Deidentified, Excluded, Quarantined } from '../../../node-agent/deidentify/outcome.ts';
import type { DataSet } from '../../../node-agent/dicom/data-set.ts';
import { readPart10 } from '../../../node-agent/dicom/part10-reader.ts';
import type { Action, Answer, YardstickObject } from './answers.ts';
import { latinForm } from './spellings.ts';

const DEFLATED = '1.2.840.10008.1.2.1.99';
const PREAMBLE = 128;
const PADDING = '(fffc,fffc)';
const MILLISECONDS_PER_DAY = 86_400_000;
/** Fewer characters stand in many words. */
const SHORTEST_PART_OF_WORD = 5;
const SHORTEST_TOKEN = 3;

export interface Failure {
  readonly object: string;
  readonly answer: Answer;
  readonly found: string;
}

export interface Score {
  readonly total: number;
  readonly right: number;
  readonly byAction: ReadonlyMap<Action, { right: number; total: number }>;
  readonly failures: readonly Failure[];
  /** Needles found anywhere in an output. */
  readonly leaks: readonly string[];
  readonly quarantined: readonly string[];
}

interface Output {
  readonly dataSet: DataSet;
  readonly meta: DataSet | undefined;
  /** Of the file as it lies on the disk and, where it is deflated, of what it inflates to. */
  readonly bytes: readonly Buffer[];
}

export interface Scored {
  readonly object: YardstickObject;
  /** Of a de-identified object only that it was. */
  readonly outcome: Quarantined | Excluded | Pick<Deidentified, 'kind'>;
  readonly path: string;
}

/** What the outputs of a run have in common: which UID stands for which, whose pseudonym, whose shift. */
class Consistency {
  readonly uids = new Map<string, string>();
  readonly pseudonyms = new Map<string, string>();
  readonly shifts = new Map<string, number>();

  /** Whether the two belong together, the first time they are seen or as before; two originals never share a value. */
  agrees<Value>(map: Map<string, Value>, original: string, found: Value, exclusive: boolean): boolean {
    const before = map.get(original);
    if (before !== undefined) return before === found;
    if (exclusive && [...map.values()].includes(found)) return false;
    map.set(original, found);
    return true;
  }
}

export async function scoreRun(run: readonly Scored[]): Promise<Score> {
  const byAction = new Map<Action, { right: number; total: number }>();
  const failures: Failure[] = [];
  const leaks: string[] = [];
  const quarantined: string[] = [];
  const consistency = new Consistency();
  for (const { object, outcome, path } of run) {
    const output = outcome.kind === 'deidentified' ? await readOutput(path) : undefined;
    const reason = 'cause' in outcome ? `${outcome.cause}: ${outcome.detail}` : outcome.kind;
    if (output === undefined && object.expected === 'deidentified')
      quarantined.push(`${object.label} ${object.file}: ${reason}`);
    for (const answer of object.answers) {
      const found = output === undefined ? keptBack(object, reason) : verdict(answer, output, object, consistency);
      const count = byAction.get(answer.action) ?? { right: 0, total: 0 };
      byAction.set(answer.action, { right: count.right + (found === undefined ? 1 : 0), total: count.total + 1 });
      if (found !== undefined) failures.push({ object: `${object.label} ${object.file}`, answer, found });
    }
    if (output !== undefined) leaks.push(...leaksIn(object, output));
  }
  const total = run.reduce((sum, { object }) => sum + object.answers.length, 0);
  return { total, right: total - failures.length, byAction, failures, leaks, quarantined };
}

/** An object with text in its pixels has to be kept back; of any other, everything is lost. */
function keptBack(object: YardstickObject, reason: string): string | undefined {
  return object.expected === 'quarantined' ? undefined : reason;
}

/** Undefined when the answer is right, else what was found instead. */
function verdict(
  answer: Answer,
  output: Output,
  object: YardstickObject,
  consistency: Consistency,
): string | undefined {
  const { action, value, path } = answer;
  const found = textAt(output, path);
  const shown = found ?? 'nothing';
  switch (action) {
    case 'tag_retained':
      return found === undefined ? 'nothing' : undefined;
    case 'text_notnull':
      return found === undefined || found === '' ? 'nothing' : undefined;
    case 'text_retained':
      return found !== undefined && holds(found, value) ? undefined : shown;
    case 'text_removed':
      if (found === undefined) return undefined;
      return anyTokenIn(found, value) || standsIn(bytesAt(output, path), value, object) ? shown : undefined;
    case 'date_shifted':
      return found === undefined || isShifted(found, value, object.patient, consistency) ? undefined : shown;
    case 'uid_changed':
      return found?.includes(value) === true ? shown : undefined;
    case 'uid_consistent':
      if (found === undefined || found === '') return undefined;
      return consistency.agrees(consistency.uids, value, found, true) ? undefined : shown;
    case 'patid_consistent':
      if (found === undefined || found === '') return 'nothing';
      return consistency.agrees(consistency.pseudonyms, object.patient, found, true) ? undefined : shown;
    case 'pixels_retained':
      return samePixels(bytesAt(output, path), Buffer.from(value, 'latin1')) ? undefined : 'other pixels';
    case 'pixels_hidden':
      return 'an output with its pixels';
  }
}

function holds(found: string, value: string): boolean {
  if (/^-?[\d.]+$/.test(value))
    return found.split('\\').some((one) => Number(one) === Number(value) || one.includes(value));
  return found.includes(value);
}

/** No word of the planted text may be left, whatever became of the others. */
function anyTokenIn(found: string, value: string): boolean {
  const lower = found.toLowerCase();
  if (lower.includes(value.toLowerCase())) return true;
  const words = wordsOf(lower);
  return wordsOf(value.toLowerCase()).some((token) => {
    if ([...token].length < SHORTEST_TOKEN || TITLES.has(token)) return false;
    return words.includes(token) || ([...token].length >= SHORTEST_PART_OF_WORD && lower.includes(token));
  });
}

/** Whether a word of the text stands in a value as it stood in the original: between other bytes nothing decodes it. */
function standsIn(bytes: Uint8Array | undefined, value: string, { needles }: YardstickObject): boolean {
  if (bytes === undefined) return false;
  const inside = Buffer.from(bytes);
  return needles.some(
    (needle) => needle.bytes !== undefined && value.includes(needle.text) && inside.includes(Buffer.from(needle.bytes)),
  );
}

/** Words before a name or a number that say nothing about anybody. */
const TITLES: ReadonlySet<string> = new Set(['med', 'prof', 'univ', 'hospital', 'university']);

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');
}

/** A date must move by the same number of whole days for everything of a patient, and keep its time of day. */
function isShifted(found: string, original: string, patient: string, consistency: Consistency): boolean {
  if (found === '') return true;
  const [before, after] = [dayOf(original), dayOf(found)];
  if (before === undefined || after === undefined || before === after) return false;
  if (found.slice(8) !== original.slice(8)) return false;
  return consistency.agrees(consistency.shifts, patient, after - before, false);
}

function dayOf(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})/.exec(text);
  if (match === null) return undefined;
  return Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / MILLISECONDS_PER_DAY;
}

function samePixels(found: Uint8Array | undefined, original: Buffer): boolean {
  if (found === undefined) return false;
  const bytes = Buffer.from(found);
  return bytes.equals(original) || Buffer.from(bytes).swap16().equals(original);
}

async function readOutput(path: string): Promise<Output> {
  const { dataSet, meta, transferSyntaxUid, dataSetOffset, close } = await readPart10(path);
  await close();
  const whole = await readFile(path);
  const bytes = transferSyntaxUid === DEFLATED ? [whole, inflateRawSync(whole.subarray(dataSetOffset))] : [whole];
  return { dataSet, meta, bytes };
}

/** The place of an answer: its data set and its tag; of a sequence that the reader left as bytes, that sequence. */
function placeOf(output: Output, path: string): { dataSet: DataSet; tag: number } | undefined {
  const inMeta = path.startsWith('meta/');
  let place: DataSet | undefined = inMeta ? output.meta : output.dataSet;
  for (const step of (inMeta ? path.slice(5) : path).split('/')) {
    const match = /^\(([0-9a-f]{4}),([0-9a-f]{4})\)(?:\[(\d+)\])?$/.exec(step);
    if (match === null || place === undefined) return undefined;
    const tag = Number.parseInt(`${match[1]}${match[2]}`, 16);
    if (match[3] === undefined || place.get(tag)?.value.kind === 'bytes') return { dataSet: place, tag };
    place = place.items(tag)[Number(match[3])];
  }
  return undefined;
}

function textAt(output: Output, path: string): string | undefined {
  if (path === 'preamble') return output.bytes[0]?.subarray(0, PREAMBLE).toString('latin1');
  // The reader stops before the padding; whatever it holds stands at the end of the file.
  if (path === PADDING) return output.bytes.at(-1)?.subarray(-PREAMBLE).toString('latin1');
  const place = placeOf(output, path);
  const element = place?.dataSet.get(place.tag);
  if (place === undefined || element === undefined) return undefined;
  const { dataSet, tag } = place;
  const text = dataSet.strings(tag).join('\\') || dataSet.numbers(tag).join('\\');
  const isPrivate = (tag >>> 16) % 2 === 1;
  if (element.value.kind !== 'bytes' || element.value.bytes.length === 0 || (text !== '' && !isPrivate)) return text;
  // Of no known VR, perhaps in an item that does not know its character set: however it can be read.
  const { bytes } = element.value;
  return `${text} ${output.dataSet.characterSet.decode(bytes)} ${Buffer.from(bytes).toString('utf8')}`;
}

function bytesAt(output: Output, path: string): Uint8Array | undefined {
  const place = placeOf(output, path);
  const value = place?.dataSet.get(place.tag)?.value;
  if (value?.kind === 'bytes') return value.bytes;
  return value?.kind === 'bulk' ? output.bytes.at(-1)?.subarray(value.offset, value.offset + value.length) : undefined;
}

/** Every decoded text of an output, with what may hold a date or a number by chance told apart. */
function decodedTexts(dataSet: DataSet, into: { texts: string[]; dates: string[]; uids: string[] }): void {
  for (const { tag, vr, value } of dataSet.elements) {
    if (value.kind === 'sequence') for (const { dataSet: item } of value.items) decodedTexts(item, into);
    else if (value.kind === 'bytes') {
      const list = vr === 'DA' || vr === 'DT' ? into.dates : vr === 'UI' ? into.uids : into.texts;
      list.push(...dataSet.strings(tag));
    }
  }
}

/** Searches decoded values and raw bytes for everything that was planted anywhere in the object. */
function leaksIn(object: YardstickObject, output: Output): string[] {
  const into = { texts: [] as string[], dates: [] as string[], uids: [] as string[] };
  decodedTexts(output.dataSet, into);
  if (output.meta !== undefined) decodedTexts(output.meta, into);
  const leaks = new Set<string>();
  const texts = into.texts.map((text) => text.toLowerCase());
  const folded = texts.map(latinForm);
  const raw = output.bytes.map((bytes) => bytes.toString('latin1').toLowerCase());
  for (const { category, text, bytes } of object.needles) {
    const lower = text.toLowerCase();
    const long = [...lower].length >= SHORTEST_PART_OF_WORD;
    const inText = (list: readonly string[], needle: string): boolean =>
      list.some((value) => (long ? value.includes(needle) : wordsOf(value).includes(needle)));
    if (inText(texts, lower) || inText(folded, latinForm(lower))) leaks.add(`${category} "${text}" in a value`);
    if (into.uids.includes(text)) leaks.add(`${category} "${text}" in a UID`);
    if (!long) continue;
    // Shifted dates and replaced UIDs may hold the digits of a date or a number by chance; their own answers judge them.
    const byChance = /^\d+$/.test(lower)
      ? [...into.dates, ...into.uids].reduce((sum, value) => sum + countIn(value, lower), 0)
      : 0;
    const forms = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()];
    if (/^[\x20-\xff]*$/.test(text)) forms.push(Buffer.from(text, 'latin1'));
    if (bytes !== undefined) forms.push(Buffer.from(bytes));
    for (const form of forms) {
      const wanted = form.toString('latin1').toLowerCase();
      if (raw.some((whole) => countIn(whole, wanted) > byChance)) leaks.add(`${category} "${text}" in the bytes`);
    }
  }
  return [...leaks].map((leak) => `${object.label} ${object.file}: ${leak}`);
}

function countIn(whole: string, part: string): number {
  let count = 0;
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) count += 1;
  return count;
}
