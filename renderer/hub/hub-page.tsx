import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { formatCount } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { ConnectionPanel, PolicyPanel } from './connection-panel.tsx';
import { EgressTable } from './egress-table.tsx';
import { Tasks } from './tasks.tsx';
import './hub.css';

/** What the hub asked, what exactly left, and over which connection. */
export function HubPage() {
  const { tab = 'questions' } = useSearch({ from: '/hub' });
  const navigate = useNavigate({ from: '/hub' });
  const hub = useAnswer('getHub');
  return (
    <Page title="Hub" subtitle="What was asked of this node, and exactly what left it. The hub never connects inward.">
      <Answered query={hub}>
        {(state) => (
          <>
            <div className="columns columns-main-side">
              <ConnectionPanel hub={state} />
              <PolicyPanel policy={state.policy} />
            </div>
            <Tabs
              value={tab}
              onChange={(value) => void navigate({ search: value === null ? {} : { tab: value }, replace: true })}
              keepMounted={false}
            >
              <Tabs.List mb="md">
                <Tabs.Tab value="questions">Questions and answers ({formatCount(state.tasks)})</Tabs.Tab>
                <Tabs.Tab value="egress">Everything that left</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="questions">
                <Tasks />
              </Tabs.Panel>
              <Tabs.Panel value="egress">
                <EgressTable />
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </Answered>
    </Page>
  );
}
