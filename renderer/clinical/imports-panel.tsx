import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Ago } from '../shared/ago.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { Tag } from '../shared/tag.tsx';
import { announce } from '../shared/toast.tsx';

type Import = Answer<'getClinical'>['imports'][number];

const COLUMNS: readonly Column<Import>[] = [
  { id: 'id', header: 'Import', width: 80, cell: ({ id }) => <span className="number">{id}</span> },
  { id: 'when', header: 'When', width: 150, cell: ({ at }) => <Ago at={at} /> },
  { id: 'by', header: 'By', cell: ({ by }) => by },
  { id: 'format', header: 'Format', width: 100, cell: ({ format }) => format },
  { id: 'mapping', header: 'Mapping', cell: ({ mapping }) => mapping },
  {
    id: 'state',
    header: 'State',
    width: 120,
    cell: ({ state }) => <Tag tone={state === 'imported' ? 'good' : 'neutral'}>{state}</Tag>,
  },
  { id: 'rows', header: 'Rows', align: 'right', width: 90, cell: ({ rows }) => formatCount(rows) },
];

/** Imports of clinical files, newest first; one can be taken back. */
export function ClinicalImportsPanel({ imports }: { imports: readonly Import[] }) {
  const [asked, setAsked] = useState<Import>();
  const withdraw = useAction('withdrawClinicalImport', () => {
    announce('The rows of the import are taken out of the index.');
    setAsked(undefined);
  });
  const mayWithdraw = may(useUser(), 'withdrawClinicalImport');
  const action: Column<Import> = {
    id: 'act',
    header: 'Withdraw',
    width: 130,
    cell: (one) =>
      one.state === 'imported' && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Withdraw import ${one.id}`}
          onClick={() => setAsked(one)}
        >
          Withdraw…
        </Button>
      ),
  };
  return (
    <Panel title="Imports" flush>
      {imports.length === 0 ? (
        <p className="panel-empty">No clinical file was imported yet.</p>
      ) : (
        <DataTable
          caption="Clinical imports"
          columns={mayWithdraw ? [...COLUMNS, action] : COLUMNS}
          rows={imports}
          keyOf={({ id }) => String(id)}
        />
      )}
      <Modal
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={`Withdraw import ${asked?.id ?? ''}?`}
      >
        <Stack>
          {withdraw.error !== null && <ProblemNotice error={withdraw.error} />}
          <Text>
            {formatCount(asked?.rows ?? 0)} rows are taken out of the index at once. The file can be imported again.
            Patients and images stay.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(undefined)}>
              Cancel
            </Button>
            <Button
              color="red.9"
              loading={withdraw.isPending}
              data-autofocus
              onClick={() => asked && withdraw.mutate({ params: { id: asked.id } })}
            >
              Withdraw
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Panel>
  );
}
