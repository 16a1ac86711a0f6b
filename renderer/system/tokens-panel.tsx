import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { Ago } from '../shared/ago.tsx';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatTime } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { Tag } from '../shared/tag.tsx';
import { announce } from '../shared/toast.tsx';
import { AddToken } from './add-token.tsx';

type Token = Answer<'listTokens'>[number];

function State({ token }: { readonly token: Token }) {
  if (token.revokedAt !== null) return <Tag tone="neutral">revoked</Tag>;
  return Date.parse(token.expiresAt) <= Date.now() ? <Tag tone="warning">expired</Tag> : <Tag tone="good">holds</Tag>;
}

const COLUMNS: readonly Column<Token>[] = [
  { id: 'name', header: 'Token', cell: (token) => token.name },
  { id: 'state', header: 'State', width: 96, cell: (token) => <State token={token} /> },
  { id: 'scopes', header: 'For', width: 80, cell: (token) => token.scopes.join(', ') },
  { id: 'by', header: 'Made by', width: 130, cell: (token) => token.createdBy },
  {
    id: 'expires',
    header: 'Expires',
    width: 190,
    cell: (token) => <span className="number">{formatTime(token.expiresAt)}</span>,
  },
  {
    id: 'used',
    header: 'Last used',
    width: 130,
    cell: (token) =>
      token.lastUsedAt === null ? <span className="dimmed">never</span> : <Ago at={token.lastUsedAt} />,
  },
];

/** With what programs call the node; their texts are shown when they are made, and never again. */
export function TokensPanel() {
  const query = useAnswer('listTokens');
  const [adding, { open, close }] = useDisclosure(false);
  const [leaving, setLeaving] = useState<Token>();
  const revoke = useAction('revokeToken', () => {
    announce('The token is revoked.');
    setLeaving(undefined);
  });
  const action: Column<Token> = {
    id: 'revoke',
    header: 'Action',
    width: 96,
    cell: (token) =>
      token.revokedAt === null && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Revoke ${token.name}`}
          onClick={() => setLeaving(token)}
        >
          Revoke
        </Button>
      ),
  };
  return (
    <>
      <Panel
        title="API tokens"
        description="For programs that store objects over DICOMweb, at /dicom-web/studies of this address."
        action={
          <Button size="xs" leftSection={<IconKey size={15} aria-hidden />} onClick={open}>
            Add a token
          </Button>
        }
        flush
      >
        <Answered query={query}>
          {(tokens) =>
            tokens.length === 0 ? (
              <div className="panel-empty">
                <Notice tone="neutral" title="No program may store over DICOMweb">
                  There is no token yet. Add one for each program that is to send.
                </Notice>
              </div>
            ) : (
              <DataTable
                caption="API tokens"
                columns={[...COLUMNS, action]}
                rows={tokens}
                keyOf={(token) => token.tokenId}
              />
            )
          }
        </Answered>
      </Panel>
      <AddToken opened={adding} onClose={close} />
      <Modal
        opened={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Revoke ${leaving?.name ?? ''}?`}
      >
        <Stack>
          {revoke.error !== null && <ProblemNotice error={revoke.error} />}
          <Text>The next request with this token is refused. What came with it stays.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setLeaving(undefined)}>
              Cancel
            </Button>
            <Button
              color="red.9"
              loading={revoke.isPending}
              onClick={() => leaving && revoke.mutate({ params: { id: leaving.tokenId } })}
              data-autofocus
            >
              Revoke
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
