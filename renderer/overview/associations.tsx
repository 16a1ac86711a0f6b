import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { Ago } from '../shared/ago.tsx';
import { AssociationOutcome } from '../shared/association-outcome.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';

type Association = Answer<'getOverview'>['associations'][number];

const COLUMNS: readonly Column<Association>[] = [
  {
    id: 'sender',
    header: 'Sender',
    cell: (association) => (
      <>
        <span className="mono">{association.callingAeTitle}</span>{' '}
        <span className="dimmed">{association.remoteAddress}</span>
      </>
    ),
  },
  { id: 'started', header: 'Started', cell: (association) => <Ago at={association.startedAt} />, width: 130 },
  {
    id: 'objects',
    header: 'Objects',
    align: 'right',
    cell: (association) => formatCount(association.objects),
    width: 80,
  },
  { id: 'bytes', header: 'Size', align: 'right', cell: (association) => formatBytes(association.bytes), width: 90 },
  {
    id: 'failures',
    header: 'Failed',
    align: 'right',
    cell: (association) =>
      association.failures === 0 ? '0' : <Tag tone="bad">{formatCount(association.failures)}</Tag>,
    width: 70,
  },
  { id: 'outcome', header: 'How it ended', cell: (association) => <AssociationOutcome association={association} /> },
];

/** Who sent something lately, how much, and how it ended. */
export function Associations({ associations }: { associations: readonly Association[] }) {
  return (
    <Panel
      title="Latest associations"
      action={
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link to="/receiver" search={{ tab: 'associations' }} {...props} />}
        >
          All associations
        </Button>
      }
      flush
    >
      {associations.length === 0 ? (
        <p className="panel-empty">No PACS or modality has connected since the ledger began.</p>
      ) : (
        <DataTable caption="Latest associations" columns={COLUMNS} rows={associations} keyOf={(row) => row.id} />
      )}
    </Panel>
  );
}
