import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { formatDuration } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { MachinePanel } from './machine-panel.tsx';
import { OptOutsPanel } from './opt-outs-panel.tsx';
import { ProfilePanel } from './profile-panel.tsx';
import { ReidentificationsPanel } from './reidentifications-panel.tsx';
import { SchedulePanel } from './schedule-panel.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { UsersPanel } from './users-panel.tsx';
import { VocabulariesPanel } from './vocabularies/vocabularies-panel.tsx';
import './system.css';

/** The node itself: versions, machine, settings, profile, schedule, patients, users, tokens of programs. */
export function SystemPage() {
  const { tab = 'machine' } = useSearch({ from: '/system' });
  const navigate = useNavigate({ from: '/system' });
  const query = useAnswer('getSystem');
  const user = useUser();
  const maySeeUsers = may(user, 'listUsers');
  const maySeeTokens = may(user, 'listTokens');
  const mayOptOut = may(user, 'listOptOuts');
  const system = query.data;
  return (
    <Page
      title="System"
      subtitle={
        system === undefined
          ? 'Loading'
          : `Gatehouse ${system.version} on Node ${system.node}, ${system.platform}. Running for ${formatDuration((Date.now() - new Date(system.startedAt).getTime()) / 1000)}.`
      }
    >
      <Answered query={query} height={360}>
        {(answer) => (
          <Tabs
            value={tab}
            onChange={(value) => void navigate({ search: value === null ? {} : { tab: value }, replace: true })}
            keepMounted={false}
          >
            <Tabs.List mb="md">
              <Tabs.Tab value="machine">Machine</Tabs.Tab>
              <Tabs.Tab value="settings">Settings</Tabs.Tab>
              <Tabs.Tab value="profile">De-identification profile</Tabs.Tab>
              <Tabs.Tab value="vocabularies">Vocabularies</Tabs.Tab>
              <Tabs.Tab value="patients">Patients</Tabs.Tab>
              {maySeeUsers && <Tabs.Tab value="users">Users</Tabs.Tab>}
              {maySeeTokens && <Tabs.Tab value="tokens">API tokens</Tabs.Tab>}
            </Tabs.List>
            <Tabs.Panel value="machine">
              <div className="stack">
                <MachinePanel machine={answer.machine} />
                <SchedulePanel schedule={answer.schedule} />
              </div>
            </Tabs.Panel>
            <Tabs.Panel value="settings">
              <SettingsPanel settings={answer.settings} />
            </Tabs.Panel>
            <Tabs.Panel value="profile">
              <ProfilePanel profile={answer.profile} />
            </Tabs.Panel>
            <Tabs.Panel value="vocabularies">
              <VocabulariesPanel />
            </Tabs.Panel>
            <Tabs.Panel value="patients">
              <div className="stack">
                {mayOptOut && <OptOutsPanel />}
                <ReidentificationsPanel />
              </div>
            </Tabs.Panel>
            {maySeeUsers && (
              <Tabs.Panel value="users">
                <UsersPanel />
              </Tabs.Panel>
            )}
            {maySeeTokens && (
              <Tabs.Panel value="tokens">
                <TokensPanel />
              </Tabs.Panel>
            )}
          </Tabs>
        )}
      </Answered>
    </Page>
  );
}
