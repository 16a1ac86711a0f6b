const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A whole number with the grouping of the user's language. */
export function formatCount(value: number): string {
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 }).format(value);
}

/** Bytes in decimal units with three significant digits at most: `1.24 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value)} ${BYTE_UNITS[unit]}`;
}

/** `1 series`, `2 series`, `1,204 objects`; the plural is given where adding an s is wrong. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** A point in time (ISO 8601) in the user's zone and language, to the minute. */
export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

/** A point in time to the second, for ledgers. */
export function formatTimeExactly(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

/** The clock time of a point in time, to the minute. */
export function formatClock(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(new Date(iso));
}

/** A calendar day (YYYY-MM-DD) that has no time zone. */
export function formatDay(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
] as const;

/** How long ago: `now`, `5 minutes ago`, `2 days ago`. */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  let value = Math.round((new Date(iso).getTime() - now) / 1000);
  if (Math.abs(value) < 10) value = 0;
  for (const [unit, length] of STEPS) {
    if (Math.abs(value) < length) return words.format(value, unit);
    value = Math.trunc(value / length);
  }
  return formatTime(iso);
}

/** A duration from seconds, in its two largest units: `3 d 4 h`, `12 min 5 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** Joins words as a sentence does: `a, b and c`. */
export function formatList(words: readonly string[]): string {
  return new Intl.ListFormat(undefined, { type: 'conjunction' }).format(words);
}

const SEX: Readonly<Record<string, string>> = { M: 'Male', F: 'Female', O: 'Other' };

/** Patient's Sex (0010,0040) in words; other values as they are. */
export function formatSex(sex: string | null): string {
  return sex === null || sex === '' ? 'Not stated' : (SEX[sex] ?? sex);
}

/** The name of a harmonised attribute as words: `body_part` is `Body part`. */
export function formatAttribute(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
