import type { Answer } from '../client/call.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatAttribute } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';

type Study = Answer<'getStudy'>;
type Quantity = Study['values'][number];
type Finding = Study['findings'][number];
type Earlier = Study['seriesList'][number]['earlier'][number];

const COLUMNS: readonly Column<Quantity>[] = [
  { id: 'attribute', header: 'Quantity', width: 170, cell: ({ attribute }) => formatAttribute(attribute) },
  {
    id: 'value',
    header: 'Value',
    cell: ({ value, unit }) => (
      <span className="number">
        {value} {unit === '1' ? '' : unit}
      </span>
    ),
  },
  {
    id: 'original',
    header: 'Original',
    cell: ({ original, originalUnit, unit }) => (
      <span className="break">
        {original}
        {originalUnit !== null && originalUnit !== unit && <span className="dimmed"> read as {originalUnit}</span>}
      </span>
    ),
  },
  {
    id: 'rule',
    header: 'Rule and table',
    width: '30%',
    cell: ({ rule, tableVersion }) => (
      <>
        {rule} <span className="dimmed number">{tableVersion}</span>
      </>
    ),
  },
];

/** Quantities in one unit each, beside what the object said. */
export function QuantityTable({ caption, values }: { caption: string; values: readonly Quantity[] }) {
  if (values.length === 0) return null;
  return (
    <DataTable
      caption={caption}
      columns={COLUMNS}
      rows={values}
      keyOf={({ attribute, original }) => `${attribute} ${original}`}
    />
  );
}

/** What cannot be true of the quantities. */
export function ValueFindings({ findings }: { findings: readonly Finding[] }) {
  return findings.map(({ attribute, rule, sentence }) => (
    <Notice key={`${attribute} ${rule}`} tone="warning" title={formatAttribute(attribute)}>
      {sentence}
    </Notice>
  ));
}

/** Codes that newer tables replaced. */
export function EarlierValues({ earlier }: { earlier: readonly Earlier[] }) {
  if (earlier.length === 0) return null;
  return (
    <ul className="plain-list dimmed">
      {earlier.map(({ attribute, code, label, tableVersion, until }) => (
        <li key={`${attribute} ${until}`}>
          {formatAttribute(attribute)} was {code === null ? 'without a code' : `${label ?? code} (${code})`} by table{' '}
          {tableVersion}
        </li>
      ))}
    </ul>
  );
}
