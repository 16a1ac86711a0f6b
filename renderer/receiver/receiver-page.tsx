import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAnswer } from '../client/queries.ts';
import { Page } from '../shared/page.tsx';
import { AssociationsList } from './associations-list.tsx';
import { PauseButton } from './pause-button.tsx';
import { PeersPanel } from './peers-panel.tsx';
import { ReceiverState } from './receiver-state.tsx';
import './receiver.css';

/** Who may send, who knocked, and what every association was. */
export function ReceiverPage() {
  const { tab = 'peers' } = useSearch({ from: '/receiver' });
  const navigate = useNavigate({ from: '/receiver' });
  const receiver = useAnswer('getReceiver');
  return (
    <Page
      title="Receiver"
      subtitle="Who may send to this node, and what came of it."
      fill={tab === 'associations'}
      {...(receiver.data ? { actions: <PauseButton receiver={receiver.data} /> } : {})}
    >
      <Tabs
        className={tab === 'associations' ? 'receiver-tabs receiver-tabs-fill' : 'receiver-tabs'}
        value={tab}
        onChange={(value) => void navigate({ search: value === 'associations' ? { tab: value } : {} })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="peers">Peers</Tabs.Tab>
          <Tabs.Tab value="associations">Associations</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="peers">
          <div className="stack">
            <ReceiverState query={receiver} />
            <PeersPanel />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="associations" className="receiver-associations">
          <AssociationsList />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
