/**
 * Images of different studies that look almost alike. Two pictures are compared by 256 bits: whether the middle frame gets
 * brighter from one place to the next, in a grid of 16 rows of 17 places. Candidates share a quarter of the bits; near are
 * those that differ in four bits at most. It is a hint: images of different persons can be near, and turned ones are not.
 */
import type { SqliteDatabase } from '../../store/database.ts';

const BANDS = 4;
const HEX_PER_BAND = 16;
const MOST_BITS_APART = 4;
/** A quarter that more images share than this (empty margins) says nothing. */
const MOST_OF_A_BAND = 200;

export const NEAR_SQL = {
  images: `SELECT instances.instance_uid AS id, series.study_uid AS study, examined.image_hash AS hash
    FROM temp.scope JOIN instances USING (series_uid) JOIN series USING (series_uid)
    JOIN object_examinations examined ON examined.content_hash = instances.content_hash
    WHERE examined.image_hash IS NOT NULL ORDER BY 1`,
} as const;

interface Picture {
  readonly id: string;
  readonly study: string;
  readonly hash: string;
}

/** Of the series in `scope`: how many pictures there are, and the ids of those near one of another study, sorted. */
export function nearDuplicates(database: SqliteDatabase): { checked: number; offending: string[] } {
  const pictures = database.prepare(NEAR_SQL.images).all() as Picture[];
  const near = new Set<string>();
  for (let band = 0; band < BANDS; band += 1) {
    const from = band * HEX_PER_BAND;
    for (const group of Map.groupBy(pictures, ({ hash }) => hash.slice(from, from + HEX_PER_BAND)).values()) {
      if (group.length <= MOST_OF_A_BAND) addNear(group, near);
    }
  }
  return { checked: pictures.length, offending: [...near].sort() };
}

function addNear(group: readonly Picture[], near: Set<string>): void {
  for (const [at, one] of group.entries()) {
    for (const other of group.slice(at + 1)) {
      if (one.study === other.study || bitsApart(one.hash, other.hash) > MOST_BITS_APART) continue;
      near.add(one.id);
      near.add(other.id);
    }
  }
}

function bitsApart(one: string, other: string): number {
  let bits = 0;
  for (let at = 0; at < one.length; at += 8) {
    let differing = (Number.parseInt(one.slice(at, at + 8), 16) ^ Number.parseInt(other.slice(at, at + 8), 16)) >>> 0;
    for (; differing !== 0; differing &= differing - 1) bits += 1;
  }
  return bits;
}
