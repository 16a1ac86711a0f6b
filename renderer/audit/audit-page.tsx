import { Button } from '@mantine/core';
import { IconHistory, IconShieldCheck } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { usePages } from '../client/pages.ts';
import { useAction } from '../client/queries.ts';
import type { Column } from '../shared/data-table.tsx';
import { Empty } from '../shared/empty.tsx';
import { formatCount, formatTimeExactly, plural } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Page } from '../shared/page.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { VirtualTable } from '../shared/virtual-table.tsx';

type AuditEntry = Answer<'listAudit'>['rows'][number];

const COLUMNS: readonly Column<AuditEntry>[] = [
  { id: 'sequence', header: 'No.', align: 'right', width: 84, cell: (entry) => formatCount(entry.sequence) },
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
  { id: 'actor', header: 'Who', width: 150, cell: (entry) => entry.actor },
  { id: 'action', header: 'Did what', width: 190, cell: (entry) => entry.action },
  {
    id: 'subject',
    header: 'To what',
    width: '22%',
    cell: (entry) => (
      <span className="mono" title={entry.subject}>
        {entry.subject}
      </span>
    ),
  },
  { id: 'detail', header: 'Detail', cell: (entry) => <span title={entry.detail ?? ''}>{entry.detail}</span> },
  {
    id: 'hash',
    header: 'Hash',
    width: 120,
    cell: (entry) => (
      <span className="mono" title={entry.hash}>
        {entry.hash.slice(0, 10)}…
      </span>
    ),
  },
];

/** Who did what, in a log that shows when it was touched. */
export function AuditPage() {
  const pages = usePages('listAudit', {});
  const verify = useAction('verifyAudit');
  return (
    <Page
      title="Audit"
      fill
      subtitle={
        pages.total === undefined
          ? 'Loading'
          : `${plural(pages.total, 'entry', 'entries')}, each chained to the one before by its hash.`
      }
      actions={
        <Button
          leftSection={<IconShieldCheck size={16} aria-hidden />}
          loading={verify.isPending}
          onClick={() => verify.mutate({})}
        >
          Verify the chain
        </Button>
      }
    >
      <div aria-live="polite" className="live">
        {verify.data !== undefined && (
          <Notice
            tone={verify.data.intact ? 'good' : 'bad'}
            title={verify.data.intact ? 'The log is intact' : 'The log was changed'}
          >
            {verify.data.sentence}
          </Notice>
        )}
        {verify.error !== null && <ProblemNotice error={verify.error} />}
      </div>
      {pages.total === 0 ? (
        <Empty icon={IconHistory} title="The audit log is empty">
          Sign-ins, decisions and everything that leaves are written here.
        </Empty>
      ) : (
        <VirtualTable caption="Audit log, newest first" columns={COLUMNS} pages={pages} />
      )}
    </Page>
  );
}
