import { ActionIcon, Button, Group } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { ConfirmRemoval } from '../shared/confirm-removal.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { Knocks } from './knocks.tsx';
import { PeerForm } from './peer-form.tsx';

type Peer = Answer<'listPeers'>['peers'][number];

const COLUMNS: readonly Column<Peer>[] = [
  {
    id: 'tag',
    header: 'Peer',
    cell: (peer) => (
      <>
        {peer.tag} {!peer.enabled && <Tag tone="warning">off</Tag>}
      </>
    ),
  },
  {
    id: 'calling',
    header: 'AE title',
    cell: (peer) =>
      peer.callingAeTitle === null ? (
        <span className="dimmed">any</span>
      ) : (
        <span className="mono">{peer.callingAeTitle}</span>
      ),
  },
  { id: 'address', header: 'Address', cell: (peer) => <span className="mono break">{peer.address}</span> },
  {
    id: 'called',
    header: 'Calls',
    cell: (peer) =>
      peer.calledAeTitle === null ? (
        <span className="dimmed">this node</span>
      ) : (
        <span className="mono">{peer.calledAeTitle}</span>
      ),
  },
  { id: 'services', header: 'May use', cell: (peer) => peer.services.join(', ') },
  {
    id: 'tls',
    header: 'TLS',
    cell: (peer) =>
      peer.tlsRequired ? (
        <Tag tone="good">{peer.fingerprints.length > 0 ? 'required, pinned' : 'required'}</Tag>
      ) : (
        <span className="dimmed">optional</span>
      ),
  },
];

/** The table of peers, and who knocked without being one. */
export function PeersPanel() {
  const query = useAnswer('listPeers');
  const mayChange = may(useUser(), 'addPeer');
  const [edited, setEdited] = useState<Peer | 'new'>();
  const [leaving, setLeaving] = useState<Peer>();
  const remove = useAction('removePeer', () => setLeaving(undefined));
  const actions: Column<Peer> = {
    id: 'actions',
    header: 'Change',
    width: 92,
    cell: (peer) => (
      <Group gap={4} wrap="nowrap">
        <ActionIcon variant="subtle" aria-label={`Edit ${peer.tag}`} onClick={() => setEdited(peer)}>
          <IconPencil size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" color="red" aria-label={`Remove ${peer.tag}`} onClick={() => setLeaving(peer)}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Group>
    ),
  };
  const add = (
    <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
      Add a peer
    </Button>
  );
  return (
    <Answered query={query}>
      {({ peers, knocks }) => (
        <div className="stack">
          <Knocks knocks={knocks} mayAllow={mayChange} />
          <Panel
            title="Peers"
            description="Only these may connect; a change acts on the next association. The most particular entry that fits decides."
            action={mayChange && add}
            flush
          >
            {peers.length === 0 ? (
              <div className="panel-empty">
                <Notice tone="warning" title="Nobody may send">
                  Every association is rejected until there is a peer.
                </Notice>
              </div>
            ) : (
              <DataTable
                caption="Peers"
                columns={mayChange ? [...COLUMNS, actions] : COLUMNS}
                rows={peers}
                keyOf={(peer) => peer.peerId}
              />
            )}
          </Panel>
          {edited !== undefined && (
            <PeerForm {...(edited === 'new' ? {} : { peer: edited })} onClose={() => setEdited(undefined)} />
          )}
          <ConfirmRemoval
            name={leaving?.tag}
            busy={remove.isPending}
            error={remove.error}
            onClose={() => setLeaving(undefined)}
            onConfirm={() => leaving && remove.mutate({ params: { id: leaving.peerId } })}
          >
            Its next association is rejected, unless another entry fits it. What it sent stays.
          </ConfirmRemoval>
        </div>
      )}
    </Answered>
  );
}
