import { Button, Group } from '@mantine/core';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { Ago } from '../shared/ago.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

type Knock = Answer<'listPeers'>['knocks'][number];

const COLUMNS: readonly Column<Knock>[] = [
  {
    id: 'calling',
    header: 'AE title',
    cell: (knock) => <span className="mono">{knock.callingAeTitle || '(none)'}</span>,
  },
  { id: 'address', header: 'Address', cell: (knock) => <span className="mono break">{knock.address}</span> },
  { id: 'called', header: 'Called', cell: (knock) => <span className="mono">{knock.calledAeTitle}</span> },
  { id: 'count', header: 'Times', align: 'right', width: 80, cell: (knock) => formatCount(knock.count) },
  { id: 'last', header: 'Last', width: 140, cell: (knock) => <Ago at={knock.lastAt} /> },
];

/** Who asked for an association and was rejected as unknown; one click lets it in. */
export function Knocks({ knocks, mayAllow }: { knocks: readonly Knock[]; mayAllow: boolean }) {
  const allow = useAction('allowPeer', (peer) => announce(`${peer.tag} may send now.`));
  const forget = useAction('forgetKnock');
  if (knocks.length === 0) return null;
  const actions: Column<Knock> = {
    id: 'actions',
    header: 'Decide',
    width: 180,
    cell: ({ callingAeTitle, address }) => (
      <Group gap={6} wrap="nowrap">
        <Button
          size="compact-sm"
          aria-label={`Allow ${callingAeTitle} from ${address}`}
          loading={allow.isPending && allow.variables.body.address === address}
          onClick={() => allow.mutate({ body: { callingAeTitle, address } })}
        >
          Allow
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Forget ${callingAeTitle} from ${address}`}
          onClick={() => forget.mutate({ body: { callingAeTitle, address } })}
        >
          Forget
        </Button>
      </Group>
    ),
  };
  return (
    <Panel
      title="Knocked without being allowed"
      description="Allow only what you know: an AE title is a name anybody can use."
      flush
    >
      {allow.error !== null && <ProblemNotice error={allow.error} />}
      <DataTable
        caption="Senders that knocked"
        columns={mayAllow ? [...COLUMNS, actions] : COLUMNS}
        rows={knocks}
        keyOf={({ callingAeTitle, address }) => `${callingAeTitle} ${address}`}
      />
    </Panel>
  );
}
