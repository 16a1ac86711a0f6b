import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserX } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Empty } from '../shared/empty.tsx';
import { formatCount, formatTime } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { OptOutForm } from './opt-out-form.tsx';

type OptOut = Answer<'listOptOuts'>[number];

const COLUMNS: readonly Column<OptOut>[] = [
  { id: 'id', header: 'Objection', cell: (row) => <span className="mono">{row.id}</span> },
  {
    id: 'state',
    header: 'State',
    width: 140,
    cell: (row) => <Tag tone={row.state === 'withdrawn' ? 'good' : 'warning'}>{row.state}</Tag>,
  },
  { id: 'objects', header: 'Objects', align: 'right', width: 110, cell: (row) => formatCount(row.objects) },
  { id: 'by', header: 'Entered by', width: 160, cell: (row) => row.by },
  { id: 'at', header: 'When', width: 200, cell: (row) => <span className="number">{formatTime(row.at)}</span> },
];

/** Patients who objected, of whom nothing but this row is left. */
export function OptOutsPanel() {
  const query = useAnswer('listOptOuts');
  const [entering, { open, close }] = useDisclosure(false);
  return (
    <>
      <Panel
        title="Patients who objected"
        description="Nothing is kept of them but a fingerprint, by which later objects are refused."
        action={
          <Button size="xs" leftSection={<IconUserX size={15} aria-hidden />} onClick={open}>
            A patient objects
          </Button>
        }
        flush
      >
        <Answered query={query}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty icon={IconUserX} title="No patient has objected">
                An objection withdraws everything of the patient at once.
              </Empty>
            ) : (
              <DataTable caption="Patients who objected" columns={COLUMNS} rows={rows} keyOf={(row) => row.id} />
            )
          }
        </Answered>
      </Panel>
      <OptOutForm opened={entering} onClose={close} />
    </>
  );
}
