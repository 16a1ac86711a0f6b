/** The last look before clinical rows are written: nothing that the vault knows of the patient may stand in a cell. */
import type { ClinicalRowToWrite } from '../../catalogue/clinical/clinical-store.ts';
import { wordsOf } from '../../harmonise/text-key.ts';
import type { Identity } from '../../vault/identity-seal.ts';

/** Shorter words stand in codes and numbers by chance. */
const SHORTEST_ID = 4;
const SHORTEST_NAME = 3;
const DATE = /^\d{4}-\d{2}-\d{2}$/u;

/** Names of the columns where something of the patient is left, `table.column`; [] as it has to be. */
export function residueIn(
  rows: readonly ClinicalRowToWrite[],
  { patientId, name, birthDate }: Identity,
  statedBirthDate?: string,
): string[] {
  const ids = [patientId.trim().toUpperCase()].filter((id) => id.length >= SHORTEST_ID);
  const names = new Set(wordsOf(name ?? '').filter((word) => word.length >= SHORTEST_NAME));
  const births = [birthDate, statedBirthDate].flatMap((date) => (date === undefined ? [] : formsOf(date)));
  return rows.flatMap(({ table, cells, values }) => {
    const originals = values.map(({ column, original }) => [column, original ?? ''] as const);
    return [...Object.entries(cells), ...originals]
      .filter(([, text]) => {
        const upper = text.toUpperCase();
        return (
          ids.some((id) => standsIn(id, upper)) ||
          wordsOf(text).some((word) => names.has(word)) ||
          // A changed date may be the day of birth by chance; as part of anything else it is none.
          (!DATE.test(text) && births.some((birth) => upper.includes(birth)))
        );
      })
      .map(([column]) => `${table}.${column}`);
  });
}

/** As a word of its own: the digits of an ID may also stand within a code. */
function standsIn(id: string, upper: string): boolean {
  if (DATE.test(upper)) return false;
  return /^[\p{L}\p{N}]+$/u.test(id) ? upper.split(/[^\p{L}\p{N}]+/u).includes(id) : upper.includes(id);
}

function formsOf(date: string): string[] {
  const [, year = '', month = '', day = ''] = /^(\d{4})-?(\d{2})-?(\d{2})$/u.exec(date) ?? [];
  if (year === '') return [];
  return [
    `${year}${month}${day}`,
    `${year}-${month}-${day}`,
    `${day}.${month}.${year}`,
    `${day}/${month}/${year}`,
    `${month}/${day}/${year}`,
  ];
}
