/** What an import would change: which codes come, go, or mean something else. */

export interface CodeChange {
  readonly code: string;
  readonly label: string;
  /** What is different, in words; '' for codes that come or go. */
  readonly what: string;
}

export interface TableDifference {
  readonly added: readonly CodeChange[];
  readonly changed: readonly CodeChange[];
  readonly removed: readonly CodeChange[];
}

interface Entry {
  readonly code: string;
  readonly label: string;
}

/** Compares entry by entry, by code. */
export function differenceOf<Kind extends Entry>(before: readonly Kind[], after: readonly Kind[]): TableDifference {
  const old = new Map(before.map((entry) => [entry.code, entry]));
  const codes = new Set(after.map(({ code }) => code));
  const plain = ({ code, label }: Entry): CodeChange => ({ code, label, what: '' });
  return {
    added: after.filter(({ code }) => !old.has(code)).map(plain),
    changed: after.flatMap((entry) => {
      const earlier = old.get(entry.code);
      const what = earlier === undefined ? '' : changesBetween(earlier, entry);
      return what === '' ? [] : [{ code: entry.code, label: entry.label, what }];
    }),
    removed: before.filter(({ code }) => !codes.has(code)).map(plain),
  };
}

function changesBetween(before: object, after: object): string {
  const fields = new Map(Object.entries(after));
  return Object.entries(before)
    .flatMap(([field, old]) => {
      const now = fields.get(field) as unknown;
      if (Array.isArray(old) && Array.isArray(now)) return listChanges(field, old as string[], now as string[]);
      return old === now ? [] : [`${field}: ${String(old ?? 'none')} is now ${String(now ?? 'none')}`];
    })
    .join('; ');
}

function listChanges(field: string, before: readonly string[], after: readonly string[]): string[] {
  const more = after.filter((text) => !before.includes(text));
  const fewer = before.filter((text) => !after.includes(text));
  return [
    ...(more.length === 0 ? [] : [`${field} more: ${more.join(', ')}`]),
    ...(fewer.length === 0 ? [] : [`${field} fewer: ${fewer.join(', ')}`]),
  ];
}
