import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatTime } from '../shared/format.ts';
import { Notice, type Tone } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { Tag } from '../shared/tag.tsx';
import { ReidentificationForm } from './reidentification-form.tsx';

type Row = Answer<'listReidentifications'>[number];
type Identity = Answer<'showReidentification'>;

const TONES: Readonly<Record<Row['state'], Tone>> = {
  requested: 'warning',
  granted: 'accent',
  refused: 'bad',
  shown: 'good',
  expired: 'neutral',
};

const COLUMNS: readonly Column<Row>[] = [
  { id: 'pseudonym', header: 'Pseudonym', cell: (row) => <span className="mono">{row.pseudonym}</span> },
  { id: 'reason', header: 'Reason', cell: (row) => <span className="break">{row.reason}</span> },
  { id: 'state', header: 'State', width: 120, cell: (row) => <Tag tone={TONES[row.state]}>{row.state}</Tag> },
  { id: 'by', header: 'Asked by', width: 130, cell: (row) => row.requestedBy },
  { id: 'decided', header: 'Decided by', width: 130, cell: (row) => row.decidedBy },
  {
    id: 'at',
    header: 'When',
    width: 190,
    cell: (row) => <span className="number">{formatTime(row.requestedAt)}</span>,
  },
];

/** Identifying a patient, which takes two persons and a reason. */
export function ReidentificationsPanel() {
  const user = useUser();
  const query = useAnswer('listReidentifications');
  const [identity, setIdentity] = useState<Identity>();
  const decide = useAction('decideReidentification');
  const show = useAction('showReidentification', setIdentity);
  const actions: Column<Row> = {
    id: 'actions',
    header: 'What you may do',
    width: 210,
    cell: (row) => {
      const params = { id: row.id };
      if (row.state === 'granted' && [row.requestedBy, row.decidedBy].includes(user.name)) {
        return (
          <Button size="xs" variant="default" onClick={() => show.mutate({ params })}>
            Show it once
          </Button>
        );
      }
      const mayDecide = may(user, 'decideReidentification') && row.requestedBy !== user.name;
      if (row.state !== 'requested' || !mayDecide) return null;
      return (
        <Group gap="xs">
          <Button size="xs" onClick={() => decide.mutate({ params, body: { decision: 'granted' } })}>
            Grant
          </Button>
          <Button size="xs" variant="default" onClick={() => decide.mutate({ params, body: { decision: 'refused' } })}>
            Refuse
          </Button>
        </Group>
      );
    },
  };
  const error = decide.error ?? show.error;
  return (
    <Panel
      title="Who a patient is"
      description="One person asks with a reason, another one grants it, and the answer is shown once. All of it is in the audit log."
    >
      <div className="stack">
        {error !== null && <ProblemNotice error={error} />}
        {identity !== undefined && (
          <Notice
            tone="info"
            title="Shown this once"
            urgent
            action={
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setIdentity(undefined);
                  show.reset();
                }}
              >
                Clear
              </Button>
            }
          >
            Patient ID {identity.patientId}
            {identity.issuer !== undefined && `, issued by ${identity.issuer}`}
            {identity.name !== undefined && `, ${identity.name}`}
            {identity.birthDate !== undefined && `, born ${identity.birthDate}`}
          </Notice>
        )}
        <Answered query={query}>
          {(rows) =>
            rows.length > 0 && (
              <DataTable
                caption="Requests to identify a patient"
                columns={[...COLUMNS, actions]}
                rows={rows}
                keyOf={(row) => row.id}
              />
            )
          }
        </Answered>
        <ReidentificationForm />
      </div>
    </Panel>
  );
}
