import { IconArrowRight } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatAttribute } from '../shared/format.ts';
import { Tag } from '../shared/tag.tsx';

type HarmonisedValue = Answer<'getStudy'>['harmonised'][number];

const COLUMNS: readonly Column<HarmonisedValue>[] = [
  { id: 'attribute', header: 'Attribute', width: 170, cell: (value) => formatAttribute(value.attribute) },
  {
    id: 'value',
    header: 'Original and EUCAIM value',
    cell: (value) => (
      <span className="harmonised">
        <span className="break">{value.original ?? <span className="dimmed">empty</span>}</span>
        <IconArrowRight size={13} aria-label="became" role="img" />
        {value.code === null ? (
          <Tag tone="warning">no code</Tag>
        ) : (
          <span>
            {value.label} <span className="mono dimmed break">{value.code}</span>
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'confidence',
    header: 'Confidence',
    align: 'right',
    width: 100,
    cell: ({ confidence }) => (confidence === null ? '' : `${Math.round(confidence * 100)} %`),
  },
  {
    id: 'rule',
    header: 'Rule or person, and table',
    width: '30%',
    cell: (value) => (
      <>
        {value.chosenBy === null ? value.rule : `settled by ${value.chosenBy}`}{' '}
        <span className="dimmed number">{value.tableVersion}</span>
      </>
    ),
  },
];

/** Where each harmonised value came from: the original, the code, the rule and the edition of its table. */
export function HarmonisedTable({ caption, values }: { caption: string; values: readonly HarmonisedValue[] }) {
  if (values.length === 0) return <p className="panel-empty">No value was harmonised.</p>;
  return <DataTable caption={caption} columns={COLUMNS} rows={values} keyOf={(value) => value.attribute} />;
}
