/**
 * Every row of PS3.15 Table E.1-1 against the profiles that ship and against every option by itself. What the table
 * says is read here from the CSV beside the repository where it is there, not from the engine's copy of it; what each
 * code means for a type is written down here once more, without the engine's own resolution.
 */
import { describe, expect, it } from 'vitest';
import { ObjectCleaning } from '../../node-agent/deidentify/object-cleaning.ts';
import { optionNames } from '../../node-agent/deidentify/options.ts';
import { shippedProfiles } from '../../node-agent/deidentify/profile/profile-reader.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import type { DataSet, Tag } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { isValidUid } from '../../node-agent/dicom/uids.ts';
import { referenceTable } from '../support/reference.ts';
import { optionLines, PSEUDONYMISER, siteProfile, TABLES } from './fixtures.ts';
import { objectWith, PLANTED_COMMENT, PLANTED_UID, type Place, placesOf, vrOf } from './row-objects.ts';

interface Row {
  readonly tag: string;
  readonly name: string;
  readonly basic: string;
  readonly options: Readonly<Record<string, string>>;
}

const vocabulary = new Vocabulary();
const csv = referenceTable('table-e1-1.csv');
const ROWS: readonly Row[] =
  csv?.map(({ tag = '', name = '', basic = '', ...rest }) => ({ tag, name, basic, options: codesIn(rest) })) ??
  TABLES.confidentiality.rows;

function codesIn(columns: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(optionNames().flatMap((name) => (columns[name] ? [[name, columns[name]]] : [])));
}

/**
 * What became of the attribute. `items`: a sequence that stays, cleaned inside, the UID in its item replaced;
 * `items-with-uids`: the same with that UID kept.
 */
type Outcome = 'absent' | 'empty' | 'same' | 'changed' | 'items' | 'items-with-uids';

/** PS3.15 Table E.1-1a and the policy of the room for types, by type: 1 and 1C, 2, 2C, none and 3. */
const MEANING: Readonly<Record<string, readonly [Outcome, Outcome, Outcome, Outcome]>> = {
  X: ['changed', 'empty', 'absent', 'absent'],
  Z: ['changed', 'empty', 'empty', 'empty'],
  D: ['changed', 'changed', 'changed', 'changed'],
  U: ['changed', 'changed', 'changed', 'changed'],
  'X/Z': ['changed', 'empty', 'empty', 'absent'],
  'X/D': ['changed', 'changed', 'changed', 'absent'],
  'Z/D': ['changed', 'empty', 'empty', 'empty'],
  'X/Z/D': ['changed', 'empty', 'empty', 'absent'],
  'X/Z/U*': ['items', 'empty', 'empty', 'absent'],
};
const COLUMN: Readonly<Record<string, number>> = { '1': 0, '1C': 0, '2': 1, '2C': 2 };
/** Z allows a dummy as well: structures get a name of their own, 'ROI 1', so that they can be told apart. */
const NAMED_APART = new Set(['ROIName'].map(tagOf));
/** Written by the node whatever the row says: Z allows a dummy, and the pseudonym is one. */
const BEARERS = new Set(['PatientName', 'PatientID'].map(tagOf));

function tagFor(row: Row): Tag {
  if (row.tag.includes('odd')) return 0x00111001;
  const digits = row.tag.replace(/[(),]/g, '');
  return Number.parseInt(digits.replace('XXXX', '0010').replaceAll('X', '0'), 16);
}

/** The outcomes that carry out what the table says. */
function expected(code: string, tag: Tag, place: Place, options: readonly string[]): readonly Outcome[] {
  const vr = vrOf(tag);
  const items: Outcome = options.includes('retain_uids') ? 'items-with-uids' : 'items';
  if (place.sequence === undefined && BEARERS.has(tag)) return ['changed'];
  if (code === 'K') return [vr === 'SQ' ? items : 'same'];
  // The zone is the same for a whole country; it is checked for its form.
  if (code === 'C')
    return tag === tagOf('TimezoneOffsetFromUTC') ? ['same'] : vr === 'SQ' ? [items] : cleanedOutcomes(vr);
  const outcome = MEANING[code]?.[COLUMN[place.type ?? ''] ?? 3];
  if (outcome === undefined) throw new Error(`Table E.1-1 has an unknown code: ${code}.`);
  if (NAMED_APART.has(tag) && code === 'Z' && place.type === '2') return ['changed'];
  if (vr !== 'SQ') return [outcome];
  // A sequence with a value is one with items; what identified in them has changed.
  return outcome === 'changed' ? ['changed', items] : [outcome === 'items' ? items : outcome];
}

/** Clean: nothing that identifies is left, and what is left means the same; for a bitmap or a binary that is nothing. */
function cleanedOutcomes(vr: string): readonly Outcome[] {
  if (vr === 'DA' || vr === 'DT') return ['changed'];
  // A shift by whole days carries nothing into the time of day; a code of the standard is its own meaning.
  if (vr === 'TM' || vr === 'CS') return ['same'];
  return ['absent', 'empty', 'changed'];
}

function outcomeOf(before: DataSet, after: DataSet, tag: Tag, { sequence }: Place): Outcome {
  const inside = (dataSet: DataSet): DataSet | undefined =>
    sequence === undefined ? dataSet : dataSet.items(sequence)[0];
  const [original, written] = [inside(before), inside(after)];
  const element = written?.get(tag);
  if (element === undefined) return 'absent';
  const { value } = element;
  if (value.kind === 'sequence') {
    if (value.items.length === 0) return 'empty';
    const [item] = value.items.map((entry) => entry.dataSet);
    if (item?.string(tagOf('PatientComments'))?.includes(PLANTED_COMMENT)) return 'same';
    const uid = item?.string(tagOf('SpecimenUID'));
    return uid === PLANTED_UID ? 'items-with-uids' : uid === undefined ? 'changed' : 'items';
  }
  const planted = original?.get(tag)?.value;
  if (value.kind !== 'bytes' || planted?.kind !== 'bytes') throw new Error('The attribute has no value in memory.');
  if (value.bytes.length === 0) return 'empty';
  return Buffer.compare(value.bytes, planted.bytes) === 0 ? 'same' : 'changed';
}

/** @returns the rows that were carried out at every place, and what was wrong with the others */
function prove(
  profile: Profile,
  ruled: ReadonlyMap<Tag, readonly Outcome[]>,
  untouched = (_row: Row): boolean => false,
) {
  const cleaning = new ObjectCleaning({ pseudonymiser: PSEUDONYMISER, profile, tables: TABLES }, vocabulary);
  const codeOf = (row: Row): string => codeUnder(row, profile.options);
  const faults: string[] = [];
  let [proven, objects] = [0, 0];
  for (const row of ROWS) {
    const tag = tagFor(row);
    const before = faults.length;
    // Rows of commands, file meta and directories: no data set may hold them, so of a copy in one nothing stays.
    const outside = tag >>> 16 < 8;
    const places = placesOf(tag);
    for (const place of untouched(row) ? places.slice(0, 1) : places) {
      const object = objectWith(tag, place);
      const { output } = cleaning.clean(object, place.sopClass);
      const outcome = outcomeOf(object, output, tag, place);
      const rule = ruled.get(tag);
      const wanted = outside
        ? (['absent'] as const)
        : rule !== undefined
          ? rule
          : expected(codeOf(row), tag, place, profile.options);
      objects += 1;
      const stayed = place.sequence === undefined || output.has(place.sequence);
      if (!stayed && !TAKING_MORE_AWAY.has(profile.id))
        throw new Error('The sequence around the attribute did not stay.');
      const optional = place.type === undefined || place.type === '3';
      const takenAway = outcome === 'absent' && (optional || !stayed) && TAKING_MORE_AWAY.has(profile.id);
      if (!wanted.includes(outcome) && !takenAway) {
        const where = `${place.sopClass} type ${place.type ?? '-'}${place.sequence === undefined ? '' : ' nested'}`;
        faults.push(`${row.tag} ${row.name} (${codeOf(row)}) in ${where}: ${outcome}, not ${wanted.join(' or ')}`);
      }
      if (outcome === 'changed' && !outside && vrOf(tag) === 'UI')
        expect(isValidUid(textIn(output, tag, place)), row.tag).toBe(true);
    }
    if (faults.length === before) proven += 1;
  }
  return { proven, objects, faults };
}

function textIn(output: DataSet, tag: Tag, { sequence }: Place): string {
  const dataSet = sequence === undefined ? output : output.items(sequence)[0];
  return dataSet?.string(tag) ?? '';
}

/** The stricter of two options wins. */
function codeUnder(row: Row, options: readonly string[]): string {
  const codes = options.flatMap((option) => row.options[option] ?? []);
  if (codes.length === 0) return row.basic;
  return codes.includes('C') ? 'C' : 'K';
}

/** What the rules of a shipped profile make of their attributes, at every place. */
const REFERENCES_STAY = { ReferencedImageSequence: ['items'], SourceImageSequence: ['items'] } as const;
const RULED: Readonly<Record<string, Readonly<Record<string, readonly Outcome[]>>>> = {
  eucaim: { StudyID: ['changed'], ...REFERENCES_STAY },
  'research-longitudinal': { StudyID: ['changed'], ...REFERENCES_STAY },
  // The date of birth is told by its month where the age is known: at the top, and nowhere else.
  'lethe-compatible': { PatientBirthDate: ['changed', 'absent'], ...REFERENCES_STAY },
};
/** Profiles that take more away than the table asks for, where no IOD requires it. */
const TAKING_MORE_AWAY = new Set(['lethe-compatible']);

function report(name: string, { proven, objects }: ReturnType<typeof prove>): void {
  process.stdout.write(`Table E.1-1 under ${name}: ${proven} of ${ROWS.length} rows, ${objects} objects\n`);
}

describe('every row of Table E.1-1 is carried out as the table says, whatever the type and one level down', () => {
  it('the table that ships says what the table of the standard says', () => {
    expect(ROWS).toHaveLength(621);
    const shipped = TABLES.confidentiality.rows.map(({ tag, basic, options }) => ({ tag, basic, options }));
    expect(shipped).toEqual(ROWS.map(({ tag, basic, options }) => ({ tag, basic, options })));
  });

  it.each(shippedProfiles())('under the profile %s', (name) => {
    const profile = Profile.shipped(name);
    const ruled = new Map(Object.entries(RULED[name] ?? {}).map(([keyword, outcome]) => [tagOf(keyword), outcome]));
    const result = prove(profile, ruled);
    report(name, result);
    expect(result.faults).toEqual([]);
    expect(result.proven).toBe(621);
  });

  it.each(optionNames())('under the basic profile with the option %s alone', (option) => {
    // Where the option says nothing the basic profile stands, which was tried at every place.
    const untouched = (row: Row): boolean => row.options[option] === undefined;
    const result = prove(siteProfile({ options: optionLines(option) }), new Map(), untouched);
    report(option, result);
    expect(result.faults).toEqual([]);
    expect(result.proven).toBe(621);
  });
});
