import { Button, Tabs } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Notice } from '../shared/notice.tsx';
import { Page } from '../shared/page.tsx';
import { ArchivesPanel } from './archives-panel.tsx';
import { NewRequest } from './new-request.tsx';
import { RequestsPanel } from './requests-panel.tsx';
import { RetrieverPause } from './retriever-pause.tsx';
import './retrieve.css';

/** Studies fetched from the PACS: what was asked for, how far it is, and where it comes from. */
export function RetrievePage() {
  const { tab = 'requests' } = useSearch({ from: '/retrieve' });
  const navigate = useNavigate({ from: '/retrieve' });
  const mayAsk = may(useUser(), 'addRetrieveRequest');
  const retriever = useAnswer('getRetriever').data;
  const archives = useAnswer('listArchives').data;
  const [asking, setAsking] = useState(false);
  const askable = archives?.filter(({ enabled }) => enabled) ?? [];
  const actions = (
    <>
      {retriever && <RetrieverPause paused={retriever.paused} />}
      {mayAsk && (
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={askable.length === 0}
          onClick={() => setAsking(true)}
        >
          New request
        </Button>
      )}
    </>
  );
  return (
    <Page title="Retrieve" subtitle="Studies that this node fetches from a PACS." actions={actions}>
      {retriever?.paused && (
        <Notice tone="warning" title="Fetching is paused">
          No study is begun until somebody resumes, also after a restart. What had come stays.
        </Notice>
      )}
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: value === 'archives' ? { tab: value } : {} })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="requests">Requests</Tabs.Tab>
          <Tabs.Tab value="archives">PACS</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="requests">
          <RequestsPanel
            noArchive={archives?.length === 0}
            onArchives={() => void navigate({ search: { tab: 'archives' } })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="archives">
          <ArchivesPanel timeZone={retriever?.timeZone ?? ''} />
        </Tabs.Panel>
      </Tabs>
      {asking && <NewRequest archives={askable.map(({ tag }) => tag)} onClose={() => setAsking(false)} />}
    </Page>
  );
}
