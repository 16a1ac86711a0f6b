import type { Answer } from '../client/call.ts';
import { Ago } from '../shared/ago.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Panel } from '../shared/panel.tsx';

type Job = Answer<'getSystem'>['schedule'][number];

const COLUMNS: readonly Column<Job>[] = [
  { id: 'what', header: 'What', cell: (job) => job.description },
  { id: 'cron', header: 'When (cron)', width: 150, cell: (job) => <span className="mono">{job.cron}</span> },
  {
    id: 'last',
    header: 'Last run',
    width: 150,
    cell: (job) => (job.lastRunAt === null ? <span className="dimmed">not yet</span> : <Ago at={job.lastRunAt} />),
  },
  { id: 'result', header: 'Result', cell: (job) => job.lastResult ?? <span className="dimmed">none yet</span> },
];

/** What the node does by itself, and how it went. */
export function SchedulePanel({ schedule }: { schedule: readonly Job[] }) {
  return (
    <Panel title="Schedule" description="Housekeeping the node does by itself." flush>
      <DataTable caption="Schedule" columns={COLUMNS} rows={schedule} keyOf={(job) => job.id} />
    </Panel>
  );
}
