import { IconPlugConnected } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { usePages } from '../client/pages.ts';
import { AssociationOutcome } from '../shared/association-outcome.tsx';
import type { Column } from '../shared/data-table.tsx';
import { Empty } from '../shared/empty.tsx';
import { formatBytes, formatCount, formatTimeExactly } from '../shared/format.ts';
import { VirtualTable } from '../shared/virtual-table.tsx';
import { speedOf } from './speed.ts';

type Association = Answer<'listAssociations'>['rows'][number];

const COLUMNS: readonly Column<Association>[] = [
  {
    id: 'started',
    header: 'Started',
    width: 205,
    cell: (association) => (
      <Link to="/receiver/$associationId" params={{ associationId: association.id }} className="row-link number">
        {formatTimeExactly(association.startedAt)}
      </Link>
    ),
  },
  {
    id: 'peer',
    header: 'Peer',
    width: 130,
    cell: (association) => association.peerTag ?? <span className="dimmed">unknown</span>,
  },
  {
    id: 'sender',
    header: 'AE title and address',
    width: 200,
    cell: (association) => (
      <>
        <span className="mono">{association.callingAeTitle}</span>{' '}
        <span className="dimmed">{association.remoteAddress}</span>
      </>
    ),
  },
  {
    id: 'tls',
    header: 'TLS',
    width: 80,
    cell: (association) => association.tlsProtocol?.replace('TLSv', '') ?? 'plain',
  },
  {
    id: 'objects',
    header: 'Objects',
    align: 'right',
    width: 84,
    cell: (association) => formatCount(association.objects),
  },
  { id: 'bytes', header: 'Size', align: 'right', width: 90, cell: (association) => formatBytes(association.bytes) },
  { id: 'speed', header: 'Speed', align: 'right', width: 100, cell: (association) => speedOf(association) ?? '' },
  { id: 'outcome', header: 'How it ended', cell: (association) => <AssociationOutcome association={association} /> },
];

/** Every association there was, newest first. */
export function AssociationsList() {
  const pages = usePages('listAssociations', {});
  return pages.total === 0 ? (
    <Empty icon={IconPlugConnected} title="No association yet">
      Every sender that connects is listed here, also those that are rejected.
    </Empty>
  ) : (
    <VirtualTable caption="Associations, newest first" columns={COLUMNS} pages={pages} />
  );
}
