import { IconDoorExit } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { usePages } from '../client/pages.ts';
import type { Column } from '../shared/data-table.tsx';
import { Empty } from '../shared/empty.tsx';
import { formatBytes, formatCount, formatTimeExactly, plural } from '../shared/format.ts';
import { Tag } from '../shared/tag.tsx';
import { VirtualTable } from '../shared/virtual-table.tsx';

type EgressEntry = Answer<'listEgress'>['rows'][number];

function Outcome({ entry }: { entry: EgressEntry }) {
  if (entry.status === null) {
    return <span title={entry.error ?? ''}>{entry.error ?? 'no answer'}</span>;
  }
  return <Tag tone={entry.status < 400 || entry.status === 504 ? 'neutral' : 'bad'}>{entry.status}</Tag>;
}

const COLUMNS: readonly Column<EgressEntry>[] = [
  {
    id: 'at',
    header: 'When',
    width: 190,
    cell: (entry) => (
      <time className="number" dateTime={entry.at}>
        {formatTimeExactly(entry.at)}
      </time>
    ),
  },
  { id: 'purpose', header: 'What for', cell: (entry) => entry.purpose },
  {
    id: 'request',
    header: 'Request',
    width: '30%',
    cell: (entry) => (
      <span className="mono" title={`${entry.method} ${entry.host}${entry.path}`}>
        {entry.method} {entry.host}
        {entry.path}
      </span>
    ),
  },
  { id: 'bytes', header: 'Bytes out', align: 'right', width: 92, cell: (entry) => formatBytes(entry.bytesOut) },
  {
    id: 'hash',
    header: 'Body (SHA-256)',
    width: 136,
    cell: (entry) =>
      entry.bodySha256 === null ? (
        <span className="dimmed">no body</span>
      ) : (
        <span className="mono" title={entry.bodySha256}>
          {entry.bodySha256.slice(0, 12)}…
        </span>
      ),
  },
  { id: 'status', header: 'Answer', width: 130, cell: (entry) => <Outcome entry={entry} /> },
  { id: 'time', header: 'Took', align: 'right', width: 108, cell: (entry) => `${formatCount(entry.milliseconds)} ms` },
];

/** The egress ledger: every request that left this node, newest first. */
export function EgressTable() {
  const pages = usePages('listEgress', {});
  if (pages.total === 0) {
    return (
      <Empty icon={IconDoorExit} title="Nothing has left this node">
        Every request to the hub is written down here with the hash of its body.
      </Empty>
    );
  }
  return (
    <div className="egress">
      <p className="table-foot">
        {pages.total === undefined
          ? 'Loading'
          : `${plural(pages.total, 'request')} left this node, newest first. There is no other way out.`}
      </p>
      <VirtualTable caption="Egress ledger" columns={COLUMNS} pages={pages} />
    </div>
  );
}
