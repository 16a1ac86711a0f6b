import { Checkbox } from '@mantine/core';
import type { Answer } from '../client/call.ts';
import { Ago } from '../shared/ago.tsx';
import { CopyButton } from '../shared/copy-button.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatBytes } from '../shared/format.ts';

type QuarantinedObject = Answer<'listQuarantine'>['rows'][number];

interface QuarantineTableProps {
  readonly rows: readonly QuarantinedObject[];
  readonly selected: ReadonlySet<string>;
  /** Absent where the user may not act. */
  readonly onSelect: ((selected: ReadonlySet<string>) => void) | undefined;
}

const SHOWN_CHARACTERS = 13;

/** The start of an identifier is enough to recognise it; the whole is there on hover and to copy. */
function ObjectId({ id }: { id: string }) {
  return (
    <span className="copyable">
      <span className="mono number" title={id}>
        {id.length > SHOWN_CHARACTERS + 3 ? `${id.slice(0, SHOWN_CHARACTERS)}…` : id}
      </span>
      <CopyButton value={id} name={`the identifier ${id}`} />
    </span>
  );
}

const COLUMNS: readonly Column<QuarantinedObject>[] = [
  { id: 'object', header: 'Object', cell: (row) => <ObjectId id={row.objectId} /> },
  {
    id: 'type',
    header: 'Type',
    cell: (row) => row.sopClass?.replace(/ Storage$/, '') ?? <span className="dimmed">not readable</span>,
  },
  { id: 'detail', header: 'Detail', width: '38%', cell: (row) => row.detail },
  { id: 'source', header: 'From', cell: (row) => row.source },
  { id: 'size', header: 'Size', align: 'right', width: 90, cell: (row) => formatBytes(row.bytes) },
  { id: 'received', header: 'Received', align: 'right', width: 130, cell: (row) => <Ago at={row.receivedAt} /> },
];

/** The objects of one cause, to be selected. */
export function QuarantineTable({ rows, selected, onSelect }: QuarantineTableProps) {
  if (onSelect === undefined) {
    return <DataTable caption="Quarantined objects" columns={COLUMNS} rows={rows} keyOf={(row) => row.objectId} />;
  }
  const all = rows.length > 0 && rows.every((row) => selected.has(row.objectId));
  const toggle = (objectId: string) => {
    const next = new Set(selected);
    if (!next.delete(objectId)) next.add(objectId);
    onSelect(next);
  };
  const select: Column<QuarantinedObject> = {
    id: 'select',
    width: 44,
    header: (
      <Checkbox
        size="xs"
        aria-label="Select all objects on this page"
        checked={all}
        indeterminate={!all && selected.size > 0}
        onChange={() => onSelect(new Set(all ? [] : rows.map((row) => row.objectId)))}
      />
    ),
    cell: (row) => (
      <Checkbox
        size="xs"
        aria-label={`Select object ${row.objectId}`}
        checked={selected.has(row.objectId)}
        onChange={() => toggle(row.objectId)}
      />
    ),
  };
  return (
    <DataTable caption="Quarantined objects" columns={[select, ...COLUMNS]} rows={rows} keyOf={(row) => row.objectId} />
  );
}
