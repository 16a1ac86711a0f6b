import { Button } from '@mantine/core';
import { IconCloudDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Empty } from '../shared/empty.tsx';
import { formatCount, formatTime, plural } from '../shared/format.ts';
import { Pager } from '../shared/pager.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { Progress } from './progress.tsx';
import { allStudies, type Request, requestWord } from './request-words.ts';

const PAGE = 50;

const COLUMNS: readonly Column<Request>[] = [
  {
    id: 'asked',
    header: 'Asked',
    cell: (request) => (
      <Link to="/retrieve/$requestId" params={{ requestId: request.id }} className="row-link number">
        {formatTime(request.requestedAt)}
      </Link>
    ),
  },
  { id: 'archive', header: 'PACS', cell: ({ archive }) => archive },
  { id: 'by', header: 'By', cell: ({ requestedBy }) => requestedBy },
  {
    id: 'state',
    header: 'State',
    cell: (request) => {
      const { text, tone } = requestWord(request);
      return <Tag tone={tone}>{text}</Tag>;
    },
  },
  {
    id: 'studies',
    header: 'Studies',
    align: 'right',
    cell: (request) =>
      request.state === 'confirmed'
        ? `${formatCount(request.studies.complete ?? 0)} of ${formatCount(allStudies(request))}`
        : formatCount(allStudies(request)),
  },
  { id: 'progress', header: 'Instances', width: 220, cell: (request) => <Progress {...request} /> },
];

interface RequestsPanelProps {
  /** Nothing can be asked for yet. */
  readonly noArchive: boolean;
  readonly onArchives: () => void;
}

/** What was asked for, newest first. */
export function RequestsPanel({ noArchive, onArchives }: RequestsPanelProps) {
  const [offset, setOffset] = useState(0);
  const query = useAnswer('listRetrieveRequests', { query: { limit: PAGE, offset } });
  return (
    <Answered query={query}>
      {({ total, rows }) =>
        total === 0 ? (
          <Empty
            icon={IconCloudDownload}
            title="Nothing was asked for yet"
            {...(noArchive
              ? {
                  action: (
                    <Button variant="default" onClick={onArchives}>
                      Enter a PACS first
                    </Button>
                  ),
                }
              : {})}
          >
            Ask for studies by accession number, patient ID, study UID or date. You see what matches before anything
            moves.
          </Empty>
        ) : (
          <Panel title="Requests" description={plural(total, 'request')} flush>
            <DataTable caption="Requests, newest first" columns={COLUMNS} rows={rows} keyOf={({ id }) => id} />
            <Pager total={total} offset={offset} size={PAGE} onChange={setOffset} />
          </Panel>
        )
      }
    </Answered>
  );
}
